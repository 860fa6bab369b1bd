"""Set up the project, person and key that local mode promises."""

from __future__ import annotations

import datetime as dt
import hashlib

from django.contrib.auth import get_user_model
from django.db import transaction

from traces.models import ApiKey, Membership, Project
from traces.models.access import Role, Scope

PREFIX_CHARS = 10


def set_up_local(*, key: str, now: dt.datetime) -> Project:
    """Make the project "default", its owner "admin" and the key for ingest, read and control. Twice is once."""
    with transaction.atomic():
        project, _ = Project.objects.get_or_create(slug="default", defaults={"name": "Default"})
        user, is_new = get_user_model().objects.get_or_create(
            username="admin", defaults={"is_staff": True, "is_superuser": True}
        )
        if is_new:
            user.set_unusable_password()
            user.save(update_fields=["password"])
        Membership.objects.get_or_create(
            project=project, user=user, defaults={"role": Role.OWNER.value}
        )
        make_key(
            project=project,
            name="local",
            key=key,
            scopes=[Scope.INGEST, Scope.READ, Scope.CONTROL],
            now=now,
        )
    return project


def make_key(
    *, project: Project, name: str, key: str, scopes: list[Scope], now: dt.datetime
) -> ApiKey:
    """Store a key by the SHA-256 of its text. The text itself is kept nowhere."""
    found, _ = ApiKey.objects.get_or_create(
        digest=hashlib.sha256(key.encode()).digest(),
        defaults={
            "project": project,
            "name": name,
            "prefix": key[:PREFIX_CHARS],
            "scopes": [scope.value for scope in scopes],
            "created_at": now,
        },
    )
    return found
