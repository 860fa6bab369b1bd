"""Which replay is done by which runner: the oldest that it can begin, and one at a time of each point of a run.

Guarantee: a replay is handed to one runner, under a lease and a number that only grows. Two that ask at once get two
replays, or one of them none: the table's constraints say so. A runner that dies before it hears of what it got loses
it with the lease.
"""

from __future__ import annotations

from django.db import IntegrityError, transaction
from django.db.models import Exists, F, OuterRef, Q

from traces.actions.register_runner import hear_runner
from traces.models import Replay, Runner
from traces.models.replay import HELD, ReplayStage
from traces.queries.patience import patience

LOOKED_AT = 20


def claim_replay(*, runner: Runner, now_ns: int) -> Replay | None:
    """Hand the oldest replay that waits to a runner that can begin it; None when there is none. It was heard of."""
    hear_runner(runner, now_ns)
    digests = {each["entry_point"]: each["code_digest"] for each in runner.entries}
    held = Replay.objects.filter(of_run=OuterRef("of_run"), point=OuterRef("point"), stage__in=HELD)
    waiting = Replay.objects.filter(
        ~Q(Exists(held)),
        project_id=runner.project_id,
        stage=ReplayStage.WAITING,
        entry_point__in=list(digests),
        expires_ns__gt=now_ns,
    )
    for found in waiting.order_by("asked_ns", "pk")[:LOOKED_AT]:
        if _take(found, runner, digests[found.entry_point], now_ns):
            return Replay.objects.get(pk=found.pk)
    return None


def _take(found: Replay, runner: Runner, digest: str | None, now_ns: int) -> bool:
    free = Replay.objects.filter(pk=found.pk, stage=ReplayStage.WAITING)
    try:
        with transaction.atomic():
            taken = free.update(
                stage=ReplayStage.CLAIMED,
                attempts=F("attempts") + 1,
                runner=runner,
                runner_name=runner.name,
                runner_digest=digest,
                claimed_ns=now_ns,
                running_ns=None,
                expires_ns=now_ns + patience().lease,
            )
    except IntegrityError:  # another runner took one of the same point at the same moment
        return False
    return bool(taken)
