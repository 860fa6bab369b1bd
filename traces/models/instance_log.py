"""The log of the installation itself: a tree of the same lines, about all runs."""

from __future__ import annotations

from django.db import models


class InstanceLog(models.Model):
    """One row: the installation's own UUID, and how far its log is. Locked by whoever appends to it."""

    ONLY = 1

    id = models.SmallIntegerField(primary_key=True, default=ONLY)
    run_id = models.UUIDField(help_text="In the place of a run in the lines and in the proofs")
    size = models.BigIntegerField(db_default=0)
    frontier = models.BinaryField(db_default=b"")
    name = models.TextField(null=True, help_text="As the signer last said it")
    trouble = models.TextField(null=True, help_text="Why nothing is signed at present")
    trouble_since = models.DateTimeField(null=True)
    looked_at = models.DateTimeField(null=True, help_text="When the signer was last asked")

    class Meta:
        constraints = [
            models.CheckConstraint(condition=models.Q(id=1), name="there_is_one_instance_log")
        ]


class InstanceEntry(models.Model):
    """One entry of it: `line` is what was hashed. `key` makes a fact that is told twice one entry."""

    seq = models.BigIntegerField(primary_key=True)
    kind = models.TextField()
    key = models.TextField(unique=True)
    run_id = models.UUIDField(null=True, help_text="The run that it is about, if one")
    recorded_at = models.DateTimeField()
    line = models.BinaryField()
    leaf = models.BinaryField(max_length=32)

    class Meta:
        indexes = [
            models.Index(
                fields=["run_id", "seq"],
                name="about_a_run",
                condition=models.Q(run_id__isnull=False),
            ),
            models.Index(
                fields=["seq"],
                name="beside_checkpoints",
                condition=~models.Q(kind="run.checkpoint"),
            ),
        ]
