"""The uses of tools in a run, with what went in and what came out."""

from __future__ import annotations

import uuid
from dataclasses import dataclass

from deliberation.vocabulary import NodeKind
from traces.models import Node
from traces.queries.access import Who
from traces.queries.ledger import read_entries
from traces.queries.node import ToolCall, tool_call_of
from traces.queries.node_facts import NodeFactsRead, gather
from traces.queries.resources import resources_on
from traces.queries.tree import list_of_kind
from traces.queries.tree_row import TreeRow

TEXT_LIMIT = 16 * 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class ToolCallRow:
    """One use of a tool; its arguments and result have at most 16 KiB, the whole is on the node."""

    node: TreeRow
    call: ToolCall


@dataclass(frozen=True, slots=True, kw_only=True)
class ToolCallPage:
    """Some tool calls, newest first, and the cursor of the next page, if any."""

    items: list[ToolCallRow]
    next: str | None


def list_tool_calls(
    *, who: Who, run_id: str | uuid.UUID, after: str | None = None, limit: int = 100
) -> ToolCallPage:
    """Return the tool calls of a run after the node with id `after`, newest first. Raises NotVisible."""
    page = list_of_kind(
        who=who, run_id=run_id, kind=NodeKind.TOOL_CALL.value, after=after, limit=limit
    )
    run, node_ids = uuid.UUID(str(run_id)), [row.node_id for row in page.items]
    facts, named = _read(run, node_ids), resources_on(run, node_ids)
    return ToolCallPage(
        items=[_row(row, facts[row.node_id], named.get(row.node_id, [])) for row in page.items],
        next=page.next,
    )


def _read(run_id: uuid.UUID, node_ids: list[str]) -> dict[str, NodeFactsRead]:
    found = Node.objects.filter(run_id=run_id, node_id__in=node_ids)
    seqs = dict(found.values_list("node_id", "entries"))
    entries = {
        e.seq: e for e in read_entries(run_id, [seq for each in seqs.values() for seq in each])
    }
    return {
        node_id: gather(entries[seq] for seq in seqs.get(node_id, ()) if seq in entries)
        for node_id in node_ids
    }


def _row(node: TreeRow, facts: NodeFactsRead, resources: list[str]) -> ToolCallRow:
    return ToolCallRow(node=node, call=tool_call_of(node.tool, facts, resources, TEXT_LIMIT))
