"""The tables of retention: what a project keeps for how long, and which runs are gone."""

from __future__ import annotations

from django.db import models

from traces.models.access import Project


class RetentionPolicy(models.Model):
    """One version of a project's policy. The newest is in force; rows are never changed. Null days: for ever."""

    project = models.ForeignKey(Project, models.CASCADE, related_name="retention_policies")
    version = models.PositiveIntegerField()
    content_days = models.PositiveIntegerField(null=True)
    run_days = models.PositiveIntegerField(null=True)
    floor_reason = models.TextField(
        null=True, help_text="Why runs of high risk need not be kept six months; null: they are"
    )
    by = models.TextField()
    made_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["project", "version"], name="a_version_of_retention_is_one"
            )
        ]


class ExpiredRun(models.Model):
    """The tombstone of a run: what was signed of it can still be told genuine, and what is sent again is not kept."""

    run_id = models.UUIDField(primary_key=True)
    project = models.ForeignKey(Project, models.CASCADE, related_name="expired_runs")
    trace_id = models.TextField(null=True)
    size = models.BigIntegerField()
    root = models.BinaryField(max_length=32)
    by = models.TextField()
    policy = models.TextField()
    expired_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["project", "trace_id"], name="expired_traces")]
