"""The table of replays: who asked for which, how far it is, and which runner has it under a lease."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models

from deliberation.vocabulary import ReplayMode
from traces.models.access import Project
from traces.models.runner import Runner


class ReplayStage(models.TextChoices):
    """How far a replay is."""

    WAITING = "waiting", "no runner has taken it"
    CLAIMED = "claimed", "a runner took it and has not begun"
    RUNNING = "running", "the program runs"
    COMPLETED = "completed", "the program came to its end"
    FAILED = "failed", "it did not come to its end"
    EXPIRED = "expired", "no runner came for it in time"
    CANCELLED = "cancelled", "a person ended it"


HELD = (ReplayStage.CLAIMED.value, ReplayStage.RUNNING.value)
OPEN = (ReplayStage.WAITING.value, *HELD)


class Replay(models.Model):
    """One replay of a run. A job, not evidence: what the program did stands in the ledger of `run_id`.

    `point` is what is replayed one at a time: a run's fork from one node, or the whole run in one mode. Each attempt
    is a run of its own; `run_id` is the last one's. Times in ns since 1970 by the database's clock.
    """

    id = models.UUIDField(primary_key=True)
    project = models.ForeignKey(Project, models.CASCADE, related_name="replays")
    of_run = models.UUIDField()
    run_id = models.UUIDField()
    earlier_runs = ArrayField(models.UUIDField(), default=list, help_text="Of attempts that died")
    by = models.TextField(help_text="user:name or key:prefix")
    request_id = models.TextField(help_text="The asker's own")
    likeness = models.TextField(help_text="SHA-256 of what is asked for")
    point = models.TextField()
    asked_ns = models.BigIntegerField()

    mode = models.TextField(choices=[(mode.value, mode.value) for mode in ReplayMode])
    from_node = models.TextField(null=True)
    from_seq = models.BigIntegerField(null=True, help_text="The entry that first names from_node")
    overrides = models.JSONField()
    is_strict = models.BooleanField()
    entry_point = models.TextField()
    code_digest = models.TextField(null=True, help_text="What the replayed run says of its code")

    stage = models.TextField(choices=ReplayStage.choices, default=ReplayStage.WAITING)
    attempts = models.SmallIntegerField(default=0)
    runner = models.ForeignKey(Runner, models.SET_NULL, null=True, related_name="replays")
    runner_name = models.TextField(null=True)
    runner_digest = models.TextField(null=True, help_text="What the runner says of its code")
    expires_ns = models.BigIntegerField(help_text="The lease's end; of one that waits, until when")
    claimed_ns = models.BigIntegerField(null=True)
    running_ns = models.BigIntegerField(null=True)
    ended_ns = models.BigIntegerField(null=True)
    cancelled_by = models.TextField(null=True, help_text="Who asked that it end")
    reason = models.TextField(null=True, help_text="Why it ended so")
    last_words = models.TextField(null=True, help_text="The end of what the program printed")

    judged = models.JSONField(null=True, help_text="See traces.analytics.fidelity")
    judged_size = models.BigIntegerField(null=True, help_text="Of how many entries of run_id")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["of_run", "request_id"], name="a_request_makes_one_replay"
            ),
            models.UniqueConstraint(
                fields=["of_run", "likeness"],
                name="one_replay_of_a_kind_is_open",
                condition=models.Q(stage__in=OPEN),
            ),
            models.UniqueConstraint(
                fields=["of_run", "point"],
                name="one_replay_of_a_point_is_held",
                condition=models.Q(stage__in=HELD),
            ),
        ]
        indexes = [
            models.Index(fields=["of_run", "-asked_ns"], name="replays_of_a_run"),
            models.Index(fields=["run_id"], name="replays_by_their_run"),
            models.Index(
                fields=["project", "asked_ns"],
                name="replays_that_are_open",
                condition=models.Q(stage__in=OPEN),
            ),
        ]
