"""The ledger of a run, entry by entry."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from typing import Any

from traces.queries.access import Who


@dataclass(frozen=True, slots=True, kw_only=True)
class EventPart:
    """One committed text. `preview` has at most 200 characters and is None once it was redacted."""

    name: str
    commitment: str
    preview: str | None
    size_bytes: int | None
    redacted: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class EventRow:
    """One ledger entry: `facts` as they stand in the line, `line` the very bytes that were hashed, in base64."""

    seq: int
    kind: str
    key: str
    by: str
    t_src: int | None
    t_rx: int
    facts: dict[str, Any]
    parts: list[EventPart]
    leaf: str
    line: str


@dataclass(frozen=True, slots=True, kw_only=True)
class EventPage:
    """Some entries in ledger order, and the seq to ask for the next ones after, if any."""

    items: list[EventRow]
    next: str | None


def list_events(
    *, who: Who, run_id: str | uuid.UUID, after: int = -1, limit: int = 100
) -> EventPage:
    """Return the entries after the seq `after`. Raises NotVisible."""
    raise NotImplementedError
