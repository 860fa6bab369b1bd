"""The inbox: what was acknowledged and is not yet recorded, and what could not be read; and imports of files."""

from __future__ import annotations

import uuid

from django.contrib.postgres.fields import ArrayField
from django.db import models


class Signal(models.TextChoices):
    """What a body holds."""

    TRACES = "traces", "OTLP spans"
    LOGS = "logs", "OTLP log records"
    METRICS = "metrics", "OTLP metrics, counted and not kept"
    EVENTS = "events", "native events"


class InboxEntry(models.Model):
    """One acknowledged body, as it was received. The row is deleted in the transaction that records it.

    A worker claims a row by writing `token` and `claimed_until`; recording deletes by token, so that a worker
    that lost its claim to another records nothing. `attempts` counts claims: a body that kills its worker is
    buried after a few, instead of killing them all.
    """

    project_id = models.BigIntegerField()
    key_prefix = models.TextField()
    signal = models.TextField(choices=Signal.choices)
    media = models.TextField()
    encoding = models.TextField()
    received_ns = models.BigIntegerField()
    body = models.BinaryField()
    attempts = models.SmallIntegerField(default=0, db_default=0)
    token = models.UUIDField(null=True)
    claimed_until = models.DateTimeField(null=True)


class DeadLetter(models.Model):
    """What was acknowledged and could not be recorded: its bytes and the reason, kept until someone retries it."""

    project_id = models.BigIntegerField()
    key_prefix = models.TextField()
    signal = models.TextField(choices=Signal.choices)
    media = models.TextField()
    encoding = models.TextField()
    received_ns = models.BigIntegerField()
    body = models.BinaryField()
    buried_at = models.DateTimeField()
    error = models.TextField()


class RecordedTally(models.Model):
    """How much was ever recorded, one row per worker process so that no two wait for one another."""

    worker = models.TextField(primary_key=True)
    bodies = models.BigIntegerField(default=0)
    events = models.BigIntegerField(default=0)


class ImportState(models.TextChoices):
    """How far an import is."""

    WAITING = "waiting", "nobody reads it yet"
    READING = "reading", "a worker reads it, or did until it died"
    DONE = "done", "read to the end"
    FAILED = "failed", "nothing came out of it"


class Import(models.Model):
    """Files that a person uploaded, and what came out of them. The files lie in `DATA_DIR/uploads/{id}` until the end.

    A worker claims a row by writing `token` and `claimed_until`, and renews the claim while it reads. One that died
    leaves it to be read again, from the beginning: what is recorded already is recorded once. `runs` are the first
    ones, `run_count` says how many there are. Sentences name files by the path they were uploaded under.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4)
    project_id = models.BigIntegerField()
    by = models.TextField(help_text="The name of whoever uploaded it")
    title = models.TextField()
    format = models.TextField(null=True, help_text="The format that was asked for")
    files = models.BigIntegerField()
    size = models.BigIntegerField(help_text="Bytes, as they were uploaded")
    uploaded_ns = models.BigIntegerField()

    state = models.TextField(choices=ImportState.choices, default=ImportState.WAITING)
    attempts = models.SmallIntegerField(default=0)
    token = models.UUIDField(null=True)
    claimed_until = models.DateTimeField(null=True)
    reading = models.TextField(null=True, help_text="The file that is being read")
    files_read = models.BigIntegerField(default=0)
    files_found = models.BigIntegerField(null=True, help_text="With those inside archives")
    run_count = models.BigIntegerField(default=0)

    ended_ns = models.BigIntegerField(null=True)
    runs = ArrayField(models.UUIDField(), default=list)
    formats = models.JSONField(default=dict, help_text="Format → how many runs")
    warnings = models.JSONField(default=list, help_text="[sentence, how many runs], most first")
    left_out = models.JSONField(default=list, help_text="Sentences on files in no known format")
    errors = models.JSONField(default=list, help_text="Sentences on files that cannot be read")
    error = models.TextField(null=True, help_text="Why nothing came out")

    class Meta:
        indexes = [
            models.Index(fields=["project_id", "-uploaded_ns"], name="imports_newest_first"),
            models.Index(
                fields=["uploaded_ns"],
                name="imports_to_be_read",
                condition=models.Q(state__in=["waiting", "reading"]),
            ),
        ]
