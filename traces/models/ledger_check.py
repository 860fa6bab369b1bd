"""The table of ledger checks: what the nightly recomputation of all runs found."""

from __future__ import annotations

from django.db import models


class LedgerCheck(models.Model):
    """One check of all runs, made in steps; `after` is the last run that is done. Times by the server's clock."""

    started_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, help_text="Null: it goes on")
    after = models.UUIDField(null=True)
    runs = models.BigIntegerField(default=0)
    entries = models.BigIntegerField(default=0)
    bytes = models.BigIntegerField(default=0)
    differing_runs = models.BigIntegerField(default=0)
    differences = models.JSONField(
        default=list, help_text="[run, seq or null, sentence], the first 100"
    )
