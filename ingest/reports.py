"""Claimed bodies become reports: decoded, mapped to events, priced, and sorted by run."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from deliberation.events import Event
from ingest.inbox import Claimed
from ingest.mapping import map_log, map_span
from ingest.mapping.trace_of import trace_of
from ingest.mapping.untraced import open_run
from ingest.models import Signal
from ingest.priced import priced
from ingest.wire.body import inflate
from ingest.wire.errors import Refused
from ingest.wire.native import check_events
from ingest.wire.otlp import decode_logs, decode_traces
from ingest.wire.span import Decoded, LogRecord, Span
from traces.actions.find_runs import find_runs
from traces.actions.record import Report
from traces.pricing import PriceList
from traces.queries.price_lists import load_price_lists

Damaged = tuple[Claimed, str]


@dataclass(frozen=True, slots=True)
class Read:
    """What bodies say, those that say nothing with the reason, and those of which some records say nothing.

    The door tells a sender of records that cannot be read; most exporters drop them all the same, so the body is kept.
    """

    reports: list[Report]
    unreadable: list[Damaged]
    damaged: list[Damaged]


@dataclass(slots=True)
class _Body:
    """One decoded body: native events, or OTLP records whose runs are not known yet."""

    entry: Claimed
    events: list[Event] = field(default_factory=list)
    records: Sequence[Span | LogRecord] = ()
    rejected: int = 0
    refusal: str = ""
    failed: int = 0
    error: str = ""

    @property
    def damage(self) -> str:
        """What was wrong with some of its records, in a sentence; empty where nothing was."""
        total = len(self.records) + self.rejected
        told = (
            self.rejected and f"{self.rejected} of {total} records cannot be read: {self.refusal}",
            self.failed and f"{self.failed} of {total} records cannot be mapped: {self.error}",
        )
        return "; ".join(each for each in told if each)


def read_reports(
    claimed: Iterable[Claimed], *, now_ns: int, randbytes: Callable[[int], bytes]
) -> Read:
    """Return the reports in these bodies, and the bodies that cannot be read, or not wholly, with the reason."""
    bodies: list[_Body] = []
    unreadable: list[Damaged] = []
    for entry in claimed:
        try:
            bodies.append(_decode(entry))
        except Refused as refused:
            unreadable.append((entry, refused.sentence))
    runs = _runs_of_traces(bodies, now_ns, randbytes)
    prices = load_price_lists({body.entry.project for body in bodies})
    reports = [
        report for body in bodies for report in _reports(body, runs, prices[body.entry.project])
    ]
    damaged = [(body.entry, body.damage) for body in bodies if body.damage]
    return Read(reports, unreadable, damaged)


def _decode(entry: Claimed) -> _Body:
    plain = inflate(entry.body, entry.encoding)
    if entry.signal == Signal.EVENTS:
        return _Body(entry, events=check_events(plain).accepted)
    decode = decode_traces if entry.signal == Signal.TRACES else decode_logs
    decoded: Decoded[Any] = decode(plain, entry.media)  # type: ignore[arg-type]
    return _Body(entry, records=decoded.records, rejected=decoded.rejected, refusal=decoded.error)


def _runs_of_traces(
    bodies: Iterable[_Body], now_ns: int, randbytes: Callable[[int], bytes]
) -> dict[tuple[int, str], str]:
    wanted: defaultdict[int, set[str]] = defaultdict(set)
    for body in bodies:
        if body.records:
            wanted[body.entry.project].update(map(trace_of, body.records))
    return {
        (project, trace_id): run
        for project, trace_ids in wanted.items()
        for trace_id, run in find_runs(
            project=project, trace_ids=trace_ids, now_ns=now_ns, randbytes=randbytes
        ).items()
    }


def _map(body: _Body, record: Span | LogRecord, run: str, prices: PriceList) -> list[Event]:
    """Return a record's events; one that no mapping takes costs only itself, and is noted on its body."""
    try:
        mapped = map_span(record, run) if isinstance(record, Span) else map_log(record, run)
        return [priced(event, prices) for event in mapped]
    except Exception as error:  # noqa: BLE001 - mappings read what strangers write
        body.failed += 1
        body.error = body.error or f"{type(error).__name__}: {error}"
        return []


def _reports(body: _Body, runs: dict[tuple[int, str], str], prices: PriceList) -> list[Report]:
    events: defaultdict[tuple[str, str | None], list[Event]] = defaultdict(list)
    for event in body.events:
        events[event.run, None].append(priced(event, prices))
    for record in body.records:
        trace_id = trace_of(record)
        run = runs[body.entry.project, trace_id]
        if (run, trace_id) not in events:
            events[run, trace_id] += open_run(record, run)
        events[run, trace_id] += _map(body, record, run, prices)
    return [
        Report(
            project=body.entry.project,
            run=run,
            source="sdk" if trace_id is None else "otlp",
            by=f"key:{body.entry.key_prefix}",
            received_at=body.entry.received_ns,
            events=listed,
            trace_id=trace_id,
        )
        for (run, trace_id), listed in events.items()
    ]
