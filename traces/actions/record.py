"""Record: number events, seal them into the ledger, fold them into rows. One transaction.

Guarantee: when `record` returns, every event it was given stands in its run's ledger exactly once, and every row
of the projection agrees with the ledger. A crash before the commit leaves nothing behind; the caller's source (an
inbox row, a file) is still there and is recorded again. The same event twice, by two workers at once, is one entry.
"""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from django.db import connection, transaction

from deliberation.events import Event, RunOpened
from deliberation.events.run_opened import OPENING_KEY
from deliberation.ledger.entry import Entry, seal
from deliberation.ledger.head import split_frontier
from deliberation.ledger.tree import append
from deliberation.vocabulary import ReplayMode
from traces.actions.expired_runs import without_expired
from traces.actions.plan_sealing import must_not_wait, plan_sealing
from traces.actions.run_rows import lock_runs, save_runs, stored
from traces.audit.openings import INLINE_BYTES, pack
from traces.live.publish import RunChange
from traces.models import Run
from traces.models.run import FOREIGN
from traces.projection.approval_rows import ABOUT as ABOUT_APPROVALS
from traces.projection.project import Numbered, project
from traces.projection.states import RunState
from traces.projection.tables import ENTRIES, RUN_COLUMNS

Randbytes = Callable[[int], bytes]
SPENDING = (ReplayMode.FORK.value, ReplayMode.LIVE.value)
"""The replays that may spend, and get limits from what they replay, or from whoever asked for them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """Events of one run from one source. `received_at` in ns since 1970; `by` names the authenticated reporter."""

    project: int
    run: str
    source: str
    by: str
    received_at: int
    events: Sequence[Event]
    trace_id: str | None = None
    importer: str | None = None


def report_on(run: Run | RunState, events: Sequence[Event], *, by: str, now_ns: int) -> Report:
    """Return a report of the server's own on a run that is there already."""
    return Report(
        project=run.project_id,
        run=str(run.id),
        source=run.source,
        by=by,
        received_at=now_ns,
        events=events,
        trace_id=run.trace_id,
    )


@dataclass(frozen=True, slots=True)
class Recorded:
    """The result of one recording: runs that grew, entries written, events known already.

    `limited` are those of the runs that have limits, `forks` those that were forked from another run.
    """

    changes: tuple[RunChange, ...]
    entries: int
    known: int
    limited: tuple[uuid.UUID, ...] = ()
    forks: tuple[uuid.UUID, ...] = ()


def record(
    *,
    reports: Sequence[Report],
    now: dt.datetime,
    randbytes: Randbytes,
    settle: Callable[[], object] = lambda: None,
    refuse: Callable[[Report], object] = lambda report: None,
) -> Recorded:
    """Record the reports. `settle` runs first, inside the transaction; when it raises nothing is recorded.

    A report about a run of another project is handed to `refuse`, in the same transaction: one project cannot
    write into another's run. So is one about a run that came in a bundle: its ledger is another installation's.
    """
    with transaction.atomic():
        settle()
        runs = open_runs(reports)
        allowed, foreign = _split_by_owner(runs, reports)
        for report in foreign:
            refuse(report)
        fresh, known = _fresh_events(runs, allowed)
        entries = {run_id: _seal(runs[run_id], items, randbytes) for run_id, items in fresh.items()}
        project(
            runs,
            {
                run_id: [
                    Numbered(e.seq, item.event)
                    for e, item in zip(entries[run_id], items, strict=True)
                ]
                for run_id, items in fresh.items()
            },
        )
        _write_ledger(entries, now)
        grown = [runs[run_id] for run_id in fresh]
        for run in grown:
            _grow(run, entries[run.id], now)
        save_runs(grown)
        plan_sealing(grown, _urgent(grown, fresh), now)
    changes = tuple(
        RunChange(
            str(run.id),
            run.project_id,
            run.size - 1,
            run.control_seq,
            any(type(item.event) in ABOUT_APPROVALS for item in fresh[run.id]),
        )
        for run in grown
    )
    return Recorded(
        changes,
        sum(map(len, entries.values())),
        known,
        limited=tuple(run.id for run in grown if run.budgets),
        forks=tuple(run.id for run in grown if run.replay_mode in SPENDING),
    )


@dataclass(frozen=True, slots=True)
class _Item:
    event: Event
    by: str
    received_at: int


def open_runs(reports: Sequence[Report]) -> dict[uuid.UUID, RunState]:
    """Make the runs that are new, then lock all rows in the order of their ids, and return them.

    A run that was taken away for good is not made again, and is not among them. Nothing is locked while runs are made:
    making one waits for whoever makes it too, who may wait for a locked one.
    """
    first = {uuid.UUID(each.run): each for each in reversed(reports)}
    ordered = sorted(first)
    columns = ", ".join(f'"{column}"' for column in RUN_COLUMNS)
    with connection.cursor() as cursor:
        cursor.execute("SELECT id FROM traces_run WHERE id = ANY(%s)", [ordered])
        known = {row[0] for row in cursor.fetchall()}
        missing = [run_id for run_id in ordered if run_id not in known]
        missing = without_expired(missing) if missing else missing
        if missing:
            values = ", ".join(["%s"] * len(RUN_COLUMNS))
            cursor.executemany(
                f"INSERT INTO traces_run ({columns}) VALUES ({values}) ON CONFLICT DO NOTHING",
                [_row(_new_run(run_id, first[run_id])) for run_id in missing],
            )
    return lock_runs(ordered)


def _split_by_owner(
    runs: dict[uuid.UUID, RunState], reports: Sequence[Report]
) -> tuple[list[Report], list[Report]]:
    allowed: list[Report] = []
    foreign: list[Report] = []
    for report in reports:
        run = runs.get(uuid.UUID(report.run))
        if run is None:
            continue  # it has expired: what is sent of it again is not kept
        is_ours = run.project_id == report.project and run.source != FOREIGN
        (allowed if is_ours else foreign).append(report)
    return allowed, foreign


def _new_run(run_id: uuid.UUID, report: Report) -> RunState:
    return RunState(
        run_id=run_id, project_id=report.project, source=report.source, trace_id=report.trace_id
    )


def _fresh_events(
    runs: dict[uuid.UUID, RunState], reports: Sequence[Report]
) -> tuple[dict[uuid.UUID, list[_Item]], int]:
    """Return the events that are not in a ledger yet, by run, and how many were."""
    ordered = sorted(reports, key=lambda each: each.run)
    given = {
        uuid.UUID(run): list(group) for run, group in groupby(ordered, key=lambda each: each.run)
    }
    seen = _recorded_keys(runs, given)
    fresh: dict[uuid.UUID, list[_Item]] = {}
    total = 0
    for run_id, group in given.items():
        items: list[_Item] = []
        known_keys = seen.get(run_id, {OPENING_KEY})
        for report in group:
            total += len(report.events)
            for event in report.events:
                if event.key not in known_keys:
                    known_keys.add(event.key)
                    items.append(_Item(event, report.by, report.received_at))
        if items:
            if runs[run_id].size == 0:
                items.insert(0, _opening(group[0]))
                total += 1
            fresh[run_id] = items
    return fresh, total - sum(map(len, fresh.values()))


def _recorded_keys(
    runs: dict[uuid.UUID, RunState], given: dict[uuid.UUID, list[Report]]
) -> dict[uuid.UUID, set[str]]:
    wanted = [
        (run_id, event.key)
        for run_id, group in given.items()
        if runs[run_id].size  # a new run knows no key yet
        for report in group
        for event in report.events
    ]
    found: dict[uuid.UUID, set[str]] = {}
    if wanted:
        ids, keys = zip(*wanted, strict=True)
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT run_id, key FROM traces_ledgerentry "
                "JOIN unnest(%s::uuid[], %s::text[]) AS given (run_id, key) USING (run_id, key)",
                [list(ids), list(keys)],
            )
            for run_id, key in cursor.fetchall():
                found.setdefault(run_id, set()).add(key)
    return found


def _opening(report: Report) -> _Item:
    event = RunOpened(
        run=report.run,
        key=OPENING_KEY,
        at=report.received_at,
        source=report.source,
        project=str(report.project),
        trace_id=report.trace_id,
        importer=report.importer,
    )
    return _Item(event, "server", report.received_at)


def _seal(run: RunState, items: Sequence[_Item], randbytes: Randbytes) -> list[Entry]:
    return [
        seal(item.event, seq=seq, by=item.by, received_at=item.received_at, randbytes=randbytes)
        for seq, item in enumerate(items, start=run.size)
    ]


def _write_ledger(entries: dict[uuid.UUID, list[Entry]], now: dt.datetime) -> None:
    ENTRIES.copy(
        (run_id, entry.seq, entry.key, now, entry.line, entry.leaf, pack(entry.parts))
        for run_id, sealed in entries.items()
        for entry in sealed
    )
    large = {
        (run_id, part.inner): part.data
        for run_id, sealed in entries.items()
        for entry in sealed
        for part in entry.parts
        if len(part.data) > INLINE_BYTES
    }
    if large:
        with connection.cursor() as cursor:
            cursor.execute(
                'INSERT INTO traces_ledgerpart (run_id, "inner", data) '
                "SELECT * FROM unnest(%s::uuid[], %s::bytea[], %s::bytea[]) ON CONFLICT DO NOTHING",
                [[key[0] for key in large], [key[1] for key in large], list(large.values())],
            )


def _grow(run: RunState, sealed: Iterable[Entry], now: dt.datetime) -> None:
    frontier = split_frontier(run.frontier)
    grown, run.size = append(frontier, run.size, (entry.leaf for entry in sealed))
    run.frontier = b"".join(grown)
    run.heard_at = now


def _urgent(grown: Sequence[RunState], fresh: dict[uuid.UUID, list[_Item]]) -> set[uuid.UUID]:
    return {
        run.id
        for run in grown
        if must_not_wait(run, ((item.by, item.event) for item in fresh[run.id]))
    }


def _row(run: RunState) -> list[Any]:
    return [stored(run, column) for column in RUN_COLUMNS]
