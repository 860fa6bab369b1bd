"""Check a run because somebody asked: its entries, texts and tree, what was signed of it, and what the instance tells.

Guarantee: the whole check is of one moment, while others write. A crash leaves it to be made again, from the beginning.
"""

from __future__ import annotations

import logging
import uuid
from collections.abc import Callable
from dataclasses import asdict

from django.db import IntegrityError, InterfaceError, OperationalError, transaction

from traces.actions.claim_check import LostCheck, Progress, claim_check, end_check, telling
from traces.actions.conflict import Unfit
from traces.audit.difference import Difference
from traces.models import Run, RunCheck
from traces.queries.ledger_rows import one_snapshot
from traces.queries.recheck_run import recheck_run
from traces.queries.run_checks import Found
from traces.queries.signed_roots import known_keys
from traces.queries.told_roots import check_told

MAX_ATTEMPTS = 3
MAX_WAITING = 20
"""Of one person."""
KEPT_CHECKS = 20
"""Of one run."""
ENDED_ITS_WORKER = (
    "checking it was begun several times and never came to an end: the worker died each time"
)
OUR_FAULT = "the program stumbled over it; that is our fault, and it has been logged"
log = logging.getLogger(__name__)


def ask_for_check(*, run: Run, by: str, check_id: uuid.UUID, now_ns: int) -> RunCheck:
    """Put down that a run is to be checked; while a check of it goes on, that is the one. Raises Unfit."""
    going_on = RunCheck.objects.filter(run_id=run.pk, ended_ns=None)
    if (found := going_on.first()) is not None:
        return found
    if RunCheck.objects.filter(by=by, ended_ns=None).count() >= MAX_WAITING:
        raise Unfit(
            "run_id", f"{MAX_WAITING} checks that you asked for are under way: wait for one"
        )
    kept = RunCheck.objects.filter(run_id=run.pk).order_by("-asked_ns", "pk")
    gone = list(kept.values_list("pk", flat=True)[KEPT_CHECKS - 1 :])
    RunCheck.objects.filter(pk__in=gone).delete()
    try:
        with transaction.atomic():
            return RunCheck.objects.create(
                id=check_id, run_id=run.pk, by=by, asked_ns=now_ns, entries=run.size
            )
    except IntegrityError:  # somebody else asked at the same moment
        return going_on.get()


def has_checks_to_make() -> bool:
    """Whether anything waits to be checked."""
    return RunCheck.objects.filter(ended_ns=None).exists()


def check_next(*, clock: Callable[[], int], randbytes: Callable[[int], bytes]) -> bool:
    """Make the oldest check to its end. False when there is none to be made. `clock` gives ns since 1970."""
    claimed = claim_check(uuid.UUID(bytes=randbytes(16)))
    if claimed is None:
        return False
    try:
        _check(claimed, clock)
    except LostCheck as lost:
        log.warning("%s", lost)
    return True


def _check(claimed: RunCheck, clock: Callable[[], int]) -> None:
    if claimed.attempts > MAX_ATTEMPTS:
        return end_check(claimed, ended_ns=clock(), error=ENDED_ITS_WORKER)
    try:
        with telling(claimed) as progress:
            found, differences = _compare(claimed.run_id, progress)
    except (LostCheck, OperationalError, InterfaceError):
        raise
    except Exception:
        log.exception("check %s", claimed.pk)
        return end_check(claimed, ended_ns=clock(), error=OUR_FAULT)
    return end_check(
        claimed,
        ended_ns=clock(),
        entries_done=found.size,
        found=asdict(found),
        differences=[[each.seq, each.what] for each in differences],
    )


def _compare(run_id: uuid.UUID, progress: Progress) -> tuple[Found, list[Difference]]:
    keys = known_keys()
    with one_snapshot():
        seen = recheck_run(run_id, keys, progress.tell)
        reached, wrong = check_told(run_id, keys)
    found = Found(
        size=seen.entries,
        root=seen.root,
        bytes=seen.bytes,
        opened=seen.opened,
        closed=seen.closed,
        checkpoints=seen.checkpoints,
        signed=seen.signed,
        instance=reached,
    )
    return found, [*seen.differences, *wrong]
