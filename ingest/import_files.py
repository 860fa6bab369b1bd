"""Files on disk become recorded runs.

Guarantee: what `ImportedRuns.flush` has returned from is in the ledgers. A crash loses what was read since; the same
files again record the rest and nothing twice, because runs are known by their file and facts by their keys.
"""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path

from deliberation.events import Event
from ingest.importers.base import ImportedRun, Importer
from ingest.priced import priced
from traces.actions.end_quiet_runs import end_read_runs
from traces.actions.find_runs import find_runs
from traces.actions.record import Report, record
from traces.actions.settle_responses import settle_responses
from traces.live.publish import poke
from traces.pricing import PriceList
from traces.queries.price_lists import load_price_lists

EVENTS_PER_PASS = 5_000
"""Of one transaction, and what is held in memory at once."""
RUNS_PER_PASS = 64
Randbytes = Callable[[int], bytes]


@dataclass(frozen=True, slots=True, kw_only=True)
class Imported:
    """One run that came out of the files, with what the importer could not take as it stood."""

    run: str
    format: str
    warnings: list[str]


@dataclass(slots=True)
class _Waiting:
    """A piece of a run that has been read and is not recorded yet."""

    format: str
    piece: ImportedRun


@dataclass(slots=True, kw_only=True)
class ImportedRuns:
    """The runs of one import. Pieces go in with `add`; `flush` records what waits; `done` tells them all."""

    project: int
    now_ns: int
    randbytes: Randbytes
    _waiting: list[_Waiting] = field(default_factory=list)
    _seen: dict[tuple[str, str], list[Sequence[str]]] = field(default_factory=dict)

    def add(self, format_name: str, piece: ImportedRun) -> None:
        """Take a piece, and record when enough is waiting."""
        self._waiting.append(_Waiting(format_name, piece))
        size = sum(each.piece.size for each in self._waiting)
        if len(self._waiting) >= RUNS_PER_PASS or size * 3 >= EVENTS_PER_PASS:
            self.flush()

    def flush(self) -> None:
        """Record what waits, some thousand events a transaction, and tell live pages."""
        waiting, self._waiting = self._waiting, []
        runs = find_runs(
            project=self.project,
            trace_ids=[each.piece.known_by for each in waiting],
            now_ns=self.now_ns,
            randbytes=self.randbytes,
            source="import",
        )
        prices = load_price_lists({self.project})[self.project]
        batch: list[Report] = []
        for each in waiting:
            run = runs[each.piece.known_by]
            self._seen.setdefault((run, each.format), []).append(each.piece.warnings)
            for events in _slices(each.piece, run, prices):
                if sum(len(report.events) for report in batch) + len(events) > EVENTS_PER_PASS:
                    self._record(batch)
                    batch = []
                batch.append(self._report(each, run, events))
        self._record(batch)

    def done(self) -> list[Imported]:
        """Record what still waits and return every run, in the order they were first seen.

        A run that no end was read of is taken to be over, for its files have been read; until they are read again.
        """
        self.flush()
        poke(settle_responses())
        runs = [uuid.UUID(run) for run, _ in self._seen]
        poke(end_read_runs(run_ids=runs, now_ns=self.now_ns, randbytes=self.randbytes))
        return [
            Imported(
                run=run,
                format=format_name,
                warnings=list(dict.fromkeys(text for texts in told for text in texts)),
            )
            for (run, format_name), told in self._seen.items()
        ]

    def _record(self, batch: Sequence[Report]) -> None:
        if batch:
            now = dt.datetime.fromtimestamp(self.now_ns // 1_000_000_000, dt.UTC)
            poke(record(reports=batch, now=now, randbytes=self.randbytes).changes)

    def _report(self, waiting: _Waiting, run: str, events: Sequence[Event]) -> Report:
        return Report(
            project=self.project,
            run=run,
            source="import",
            by=f"import:{waiting.format}",
            received_at=self.now_ns,
            events=events,
            trace_id=waiting.piece.known_by,
            importer=waiting.format,
        )


def read_file(path: Path, into: ImportedRuns, importer: Importer) -> None:
    """Read one file into the import. Raises `NotImportable`, also half-way; what was read before stands."""
    for piece in importer.read(path):
        into.add(importer.name, piece)


def files_in(path: Path) -> Iterator[Path]:
    """Yield the files below a folder, by their paths."""
    yield from sorted(each for each in path.rglob("*") if each.is_file())


def _slices(piece: ImportedRun, run: str, prices: PriceList) -> Iterator[list[Event]]:
    events = (priced(event, prices) for event in piece.tell(run))
    while taken := list(islice(events, EVENTS_PER_PASS)):
        yield taken
