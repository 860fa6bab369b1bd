"""The inbox: what was acknowledged and is not yet recorded, and what could not be read."""

from __future__ import annotations

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
