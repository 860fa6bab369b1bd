"""The ledger: the truth that every other table is computed from. Evidence is bytes, never jsonb."""

from __future__ import annotations

from django.db import models


class LedgerEntry(models.Model):
    """One sealed event. `line` is what was hashed and is never changed; `openings` may be redacted.

    `key` is the event's identity in its run, unique, so that a fact reported twice is recorded once.
    """

    pk = models.CompositePrimaryKey("run_id", "seq")
    run_id = models.UUIDField()
    seq = models.BigIntegerField()
    key = models.TextField()
    recorded_at = models.DateTimeField()
    line = models.BinaryField()
    leaf = models.BinaryField(max_length=32)
    openings = models.BinaryField(
        help_text="Salts with texts or their hashes: traces.audit.openings"
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["run_id", "key"], name="a_fact_is_recorded_once")
        ]


class LedgerPart(models.Model):
    """A large text, stored once per run by the SHA-256 of its bytes."""

    pk = models.CompositePrimaryKey("run_id", "inner")
    run_id = models.UUIDField()
    inner = models.BinaryField(max_length=32)
    data = models.BinaryField()
