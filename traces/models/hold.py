"""The table of holds: why a run waits."""

from __future__ import annotations

from django.db import models
from django.db.models.functions import MD5


class Hold(models.Model):
    """One reason to wait, projected from its run's ledger. A run waits as long as one of its holds is open."""

    pk = models.CompositePrimaryKey("run_id", "hold_id")
    run_id = models.UUIDField()
    hold_id = models.TextField()
    seq = models.BigIntegerField()
    source = models.TextField()
    reason = models.TextField(null=True, help_text="At most 2,000 characters; null once redacted")
    command_id = models.TextField(null=True, help_text="The command that placed it")
    placed_ns = models.BigIntegerField(null=True)
    is_open = models.BooleanField()
    lifted_by = models.TextField(null=True)
    lifted_command = models.TextField(null=True, help_text="The command that lifted it")
    lifted_ns = models.BigIntegerField(null=True)

    class Meta:
        constraints = [
            # By a digest: an index takes 2,700 bytes, and a reason may be longer.
            models.UniqueConstraint(
                "run_id",
                "source",
                MD5("reason"),
                condition=models.Q(is_open=True),
                name="one_open_hold_of_a_source_and_reason",
            ),
        ]
