"""Check all ledgers, a bounded while at a time, and write down what differs.

Guarantee: a check that dies goes on where it was. Where two workers continue the same check at once, the step of the
one that comes second is not counted: a step is written only onto the state that it began from.
"""

from __future__ import annotations

import datetime as dt
import logging
import time
import uuid
from collections.abc import Callable
from typing import Any

from traces.audit.difference import Difference
from traces.models import LedgerCheck, Run
from traces.queries.recheck_instance import recheck_instance
from traces.queries.recheck_run import list_lost_ledgers, recheck_run
from traces.queries.signed_roots import known_keys

log = logging.getLogger(__name__)

MOST_DIFFERENCES = 100
KEPT_CHECKS = 100


def start_check(*, now: dt.datetime) -> LedgerCheck:
    """Begin a check of all runs, unless one goes on; forget the oldest ones."""
    going_on = LedgerCheck.objects.filter(ended_at=None).first()
    if going_on is not None:
        return going_on
    kept = LedgerCheck.objects.order_by("-id").values_list("id", flat=True)[:KEPT_CHECKS]
    LedgerCheck.objects.exclude(id__in=list(kept)).delete()
    return LedgerCheck.objects.create(started_at=now)


def continue_check(
    *,
    seconds: float,
    read_now: Callable[[], dt.datetime],
    read_seconds: Callable[[], float] = time.monotonic,
) -> None:
    """Check runs for about so long, one at least, where a check goes on."""
    until = read_seconds() + seconds
    while _step(read_now) and read_seconds() < until:
        pass


def _step(read_now: Callable[[], dt.datetime]) -> bool:
    """Take one step; return whether there may be another for this worker."""
    check = LedgerCheck.objects.filter(ended_at=None).order_by("id").first()
    if check is None:
        return False
    run_id = _next_run(check)
    if run_id is None:
        _save(check, _with(check, _of_all(), ended_at=read_now()))
        return False
    found = recheck_run(run_id)
    return _save(
        check,
        _with(
            check,
            found.differences,
            after=run_id,
            runs=check.runs + 1,
            entries=check.entries + found.entries,
            bytes=check.bytes + found.bytes,
        ),
    )


def _of_all() -> list[Difference]:
    return [*list_lost_ledgers(), *recheck_instance(known_keys())]


def _next_run(check: LedgerCheck) -> uuid.UUID | None:
    runs = Run.objects.filter(size__gt=0)
    if check.after is not None:
        runs = runs.filter(id__gt=check.after)
    return runs.order_by("id").values_list("id", flat=True).first()


def _with(check: LedgerCheck, differences: list[Difference], **changes: Any) -> dict[str, Any]:
    for each in differences:
        log.error("ledger check: %s", each)
    free = max(MOST_DIFFERENCES - len(check.differences), 0)
    changes["differing_runs"] = check.differing_runs + len({each.run for each in differences})
    changes["differences"] = check.differences + [list(each) for each in differences[:free]]
    return changes


def _save(check: LedgerCheck, changes: dict[str, Any]) -> bool:
    same = LedgerCheck.objects.filter(id=check.id, after=check.after, ended_at=None)
    return same.update(**changes) == 1
