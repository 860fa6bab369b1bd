"""What an importer told, taken apart for tests."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, TypeVar

from deliberation.events import Event, NodeObserved
from deliberation.events.codec import decode, encode
from ingest.importers.base import ImportedRun

RUN = "01890a5d-ac96-774b-bcce-b302099a8057"
Kind = TypeVar("Kind", bound=Event)


def told(run: ImportedRun, kind: type[Kind]) -> list[Kind]:
    """The run's events of one kind, in order."""
    return [event for event in run.tell(RUN) if isinstance(event, kind)]


def only(run: ImportedRun, kind: type[Kind]) -> Kind:
    """The one event of its kind."""
    (event,) = told(run, kind)
    return event


def nodes(run: ImportedRun) -> dict[str, NodeObserved]:
    """Node → what was observed of it; a node that is told twice fails."""
    found = told(run, NodeObserved)
    assert len({event.node for event in found}) == len(found)
    return {event.node: event for event in found}


def rest(event: NodeObserved) -> dict[str, Any]:
    """The attributes of a node."""
    return dict(json.loads(event.attributes or "{}"))


def assert_repeatable(run: ImportedRun) -> None:
    """Keys are unique and fit, every event survives the wire, and telling twice tells the same."""
    events = list(run.tell(RUN))
    assert len({event.key for event in events}) == len(events)
    assert max(len(event.key) for event in events) <= 64
    assert [decode(encode(event)) for event in events] == events == list(run.tell(RUN))


def write(path: Path, content: Any) -> Path:
    """A file with text, or with a value as JSON."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(content if isinstance(content, str) else json.dumps(content))
    return path
