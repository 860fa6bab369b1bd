"""What was signed of which log, and what is still to be signed."""

from __future__ import annotations

from django.db import models


class Checkpoint(models.Model):
    """A signed note over a log at a size: evidence, never changed and never removed with a run's content.

    `run_id` is a run's, or the installation's own for the log of the instance. `frontier` holds the roots of the
    perfect subtrees at this size (32 bytes each), from which later proofs are made without the entries before.
    """

    run_id = models.UUIDField()
    size = models.BigIntegerField()
    origin = models.TextField(help_text="The log's name as the note has it")
    root = models.BinaryField(max_length=32)
    frontier = models.BinaryField()
    note = models.TextField(help_text="c2sp.org/tlog-checkpoint, with its signatures")
    signed_at = models.DateTimeField()
    instance_seq = models.BigIntegerField(
        null=True, help_text="The entry of the instance's log about it; null for that log's own"
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["run_id", "size", "origin"], name="a_size_is_signed_once"
            )
        ]


class Sealing(models.Model):
    """How far a run's ledger is signed. Written by whoever appends, and by whoever seals.

    `size` repeats the run's own size, so that both may write this row without the lock of the run's.
    """

    run_id = models.UUIDField(primary_key=True)
    size = models.BigIntegerField(help_text="Entries in the ledger")
    urgent_size = models.BigIntegerField(
        db_default=0,
        help_text="Entries until the last that must not wait: a start, a person, an end",
    )
    sealed_size = models.BigIntegerField(
        db_default=0, help_text="Entries under the last checkpoint"
    )
    due_at = models.DateTimeField(
        null=True, help_text="When it is to be signed again; null when all of it is"
    )
    trouble = models.TextField(null=True, help_text="Why the signer refused it, in its words")

    class Meta:
        indexes = [
            models.Index(
                fields=["due_at"],
                name="runs_to_seal",
                condition=models.Q(due_at__isnull=False),
            ),
            models.Index(
                fields=["run_id"],
                name="runs_refused_by_the_signer",
                condition=models.Q(trouble__isnull=False),
            ),
        ]
