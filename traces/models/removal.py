"""The table of removals: which texts of a ledger were deleted for good."""

from __future__ import annotations

from django.db import models

REDACTED, EXPIRED = "redacted", "expired"


class Removal(models.Model):
    """One entry that took texts away, projected from its run's ledger; `seq` is that entry.

    A redaction is of the text `part` of the entry `entry`, an expiry of all texts of the entries before `entry`.
    """

    pk = models.CompositePrimaryKey("run_id", "seq")
    run_id = models.UUIDField()
    seq = models.BigIntegerField()
    kind = models.TextField()
    entry = models.BigIntegerField()
    part = models.TextField(null=True)
    by = models.TextField(null=True, help_text="Null: its entry does not say")
    agreed_by = models.TextField(null=True)
    rule = models.TextField(null=True, help_text="Of a redaction")
    basis = models.TextField(null=True)
    policy = models.TextField(null=True, help_text="Of an expiry")
    reason = models.TextField(null=True)
    said_ns = models.BigIntegerField(null=True)

    class Meta:
        indexes = [models.Index(fields=["run_id", "entry"], name="removals_by_entry")]
