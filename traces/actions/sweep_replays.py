"""Sweep: a replay that nobody came for expires; one whose runner died is tried again once, and then has failed.

Guarantee: by the database's clock, and by a condition on the row as it was found, so that two sweeps are one and a
heartbeat that comes first keeps its lease. Each attempt is a run of its own: what a dead one told stays in its run.
"""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_noop

from traces.actions.ask_for_replay import new_run_id, waits_until
from traces.actions.register_runner import forget_runners
from traces.actions.tell_run import Randbytes
from traces.models import Replay
from traces.models.replay import HELD, ReplayStage

MAX_ATTEMPTS = 2
PORTION = 200
NOBODY_CAME = gettext_noop("no runner came for it in time")
DIED_TWICE = gettext_noop("nothing was heard of its runner any more, twice")
CANCELLED_AND_SILENT = gettext_noop("it was cancelled, and nothing was heard of its runner since")


def sweep_replays(*, now_ns: int, randbytes: Randbytes) -> None:
    """Look at all replays whose time is over, and forget runners that have long been silent."""
    over = Replay.objects.filter(expires_ns__lt=now_ns)
    for waiting in over.filter(stage=ReplayStage.WAITING)[:PORTION]:
        _move(waiting, stage=ReplayStage.EXPIRED, ended_ns=now_ns, reason=NOBODY_CAME)
    for held in over.filter(stage__in=HELD)[:PORTION]:
        _move(held, **_after_death(held, now_ns, randbytes))
    forget_runners(now_ns=now_ns)


def _after_death(held: Replay, now_ns: int, randbytes: Randbytes) -> dict[str, Any]:
    if held.cancelled_by is not None:
        return {
            "stage": ReplayStage.CANCELLED,
            "ended_ns": now_ns,
            "reason": CANCELLED_AND_SILENT,
        }
    if held.attempts >= MAX_ATTEMPTS:
        return {"stage": ReplayStage.FAILED, "ended_ns": now_ns, "reason": DIED_TWICE}
    return {
        "stage": ReplayStage.WAITING,
        "expires_ns": waits_until(now_ns),
        "earlier_runs": [*held.earlier_runs, held.run_id],
        "run_id": new_run_id(now_ns, randbytes),
    }


def _move(found: Replay, **values: Any) -> None:
    as_found = {"stage": found.stage, "attempts": found.attempts, "expires_ns": found.expires_ns}
    Replay.objects.filter(pk=found.pk, **as_found).update(**values)
