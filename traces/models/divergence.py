"""The table of differences that replaying runs met."""

from __future__ import annotations

from django.db import models


class Divergence(models.Model):
    """What a replaying run says that it did otherwise, in the entry `seq`, which has both sides of it as parts."""

    pk = models.CompositePrimaryKey("run_id", "seq")
    run_id = models.UUIDField()
    seq = models.BigIntegerField()
    difference = models.TextField()
    call_sort = models.TextField()
    call_key = models.TextField(null=True)
    name = models.TextField(null=True)
    recorded_key = models.TextField(null=True)
    recorded_seq = models.BigIntegerField(null=True, help_text="An entry of the replayed run")
    node_id = models.TextField(null=True)
    then = models.TextField(help_text="What was done about it")
