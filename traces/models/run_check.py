"""The table of checks of one run that somebody asked for: how far each is, and what it found."""

from __future__ import annotations

from django.db import models


class RunCheck(models.Model):
    """One check of a run's ledger against its own lines, its tree and what was signed. Times in ns since 1970.

    A worker claims a row by writing `token` and `claimed_until`, and renews the claim while it checks. What one that
    died left is checked again from the beginning.
    """

    id = models.UUIDField(primary_key=True)
    run_id = models.UUIDField()
    by = models.TextField(help_text="user:name or key:prefix")
    asked_ns = models.BigIntegerField()

    attempts = models.SmallIntegerField(default=0)
    token = models.UUIDField(null=True)
    claimed_until = models.DateTimeField(null=True)
    entries = models.BigIntegerField(help_text="How many the run had when the check was asked for")
    entries_done = models.BigIntegerField(default=0)

    ended_ns = models.BigIntegerField(null=True, help_text="Null: it goes on")
    error = models.TextField(null=True, help_text="Why nothing can be said")
    found = models.JSONField(
        null=True, help_text="What was compared: traces.queries.run_checks.Found"
    )
    differences = models.JSONField(default=list, help_text="[seq or null, sentence], the first 100")

    class Meta:
        indexes = [
            models.Index(fields=["run_id", "-asked_ns"], name="checks_of_a_run"),
            models.Index(
                fields=["asked_ns"],
                name="checks_to_be_made",
                condition=models.Q(ended_ns__isnull=True),
            ),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["run_id"],
                name="a_run_is_checked_once_at_a_time",
                condition=models.Q(ended_ns__isnull=True),
            )
        ]
