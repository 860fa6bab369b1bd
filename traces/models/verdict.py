"""The table of verdicts."""

from __future__ import annotations

from django.db import models

from traces.models.access import Project


class Verdict(models.Model):
    """One judgement of one verifier on one node; `seq` is its ledger entry."""

    pk = models.CompositePrimaryKey("run_id", "seq")
    run_id = models.UUIDField()
    seq = models.BigIntegerField()
    verdict_id = models.TextField(null=True)
    node_id = models.TextField()
    by_node = models.TextField(null=True)
    given_ns = models.BigIntegerField(null=True)
    verifier = models.TextField()
    version = models.TextField(null=True)
    verifier_kind = models.TextField(null=True)
    outcome = models.TextField()
    label = models.TextField(null=True, help_text="The outcome in the verifier's own word")
    score = models.FloatField(null=True)
    score_min = models.FloatField(null=True)
    score_max = models.FloatField(null=True)
    threshold = models.FloatField(null=True)
    independence = models.TextField(null=True)
    saw_reference = models.BooleanField(null=True)
    checks_total = models.BigIntegerField(null=True)
    checks_passed = models.BigIntegerField(null=True)
    cost = models.DecimalField(null=True, max_digits=40, decimal_places=18)
    rationale = models.TextField(null=True, help_text="At most 200 characters")
    told_in = models.TextField(
        null=True, help_text="Where it was told first, as run:seq, when that is another run"
    )


class DistantVerdict(models.Model):
    """A verdict on what stands in another trace, or is known by the provider's id of a response alone.

    It has no row among the verdicts until the server tells it again at the node that it judges, which may be here, may
    come, or may not; `placed_in` and `placed_node` then say where.
    """

    pk = models.CompositePrimaryKey("run_id", "seq")
    run_id = models.UUIDField()
    seq = models.BigIntegerField()
    project = models.ForeignKey(Project, models.CASCADE, db_index=False, related_name="+")
    trace_id = models.TextField(null=True)
    response_id = models.TextField(null=True)
    node_id = models.TextField(help_text="In that trace; of a response, where it was told")
    verifier = models.TextField()
    outcome = models.TextField()
    placed_in = models.UUIDField(null=True)
    placed_node = models.TextField(null=True)

    class Meta:
        indexes = [
            models.Index(
                fields=["-run_id"],
                name="verdicts_without_a_place",
                condition=models.Q(placed_in__isnull=True),
            ),
        ]
