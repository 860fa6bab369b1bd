"""Files on disk become recorded runs.

Guarantee: what `ImportedRuns.flush` has returned from is in the ledgers. A crash loses what was read since; the same
files again record the rest and nothing twice, because runs are known by their file and facts by their keys. A file that
an importer stumbles over, or whose events no table takes, costs what comes after that place in it, and is told.
"""

from __future__ import annotations

import datetime as dt
import logging
import os
import uuid
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from deliberation.events import Event
from ingest.import_passes import Told, Waiting, is_enough, passes, tell
from ingest.importers.base import ImportedRun, Importer, NotImportable
from ingest.inbox import NOBODYS_FAULT
from ingest.priced import priced
from traces.actions.end_quiet_runs import end_read_runs
from traces.actions.find_runs import find_runs
from traces.actions.place_verdicts import place_verdicts
from traces.actions.record import Report, record
from traces.actions.settle_responses import settle_responses
from traces.live.publish import poke
from traces.queries.price_lists import load_price_lists

Randbytes = Callable[[int], bytes]
STUMBLES = (
    ArithmeticError,
    AssertionError,
    AttributeError,
    LookupError,
    RuntimeError,
    TypeError,
    ValueError,
)
"""What an importer raises where it takes for granted what a file does not keep."""
OUR_FAULT = (
    "makes the program stumble ({}): that is our fault; what stands before that place was read"
)
UNRECORDABLE = "holds what no table takes ({}): some of it was not recorded"
FOREIGN = "names a run of another project ({}): nothing of such runs was recorded"
log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Imported:
    """One run that came out of the files, with what the importer could not take as it stood."""

    run: str
    format: str
    warnings: list[str]


@dataclass(slots=True, kw_only=True)
class ImportedRuns:
    """The runs of one import. Pieces go in with `add`; `flush` records what waits; `done` tells them all.

    `failures` are what could not be recorded of files: of each file and each reason the first.
    """

    project: int
    now_ns: int
    randbytes: Randbytes
    _waiting: list[Waiting] = field(default_factory=list)
    _seen: dict[tuple[str, str], list[Sequence[str]]] = field(default_factory=dict)
    _foreign: set[str] = field(default_factory=set)
    _failures: dict[tuple[Path, str], NotImportable] = field(default_factory=dict)

    @property
    def failures(self) -> list[NotImportable]:
        """Sentences on files, in the order in which they failed."""
        return list(self._failures.values())

    def add(self, path: Path, format_name: str, piece: ImportedRun) -> None:
        """Take a piece of a file, and record when enough is waiting."""
        self._waiting.append(Waiting(path, format_name, piece))
        if is_enough(self._waiting):
            self.flush()

    def flush(self) -> None:
        """Record what waits, some thousand events a transaction, and tell live pages."""
        waiting, self._waiting = self._waiting, []
        for batch in passes(self._told(waiting)):
            self._record(batch)

    def done(self) -> list[Imported]:
        """Record what still waits and return every run, in the order they were first seen.

        A run that no end was read of is taken to be over, for its files have been read; until they are read again.
        """
        self.flush()
        poke(settle_responses())
        poke(place_verdicts(now_ns=self.now_ns, randbytes=self.randbytes))
        own = [uuid.UUID(run) for run, _ in self._seen if run not in self._foreign]
        poke(end_read_runs(run_ids=own, now_ns=self.now_ns, randbytes=self.randbytes))
        return [
            Imported(
                run=run,
                format=format_name,
                warnings=list(dict.fromkeys(text for texts in told for text in texts)),
            )
            for (run, format_name), told in self._seen.items()
            if run not in self._foreign
        ]

    def _told(self, waiting: Sequence[Waiting]) -> Iterator[Told]:
        found = find_runs(
            project=self.project,
            trace_ids=[each.piece.known_by for each in waiting if each.piece.own_id is None],
            now_ns=self.now_ns,
            randbytes=self.randbytes,
            source="import",
        )
        for each in waiting:
            run = each.piece.own_id or found[each.piece.known_by]
            self._seen.setdefault((run, each.format), []).append(each.piece.warnings)
            try:
                yield from tell(each, run)
            except STUMBLES as error:
                log.exception("%s", each.path)
                self._fail(each.path, OUR_FAULT, type(error).__name__)

    def _record(self, batch: Sequence[Told]) -> None:
        """Record a pass; where it cannot be, one by one, so that what fails is found and stands alone."""
        prices = load_price_lists({self.project})[self.project]
        reports = [
            self._report(each, [priced(event, prices) for event in each.events]) for each in batch
        ]
        now = dt.datetime.fromtimestamp(self.now_ns // 1_000_000_000, dt.UTC)
        refused: list[Report] = []
        try:
            recorded = record(
                reports=reports, now=now, randbytes=self.randbytes, refuse=refused.append
            )
        except NOBODYS_FAULT:
            raise
        except Exception as error:
            if len(batch) > 1:
                for each in batch:
                    self._record([each])
                return
            log.exception("%s", batch[0].waiting.path)
            self._fail(batch[0].waiting.path, UNRECORDABLE, type(error).__name__)
            return
        poke(recorded.changes)
        self._refuse(batch, {report.run for report in refused})

    def _refuse(self, batch: Sequence[Told], runs: set[str]) -> None:
        self._foreign |= runs
        for each in batch:
            if each.run in runs:
                self._fail(each.waiting.path, FOREIGN, each.run)

    def _fail(self, path: Path, reason: str, detail: str) -> None:
        self._failures.setdefault((path, reason), NotImportable(path, reason.format(detail)))

    def _report(self, told: Told, events: Sequence[Event]) -> Report:
        piece = told.waiting.piece
        return Report(
            project=self.project,
            run=told.run,
            source="import",
            by=f"import:{told.waiting.format}",
            received_at=self.now_ns,
            events=events,
            trace_id=None if piece.own_id else piece.known_by,
            importer=told.waiting.format,
        )


def read_file(path: Path, into: ImportedRuns, importer: Importer) -> None:
    """Read one file into the import. Raises `NotImportable`, also half-way; what was read before stands."""
    pieces = importer.read(path)
    while True:
        try:
            piece = next(pieces, None)
        except STUMBLES as error:
            log.exception("%s", path)
            raise NotImportable(path, OUR_FAULT.format(type(error).__name__)) from None
        if piece is None:
            return
        into.add(path, importer.name, piece)


def files_in(path: Path) -> Iterator[Path]:
    """Yield the files below a folder, by their paths, and folders that cannot be looked into: no reader takes them."""
    closed: list[OSError] = []
    found = [
        each
        for folder, _, names in os.walk(path, onerror=closed.append)
        for name in names
        if (each := Path(folder, name)).is_file()
    ]
    yield from sorted(found + [Path(error.filename) for error in closed])
