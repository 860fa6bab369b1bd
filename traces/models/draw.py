"""The table of what programs drew from outside: seeds of random numbers, and times of day."""

from __future__ import annotations

from django.db import models


class Draw(models.Model):
    """One draw, in the entry `seq`; its value stands in the ledger alone."""

    pk = models.CompositePrimaryKey("run_id", "seq")
    run_id = models.UUIDField()
    seq = models.BigIntegerField()
    call_key = models.TextField()
    call_sort = models.TextField()
    stream = models.TextField(null=True)
    node_id = models.TextField(null=True)
    recorded_seq = models.BigIntegerField(null=True)
