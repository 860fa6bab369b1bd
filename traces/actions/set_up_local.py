"""Set up the project, person and key that local mode promises."""

from __future__ import annotations

import datetime as dt
import hashlib

from django.contrib.auth import get_user_model
from django.db import transaction

from traces.actions.add_key import add_key
from traces.actions.give_role import give_role
from traces.models import ApiKey, Membership, Project
from traces.models.access import Role, Scope

SERVER = "server"
LOCAL_SCOPES = [Scope.INGEST, Scope.READ, Scope.CONTROL, Scope.RUN]


def set_up_local(*, key: str, now: dt.datetime) -> Project:
    """Make the project "default", its owner "admin" and the key for all that a newcomer does. Twice is once."""
    with transaction.atomic():
        project, _ = Project.objects.get_or_create(slug="default", defaults={"name": "Default"})
        user, is_new = get_user_model().objects.get_or_create(
            username="admin", defaults={"is_staff": True, "is_superuser": True}
        )
        if is_new:
            user.set_unusable_password()
            user.save(update_fields=["password"])
        if not Membership.objects.filter(project=project, user=user).exists():
            give_role(project_id=project.pk, person="admin", role=Role.OWNER, by=SERVER, now=now)
        local = make_key(
            project=project,
            name="local",
            key=key,
            scopes=LOCAL_SCOPES,
            now=now,
        )
        # One that was made when there were fewer.
        ApiKey.objects.filter(pk=local.pk, created_by=SERVER).update(
            scopes=[scope.value for scope in LOCAL_SCOPES]
        )
    return project


def make_key(
    *, project: Project, name: str, key: str, scopes: list[Scope], now: dt.datetime
) -> ApiKey:
    """Store a key whose text is known already; one that an owner has ended stays ended."""
    known = ApiKey.objects.filter(digest=hashlib.sha256(key.encode()).digest()).first()
    return known or add_key(
        project_id=project.pk, name=name, secret=key, scopes=scopes, by=SERVER, now=now
    )
