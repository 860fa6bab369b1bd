"""Who may do what: projects, the people in them, and the keys of machines."""

from __future__ import annotations

import datetime as dt

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models


class Project(models.Model):
    """The owner of runs; nothing is shared between projects."""

    slug = models.SlugField(unique=True)
    name = models.TextField()


class Role(models.TextChoices):
    """What a person may do in a project."""

    VIEWER = "viewer", "may look"
    REVIEWER = "reviewer", "may look and judge"
    OPERATOR = "operator", "may also pause and stop"
    OWNER = "owner", "may do everything"


MAY_COMMAND = (Role.OPERATOR.value, Role.OWNER.value)
"""Who may ask something of a run."""


class Membership(models.Model):
    """A person's role in a project. No row, no access: not even that the project exists is told."""

    project = models.ForeignKey(Project, models.CASCADE, related_name="memberships")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="memberships")
    role = models.TextField(choices=Role.choices)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["project", "user"], name="a_person_has_one_role_in_a_project"
            )
        ]


class RoleChange(models.Model):
    """That somebody gave a person a role in a project, or took it away. Rows are added, never changed: history.

    The person by name, so that it stays told when the account is gone.
    """

    project = models.ForeignKey(Project, models.CASCADE, related_name="role_changes")
    person = models.TextField()
    was = models.TextField(null=True, help_text="Null: had no role")
    role = models.TextField(null=True, choices=Role.choices, help_text="Null: has no role any more")
    by = models.TextField(help_text="user:name, or server")
    at = models.DateTimeField()


class Scope(models.TextChoices):
    """What a key may do."""

    INGEST = "ingest", "send events and traces"
    READ = "read", "read the API"
    CONTROL = "control", "pause, stop, steer"
    EXPORT = "export", "export bundles"
    RUN = "run", "serve replays"
    ADMIN = "admin", "everything"


class ApiKey(models.Model):
    """A machine's key. Only the SHA-256 of the secret is kept: 256 random bits need no slow hash.

    Ended keys stay as history. Who made or ended one is null where it was not recorded.
    """

    project = models.ForeignKey(Project, models.CASCADE, related_name="keys")
    name = models.TextField()
    prefix = models.TextField(help_text="The first characters, to tell keys apart")
    digest = models.BinaryField(max_length=32, unique=True)
    scopes = ArrayField(models.TextField(choices=Scope.choices))
    created_by = models.TextField(null=True, help_text="user:name, or server")
    created_at = models.DateTimeField()
    revoked_by = models.TextField(null=True)
    revoked_at = models.DateTimeField(null=True)
    used_at = models.DateTimeField(
        null=True, help_text="To ten minutes, for it is written so often"
    )


USE_TOLD_EVERY = dt.timedelta(minutes=10)
"""A use of a key is written down when the last that was is older: not at each request."""
