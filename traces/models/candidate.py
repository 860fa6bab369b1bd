"""The table of candidates: nodes that could have been the answer."""

from __future__ import annotations

from django.db import models


class Candidate(models.Model):
    """What the candidate node would have answered. Texts are previews of at most 2,000 characters."""

    pk = models.CompositePrimaryKey("run_id", "node_id")
    run_id = models.UUIDField()
    node_id = models.TextField()
    seq = models.BigIntegerField(help_text="The entry that proposed it last")
    answer = models.TextField(null=True)
    normalised = models.TextField(null=True)
    normaliser = models.TextField(null=True)
    cluster = models.TextField(null=True)
    votes = models.BigIntegerField(null=True)
    weight = models.FloatField(null=True)
    correct = models.BooleanField(null=True)
