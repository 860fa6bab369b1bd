"""The ledger entries that speak of one node, as they lie in the ledger."""

from __future__ import annotations

import uuid
from dataclasses import dataclass

from traces.models import LedgerEntry
from traces.queries.access import Who, see_run
from traces.queries.events import EventRow, event_row
from traces.queries.ledger import read_entries
from traces.queries.node import find_node

ENTRIES_SHOWN = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class NodeEntry:
    """One entry; `line` is what was hashed, as text, `recorded_ns` when the worker wrote it."""

    row: EventRow
    line: str
    recorded_ns: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class NodeEntries:
    """Some entries in ledger order, how many there are in all, and the seq to ask for more after, if any."""

    items: list[NodeEntry]
    total: int
    next: int | None


def list_node_entries(
    *, who: Who, run_id: str | uuid.UUID, node_id: str, after: int = -1
) -> NodeEntries:
    """Return the next 20 entries of a node after the seq `after`. Raises NotVisible."""
    run = see_run(who, run_id)
    seqs = find_node(run.id, node_id).entries
    later = sorted(seq for seq in seqs if seq > after)
    asked = later[:ENTRIES_SHOWN]
    found = LedgerEntry.objects.filter(run_id=run.id, seq__in=asked)
    recorded = dict(found.values_list("seq", "recorded_at"))
    items = [
        NodeEntry(
            row=event_row(entry),
            line=entry.line.decode("utf-8", "replace"),
            recorded_ns=(
                int(recorded[entry.seq].timestamp() * 1_000_000) * 1000
                if entry.seq in recorded
                else None
            ),
        )
        for entry in read_entries(run.id, asked)
    ]
    return NodeEntries(
        items=items, total=len(seqs), next=asked[-1] if len(later) > len(asked) else None
    )
