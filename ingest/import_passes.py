"""What was read of files, cut into passes that memory and a transaction can bear."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from deliberation.events import Event
from deliberation.events.codec import PLANS
from ingest.importers.base import ImportedRun

EVENTS_PER_PASS = 5_000
"""Of one transaction, and what is held in memory at once."""
BYTES_PER_PASS = 16_000_000
"""Of their texts: a few thousand long ones would be a gigabyte."""
RUNS_PER_PASS = 64
EVENTS_PER_NODE = 3


@dataclass(frozen=True, slots=True)
class Waiting:
    """A piece of a run that has been read and is not recorded yet."""

    path: Path
    format: str
    piece: ImportedRun


@dataclass(frozen=True, slots=True)
class Told:
    """Events of one piece, and the characters of their texts."""

    waiting: Waiting
    run: str
    events: list[Event]
    weight: int


def is_enough(waiting: list[Waiting]) -> bool:
    """True when what waits makes a pass."""
    size = sum(each.piece.size for each in waiting) * EVENTS_PER_NODE
    weight = sum(each.piece.weight for each in waiting)
    return len(waiting) >= RUNS_PER_PASS or size >= EVENTS_PER_PASS or weight >= BYTES_PER_PASS


def tell(waiting: Waiting, run: str) -> Iterator[Told]:
    """Yield the events of a piece, no more than a pass of them at a time. Raises what its importer raises."""
    events: list[Event] = []
    weight = 0
    for event in waiting.piece.tell(run):
        events.append(event)
        weight += _weight(event)
        if len(events) >= EVENTS_PER_PASS or weight >= BYTES_PER_PASS:
            yield Told(waiting, run, events, weight)
            events, weight = [], 0
    if events:
        yield Told(waiting, run, events, weight)


def passes(told: Iterable[Told]) -> Iterator[list[Told]]:
    """Yield as many together as one transaction bears."""
    batch: list[Told] = []
    for each in told:
        events = sum(len(other.events) for other in batch) + len(each.events)
        weight = sum(other.weight for other in batch) + each.weight
        if batch and (events > EVENTS_PER_PASS or weight > BYTES_PER_PASS):
            yield batch
            batch = []
        batch.append(each)
    if batch:
        yield batch


def _weight(event: Event) -> int:
    texts = (getattr(event, name) for name in PLANS[event.KIND].parts)
    return sum(len(text) for text in texts if text)
