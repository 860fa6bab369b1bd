"""What can be recorded of a body that cannot be recorded whole.

Guarantee: one transaction buries the body, with the reason, and records all of its events but those that fail and,
beyond MAX_FAILURES, some of their neighbours. Nothing is lost: a dead letter holds the body as it came, and when it is
retried the events that are known are dropped.
"""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Callable, Sequence
from dataclasses import replace

from django.db import transaction

from ingest import inbox
from ingest.inbox import NOBODYS_FAULT, Claimed, LostClaim
from ingest.reports import read_reports
from traces.actions.record import Recorded, Report, record
from traces.live.publish import poke

MAX_FAILURES = 8
"""Events that are searched for, by halves: each costs about as much as the whole body once more."""
Randbytes = Callable[[int], bytes]


def record_what_can_be(
    token: uuid.UUID, entry: Claimed, reason: str, *, now_ns: int, randbytes: Randbytes
) -> list[Recorded]:
    """Record the events of a body that can be, bury the body, and return what was recorded.

    Raises LostClaim, and NOBODYS_FAULT.
    """
    read = read_reports([entry], now_ns=now_ns, randbytes=randbytes)
    now = dt.datetime.fromtimestamp(now_ns // 1_000_000_000, dt.UTC)

    def attempt(piece: Sequence[Report]) -> Recorded:
        return record(reports=piece, now=now, randbytes=randbytes, refuse=inbox.keep_foreign)

    with transaction.atomic():
        if not inbox.bury(token, entry, f"not all of it can be recorded: {reason}"):
            raise LostClaim("a body is another worker's now")
        # All runs are locked at once and in order: half by half, two workers could wait for one another.
        empty = [replace(report, events=()) for report in read.reports]
        record(reports=empty, now=now, randbytes=randbytes)
        recorded = _record_halves(read.reports, attempt)
        inbox.count_recorded(0, sum(each.entries for each in recorded))
    for each in recorded:
        poke(each.changes)
    return recorded


def _record_halves(
    reports: Sequence[Report], attempt: Callable[[Sequence[Report]], Recorded]
) -> list[Recorded]:
    """Record by halves, in order, so that what fails is found and stands alone."""
    recorded: list[Recorded] = []
    waiting = _halves(reports) or [reports]
    failures = 0
    while waiting:
        piece = waiting.pop(0)
        try:
            recorded.append(attempt(piece))
        except NOBODYS_FAULT:
            raise
        except Exception:  # noqa: BLE001 - the first reason is kept with the body
            halves = _halves(piece)
            if halves and failures < MAX_FAILURES:
                waiting[:0] = halves
            else:
                failures += 1
    return recorded


def _halves(reports: Sequence[Report]) -> list[Sequence[Report]]:
    """Return two halves of some reports, or of the events of one; none of a single event."""
    middle = len(reports) // 2
    if middle:
        return [reports[:middle], reports[middle:]]
    events = reports[0].events if reports else ()
    middle = len(events) // 2
    if not middle:
        return []
    return [
        [replace(reports[0], events=events[:middle])],
        [replace(reports[0], events=events[middle:])],
    ]
