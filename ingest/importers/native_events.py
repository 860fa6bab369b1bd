"""Native events on disk: NDJSON as `POST /v1/events` takes it, and as the SDK's spool keeps what was not sent yet.

An event names its run and its key, so what was sent as well, or stands in two files, is recorded once. Events of a run
need not stand together; they keep their order.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from deliberation.events import Event
from deliberation.events.codec import PLANS
from deliberation.events.fields import Invalid
from ingest.importers.base import ImportedRun, Importer, NotImportable
from ingest.importers.cut_json import first_members
from ingest.importers.json_lines import note_line, raw_lines
from ingest.wire.native import read_line

NAME = "native_events"
MAX_EVENTS = 1_000
MAX_BYTES = 4 * 1024 * 1024
"""Of lines that are held at once: a spool's runs take turns, and a run's events make a piece of it together."""
KINDS = tuple(f'"{kind}"'.encode() for kind in PLANS)


@dataclass(slots=True)
class _Held:
    """Events that were read and belong to pieces that are not handed on yet: run → events."""

    runs: dict[str, list[Event]] = field(default_factory=dict)
    events: int = 0
    size: int = 0

    def add(self, event: Event, size: int) -> None:
        self.runs.setdefault(event.run, []).append(event)
        self.events += 1
        self.size += size

    @property
    def is_full(self) -> bool:
        return self.events >= MAX_EVENTS or self.size >= MAX_BYTES


def sniff(path: Path, head: bytes) -> bool:
    """A JSON object with an event's kind, run and key."""
    if head.lstrip()[:1] != b"{" or not any(kind in head for kind in KINDS):
        return False
    return {"kind", "run", "key"} <= first_members(head)


def read(path: Path) -> Iterator[ImportedRun]:
    """Yield pieces of runs. Raises `NotImportable` when the file cannot be read, or no line of it is an event.

    A line that is no event costs only itself: a warning on the file's runs names it.
    """
    warnings: list[str] = []
    held, is_empty = _Held(), True
    for index, line in enumerate(raw_lines(path)):
        if not line.strip():
            continue
        try:
            event = read_line(line.strip())
        except Invalid as error:
            note_line(warnings, index, f"is left out: {error}")
            continue
        is_empty = False
        held.add(event, len(line))
        if held.is_full:
            yield from _pieces(held, warnings)
            held = _Held()
    if is_empty:
        raise NotImportable(path, warnings[0] if warnings else "holds no event")
    yield from _pieces(held, warnings)


def _pieces(held: _Held, warnings: Sequence[str]) -> Iterator[ImportedRun]:
    for run, events in held.runs.items():
        yield ImportedRun(
            known_by=f"run:{run}",
            own_id=run,
            tell=lambda _, events=events: events,  # type: ignore[misc]
            size=len(events) // 2 + 1,
            weight=held.size * len(events) // held.events,
            warnings=warnings,
        )


NATIVE_EVENTS = Importer(name=NAME, sniff=sniff, read=read)
