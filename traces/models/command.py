"""The table of commands: what was asked of runs, and how far it has come."""

from __future__ import annotations

from django.db import models

from deliberation.vocabulary import CommandStage

OPEN_STAGES = tuple(stage.value for stage in CommandStage if not stage.is_final)


class Command(models.Model):
    """One command, projected from its run's ledger. `command_id` is the asker's own and unique in the run.

    A time per stage, ns since 1970 by the server's clock; a stage that was skipped or not reached has none.
    `changed_seq` is the entry that last changed the row: what a runner has not heard of is what is above its own.
    """

    pk = models.CompositePrimaryKey("run_id", "command_id")
    run_id = models.UUIDField()
    command_id = models.TextField()
    seq = models.BigIntegerField()
    changed_seq = models.BigIntegerField()
    kind = models.TextField()
    stage = models.TextField()
    by = models.TextField()
    by_kind = models.TextField()
    reason = models.TextField(null=True, help_text="At most 2,000 characters; null once redacted")
    payload = models.TextField(null=True, help_text="What the kind needs, as one JSON object")
    seen_seq = models.BigIntegerField(null=True, help_text="The last entry the asker had seen")
    superseded_by = models.TextField(null=True, help_text="The command that took its place")
    attempt = models.BigIntegerField(null=True, help_text="The attempt that last reported on it")
    detail = models.TextField(null=True, help_text="What was last said of it")
    requested_ns = models.BigIntegerField(null=True)
    delivered_ns = models.BigIntegerField(null=True)
    acknowledged_ns = models.BigIntegerField(null=True)
    applied_ns = models.BigIntegerField(null=True)
    refused_ns = models.BigIntegerField(null=True)
    expired_ns = models.BigIntegerField(null=True)
    superseded_ns = models.BigIntegerField(null=True)

    class Meta:
        indexes = [
            models.Index(
                fields=["requested_ns"],
                name="open_commands",
                condition=models.Q(stage__in=OPEN_STAGES),
            ),
        ]
