"""The table of outside things that nodes named."""

from __future__ import annotations

from django.db import models


class Resource(models.Model):
    """A node named an outside thing (traces.analytics.resources); `seq` is the entry that first says so."""

    pk = models.CompositePrimaryKey("run_id", "node_id", "kind", "name")
    run_id = models.UUIDField()
    node_id = models.TextField()
    kind = models.TextField()
    name = models.TextField()
    host = models.TextField(null=True)
    seq = models.BigIntegerField()

    class Meta:
        indexes = [models.Index(fields=["run_id", "-seq"], name="resources_newest_first")]
