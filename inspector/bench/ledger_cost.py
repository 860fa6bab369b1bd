"""What the ledger costs of recording: the same traffic with it and without it, by turns, in one process.

A pass is what a worker does with some bodies: inflate, decode, map, price, record in one transaction. CPU is that of
its process and of its Postgres backend together. Other load lengthens both of a pair, so that ratios are of pairs.
"""

from __future__ import annotations

import datetime as dt
import os
import statistics
import time
from contextlib import nullcontext
from itertools import islice
from pathlib import Path
from typing import NamedTuple

from django.db import connection

from ingest.inbox import Claimed
from ingest.models import Signal
from ingest.reports import read_reports
from inspector.bench.bodies import SPANS_PER_BODY, Body, make_bodies
from inspector.bench.without_ledger import without_ledger
from traces.actions.record import record
from traces.models import Project

PAIRS = 12
BODIES_AT_ONCE = 4
TICKS_PER_SECOND = os.sysconf("SC_CLK_TCK")


class Cost(NamedTuple):
    """Seconds of one pass: of CPU, of CPU for the recording alone, and by the clock."""

    cpu: float
    recording_cpu: float
    clock: float


def measure() -> dict[str, float]:
    """Return µs of CPU per span, and the medians of the ratios with : without."""
    made = iter(make_bodies(2 * BODIES_AT_ONCE * (PAIRS + 1), time.time_ns()))
    project = Project.objects.earliest("id").pk
    _, *pairs = [  # the first one warms up
        _pair(project, list(islice(made, 2 * BODIES_AT_ONCE)), ledger_first=number % 2 == 0)
        for number in range(PAIRS + 1)
    ]
    of_span = 1e6 / (BODIES_AT_ONCE * SPANS_PER_BODY)
    return {
        "cpu_us_per_span": round(statistics.median(on.cpu for on, _ in pairs) * of_span, 1),
        "cpu_us_per_span_without_ledger": round(
            statistics.median(off.cpu for _, off in pairs) * of_span, 1
        ),
        "ledger_on_against_off": _ratio([on.cpu / off.cpu for on, off in pairs]),
        "ledger_on_against_off_clock": _ratio([on.clock / off.clock for on, off in pairs]),
        "ledger_on_against_off_recording": _ratio(
            [on.recording_cpu / off.recording_cpu for on, off in pairs]
        ),
    }


def _pair(project: int, bodies: list[Body], *, ledger_first: bool) -> tuple[Cost, Cost]:
    """Return the costs with the ledger and without it."""
    first = _pass(project, bodies[:BODIES_AT_ONCE], has_ledger=ledger_first)
    second = _pass(project, bodies[BODIES_AT_ONCE:], has_ledger=not ledger_first)
    return (first, second) if ledger_first else (second, first)


def _pass(project: int, bodies: list[Body], *, has_ledger: bool) -> Cost:
    now_ns = time.time_ns()
    claimed = [_claimed(project, number, body.data, now_ns) for number, body in enumerate(bodies)]
    clock, begun = time.monotonic(), _cpu_seconds()
    with nullcontext() if has_ledger else without_ledger():
        reports = read_reports(claimed, now_ns=now_ns, randbytes=os.urandom).reports
        read = _cpu_seconds()
        now = dt.datetime.fromtimestamp(now_ns // 10**9, dt.UTC)
        record(reports=reports, now=now, randbytes=os.urandom)
    ended = _cpu_seconds()
    return Cost(ended - begun, ended - read, time.monotonic() - clock)


def _claimed(project: int, number: int, body: bytes, now_ns: int) -> Claimed:
    return Claimed(
        id=number,
        project=project,
        key_prefix="bench",
        signal=Signal.TRACES,
        media="protobuf",
        encoding="gzip",
        received_ns=now_ns,
        body=body,
        attempts=1,
    )


def _ratio(ratios: list[float]) -> float:
    return round(statistics.median(ratios), 2)


def _cpu_seconds() -> float:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        [pid] = cursor.fetchone()
    # The second field is a name in brackets, which may have spaces; utime and stime are the 14th and 15th.
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return time.process_time() + (int(fields[11]) + int(fields[12])) / TICKS_PER_SECOND
