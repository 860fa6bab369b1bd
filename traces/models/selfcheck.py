"""The table of selfchecks: published figures beside those that came out of the public logs."""

from __future__ import annotations

from django.db import models


class Selfcheck(models.Model):
    """One check that came to its end. `figures` is a list of objects, see `traces.queries.selfchecks`."""

    checked_at = models.DateTimeField()
    seconds = models.FloatField()
    figures = models.JSONField()
    absent = models.JSONField(default=list, help_text="Files that were not there")
    troubles = models.JSONField(default=list, help_text="Sentences on files that were not usable")
