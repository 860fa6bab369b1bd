"""The table of verdicts."""

from __future__ import annotations

from django.db import models


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
