"""The table of who looked at which run: one row for each person, run, way and day, so that it stays small."""

from __future__ import annotations

from django.db import models


class Way(models.TextChoices):
    """How somebody saw something of a run."""

    VIEW = "view", "pages and pieces of pages"
    READ = "api", "the API"
    DOWNLOAD = "download", "a bundle of it"


class AccessTally(models.Model):
    """That somebody saw something of a run on a day (UTC), how often, and when first and last.

    Kept for ACCESS_LOG_DAYS whatever becomes of the run: who saw it is asked most when it is gone.
    """

    project_id = models.BigIntegerField()
    run_id = models.UUIDField()
    by = models.TextField(help_text="user:name, key:prefix, or link for whoever had one")
    way = models.TextField(choices=Way.choices)
    day = models.DateField()
    times = models.BigIntegerField()
    first_at = models.DateTimeField()
    last_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["run_id", "by", "way", "day"], name="a_day_of_somebody_is_one_row"
            )
        ]
        indexes = [
            models.Index(fields=["project_id", "-id"], name="accesses_newest_first"),
            models.Index(fields=["day"], name="accesses_by_day"),
        ]
