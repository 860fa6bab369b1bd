"""The table of links from a node into another trace."""

from __future__ import annotations

from django.db import models


class Link(models.Model):
    """`source` does `kind` to the node `target` of another trace, whose run may be here, may come, or may not.

    `seq` is the entry that first says so. Edges within a run are `traces.models.edge`.
    """

    pk = models.CompositePrimaryKey("run_id", "source", "kind", "trace_id", "target")
    run_id = models.UUIDField()
    source = models.TextField()
    kind = models.TextField()
    trace_id = models.TextField()
    target = models.TextField()
    seq = models.BigIntegerField()

    class Meta:
        indexes = [models.Index(fields=["trace_id"], name="links_into_a_trace")]
