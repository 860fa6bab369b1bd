"""The table of edges beyond parent and child."""

from __future__ import annotations

from django.db import models


class Edge(models.Model):
    """`source` does `kind` to `target`; neither need be here yet."""

    pk = models.CompositePrimaryKey("run_id", "seq")
    run_id = models.UUIDField()
    seq = models.BigIntegerField()
    kind = models.TextField()
    source = models.TextField()
    target = models.TextField()
