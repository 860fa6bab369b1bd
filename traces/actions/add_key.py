"""Give a machine a key of a project."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Collection

from django.db import transaction
from django.utils.translation import gettext

from traces.actions.conflict import Unfit
from traces.models import ApiKey, Project
from traces.models.access import Scope
from traces.queries.access import is_storable

PREFIX_CHARS = 10
MAX_NAME_CHARS = 100
MAX_KEYS = 200
"""Of one project, those that were ended not counted."""


def add_key(
    *,
    project_id: int,
    name: str,
    secret: str,
    scopes: Collection[str],
    by: str,
    now: dt.datetime,
) -> ApiKey:
    """Store a key by the SHA-256 of its text, which is kept nowhere. Raises Unfit.

    The same text again is the key that stands; one that was ended does not come back.
    """
    _check(name, scopes)
    digest = hashlib.sha256(secret.encode()).digest()
    with transaction.atomic():
        # Two at once, as from a form that was sent twice, wait for one another.
        Project.objects.select_for_update(no_key=True).get(pk=project_id)
        known = ApiKey.objects.filter(digest=digest, project_id=project_id).first()
        if known is not None:
            return _standing(known)
        if ApiKey.objects.filter(project_id=project_id, revoked_at=None).count() >= MAX_KEYS:
            raise Unfit(
                "name",
                gettext("is one too many: a project has at most {most} keys").format(most=MAX_KEYS),
            )
        return ApiKey.objects.create(
            project_id=project_id,
            name=name,
            prefix=secret[:PREFIX_CHARS],
            digest=digest,
            scopes=[scope.value for scope in Scope if scope.value in scopes],
            created_by=by,
            created_at=now,
        )


def _standing(key: ApiKey) -> ApiKey:
    if key.revoked_at is not None:
        raise Unfit("name", gettext("is of a key that was made already, and ended since"))
    return key


def _check(name: str, scopes: Collection[str]) -> None:
    is_name = 0 < len(name) <= MAX_NAME_CHARS and name.isprintable() and is_storable(name)
    if not is_name or not name.strip():
        raise Unfit(
            "name", gettext("has 1 to {most} printable characters").format(most=MAX_NAME_CHARS)
        )
    if not scopes:
        raise Unfit("scopes", gettext("are needed: a key without any can do nothing"))
    if not set(scopes) <= set(Scope.values):
        raise Unfit("scopes", gettext("must be of {known}").format(known=", ".join(Scope.values)))
