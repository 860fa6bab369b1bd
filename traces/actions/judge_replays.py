"""Judge replays: write down how truly each repeats its original, once its run has ended.

Guarantee: by what both ledgers say at that moment; judged again when the replay's ledger has grown since. What is taken
away from the original later does not take the judgement away. A crash leaves a replay to the next pass.
"""

from __future__ import annotations

import logging
from dataclasses import asdict

from django.db import DatabaseError
from django.db.models import F, OuterRef, QuerySet, Subquery

from traces.models import Replay, Run
from traces.models.replay import OPEN
from traces.models.run import FINAL
from traces.queries.fidelity import read_fidelity

AT_ONCE = 10
log = logging.getLogger(__name__)


def has_replays_to_judge() -> bool:
    """Whether anything waits to be judged."""
    return _due().exists()


def judge_replays() -> None:
    """Judge some that are due."""
    for replay in _due()[:AT_ONCE]:
        try:
            _judge(replay)
        except DatabaseError as error:
            log.warning("replay %s is not judged: %s", replay.pk, error)


def _due() -> QuerySet[Replay]:
    """Return those that are over, whose run has ended and says more than when it was judged."""
    ended = Run.objects.filter(pk=OuterRef("run_id"), observed_state__in=FINAL)
    return (
        Replay.objects.exclude(stage__in=OPEN)
        .annotate(size=Subquery(ended.values("size")[:1]))
        .filter(size__isnull=False)
        .exclude(judged_size=F("size"))
    )


def _judge(replay: Replay) -> None:
    runs = Run.objects.in_bulk([replay.of_run, replay.run_id])
    original, run = runs.get(replay.of_run), runs.get(replay.run_id)
    if original is None or run is None:
        return
    # The job says what was wanted; a program that claims another mode is judged by what was asked of it.
    run.replay_mode, run.from_node = replay.mode, replay.from_node
    found = read_fidelity(original=original, replay=run)
    Replay.objects.filter(pk=replay.pk).update(
        judged=None if found is None else asdict(found), judged_size=run.size
    )
