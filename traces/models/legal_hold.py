"""The tables of legal holds: on a run, projected from its ledger; and on a project."""

from __future__ import annotations

from django.db import models

from traces.models.access import Project


class LegalHold(models.Model):
    """One hold on a run; it stands until `lifted_seq`. Projected from the run's ledger."""

    pk = models.CompositePrimaryKey("run_id", "hold_id")
    run_id = models.UUIDField()
    hold_id = models.TextField()
    seq = models.BigIntegerField()
    by = models.TextField()
    reason = models.TextField(null=True)
    placed_ns = models.BigIntegerField(null=True)
    lifted_seq = models.BigIntegerField(null=True)
    lifted_by = models.TextField(null=True)
    lifted_agreed_by = models.TextField(null=True)
    lifted_ns = models.BigIntegerField(null=True)


class RemovalRequest(models.Model):
    """Something that is to be taken away under a hold: a second person decides. Projected from the run's ledger."""

    pk = models.CompositePrimaryKey("run_id", "request_id")
    run_id = models.UUIDField()
    request_id = models.TextField()
    seq = models.BigIntegerField()
    what = models.TextField()
    entry = models.BigIntegerField(null=True)
    part = models.TextField(null=True)
    everywhere = models.BooleanField(null=True)
    rule = models.TextField(null=True)
    basis = models.TextField(null=True)
    hold_id = models.TextField(null=True)
    reason = models.TextField(null=True)
    by = models.TextField()
    asked_ns = models.BigIntegerField(null=True)
    outcome = models.TextField(null=True, help_text="Null: open")
    closed_by = models.TextField(null=True)
    closed_ns = models.BigIntegerField(null=True)


class ProjectHold(models.Model):
    """A hold on all runs of a project. Rows are kept: history. Lifting one takes a second person."""

    project = models.ForeignKey(Project, models.CASCADE, related_name="legal_holds")
    ticket = models.TextField()
    reason = models.TextField()
    by = models.TextField()
    placed_at = models.DateTimeField()
    lift_asked_by = models.TextField(null=True)
    lift_asked_at = models.DateTimeField(null=True)
    lifted_by = models.TextField(null=True, help_text="Who agreed")
    lifted_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["project", "ticket"], name="a_form_holds_once")
        ]
