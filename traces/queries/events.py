"""The ledger of a run, entry by entry."""

from __future__ import annotations

import uuid
from base64 import b64encode
from dataclasses import dataclass
from typing import Any

from deliberation.ledger.entry import read_line
from traces.queries.access import Who, see_run
from traces.queries.ledger import StoredEntry, read_entries_after, showable

PREVIEW_CHARS = 200


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
    occurred_ns: int | None
    received_ns: int
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
    run = see_run(who, run_id)
    entries = read_entries_after(run.id, after, limit + 1)
    items = [event_row(entry) for entry in entries[:limit]]
    return EventPage(items=items, next=str(items[-1].seq) if len(entries) > limit else None)


def event_row(entry: StoredEntry) -> EventRow:
    """Return an entry as it is listed."""
    fields = read_line(entry.line)
    source_time = fields.get("t_src")
    return EventRow(
        seq=entry.seq,
        kind=fields["kind"],
        key=fields["key"],
        by=fields["by"],
        occurred_ns=int(source_time) if source_time is not None else None,
        received_ns=int(fields["t_rx"]),
        facts=fields["d"],
        parts=[_part(name, commit, entry.parts.get(name)) for name, commit in fields["p"].items()],
        leaf=entry.leaf.hex(),
        line=b64encode(entry.line).decode("ascii"),
    )


def _part(name: str, commitment: str, data: bytes | None) -> EventPart:
    # Four bytes at most to a character, and a cut one at the end is left out.
    text = None if data is None else data[: PREVIEW_CHARS * 4].decode("utf-8", "ignore")
    return EventPart(
        name=name,
        commitment=commitment,
        preview=None if text is None else showable(text[:PREVIEW_CHARS]),
        size_bytes=None if data is None else len(data),
        redacted=data is None,
    )
