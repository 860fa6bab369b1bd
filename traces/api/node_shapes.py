"""The shape of a node in the API, in lists and whole."""

from __future__ import annotations

import re
from typing import Any

from ninja import Field, Schema

from traces.api.forms import decimal_text, rfc3339
from traces.api.run_shapes import Cost, Usage
from traces.api.verdict_shapes import Verdict
from traces.queries import node as nodes
from traces.queries import tool_calls
from traces.queries.amounts import Subtree as Sums
from traces.queries.node_edges import NodeEdge
from traces.queries.node_search import Found
from traces.queries.tree_row import TreeRow

SPAN_ID = re.compile("[0-9a-f]{16}")
SAME_NAMES = (
    "parent_id", "kind", "name", "status", "fate", "fate_reason", "fate_by", "depth", "order",
    "ordinal", "value", "visits", "prior", "rank", "answer", "cluster", "model", "tool",
    "cost_basis", "preview", "text_visibility",
)  # fmt: skip


class Subtree(Schema):
    """A node with all that hangs under it; what is billed counts once."""

    nodes: int
    usage: Usage
    cost: str | None

    @classmethod
    def of(cls, sums: Sums) -> Subtree:
        """Return the shape of these sums."""
        return cls(nodes=sums.nodes, usage=Usage.of(sums.usage), cost=decimal_text(sums.cost))


class SetAside(Schema):
    """Why a node's own usage and cost are not added up: something else states them and counts."""

    reason: str
    run_id: str | None = Field(description="The run of the call that counts for the same response")
    node_id: str | None

    @classmethod
    def of(cls, row: TreeRow) -> SetAside | None:
        """Return the shape, or None for a node that counts."""
        if row.aside is None:
            return None
        run_id, node_id = row.twin or (None, None)
        return cls(reason=row.aside, run_id=run_id, node_id=node_id)


class Node(Schema):
    """One thing thought, tried or done. `order` is its place in pre-order, `depth` its level in the tree from 0."""

    id: str
    parent_id: str | None
    kind: str
    name: str | None
    status: str
    fate: str
    fate_reason: str | None
    fate_by: str | None
    fate_cutoff: float | None = Field(description="The number that `value` had to reach")
    depth: int
    order: int
    ordinal: int = Field(description="The seq of the first ledger entry that names it")
    started_at: str | None
    ended_at: str | None
    value: float | None
    visits: int | None
    prior: float | None
    rank: int | None
    answer: str | None
    cluster: str | None
    model: str | None
    tool: str | None
    error: str | None
    usage: Usage
    cost: Cost
    cost_basis: str | None
    set_aside: SetAside | None
    subtree: Subtree
    preview: str | None
    text_visibility: str | None
    source_span_id: str | None

    @classmethod
    def of(cls, row: TreeRow) -> Node:
        """Return the shape of a node in a list."""
        return cls(**values_of(row))


def values_of(row: TreeRow) -> dict[str, Any]:
    """Return the fields of a node in a list."""
    return {name: getattr(row, name) for name in SAME_NAMES} | {
        "id": row.node_id,
        "fate_cutoff": row.cutoff,
        "started_at": rfc3339(row.started_ns),
        "ended_at": rfc3339(row.ended_ns),
        "error": row.error_preview,
        "usage": Usage.of(row.usage),
        "cost": Cost.of(row.cost, row.cost_provenance, row.price_table),
        "set_aside": SetAside.of(row),
        "subtree": Subtree.of(row.subtree),
        "source_span_id": row.node_id if SPAN_ID.fullmatch(row.node_id) else None,
    }


class Nodes(Schema):
    """Some nodes in pre-order; `next` is the cursor of the following page."""

    items: list[Node]
    next: str | None


class NodeFound(Schema):
    """A node that holds every word of a search."""

    id: str
    ordinal: int
    kind: str
    name: str | None


class NodesFound(Schema):
    """Nodes of one portion of a run. A portion may hold none; go on with `next` until it is null."""

    items: list[NodeFound]
    next: int | None = Field(description="Pass it as `after`; null when all was looked through")

    @classmethod
    def of(cls, found: Found) -> NodesFound:
        """Return the shape of what was found."""
        items = [
            NodeFound(id=node.node_id, ordinal=node.ordinal, kind=node.kind, name=node.name)
            for node in found.nodes
        ]
        return cls(items=items, next=found.next)


class ToolCall(Schema):
    """What a tool was given and what it gave back."""

    name: str | None
    side_effect: str | None
    arguments: str | None
    result: str | None
    resources: list[str]


class Edge(Schema):
    """How a node relates to another beyond parent and child."""

    kind: str
    source: str
    target: str
    seq: int


class NodeWhole(Node):
    """A node with its texts, whole; characters that JSON readers refuse are U+FFFD."""

    text: str | None
    input: str | None
    output: str | None
    reasoning: str | None
    attributes: dict[str, Any]
    verdicts: list[Verdict]
    tool_call: ToolCall | None
    edges: list[Edge]
    finish_reason: str | None
    entries: list[int] = Field(description="The ledger entries that speak of it")

    @classmethod
    def whole(cls, row: nodes.NodeDetail) -> NodeWhole:
        """Return the shape of a node whole."""
        texts = {part.name: part.text for part in row.parts}
        values = values_of(row)
        values |= {name: texts.get(name) for name in ("text", "input", "output", "reasoning")}
        values |= {name: texts.get(name, values[name]) for name in ("answer", "error")}
        return cls(
            **values,
            attributes=row.attribute_values,
            verdicts=[Verdict.of(verdict) for verdict in row.verdicts],
            tool_call=_tool_call(row.tool_call),
            edges=[_edge(row.node_id, edge) for edge in row.edges],
            finish_reason=row.finish_reason,
            entries=row.entries,
        )


def _tool_call(call: nodes.ToolCall | None) -> ToolCall | None:
    if call is None:
        return None
    return ToolCall(**{name: getattr(call, name) for name in nodes.ToolCall.__slots__})


def _edge(node_id: str, edge: NodeEdge) -> Edge:
    ends = (node_id, edge.target) if edge.is_outgoing else (edge.target, node_id)
    return Edge(kind=edge.kind, source=ends[0], target=ends[1], seq=edge.seq)


class ToolCallOfRun(ToolCall):
    """A use of a tool in a list; arguments and result are cut at 16 KiB, the whole is on the node."""

    node_id: str
    status: str
    error: str | None
    started_at: str | None
    ended_at: str | None

    @classmethod
    def of(cls, row: tool_calls.ToolCallRow) -> ToolCallOfRun:
        """Return the shape of a tool call in a list."""
        call = {name: getattr(row.call, name) for name in nodes.ToolCall.__slots__}
        return cls(
            **call,
            node_id=row.node.node_id,
            status=row.node.status,
            error=row.node.error_preview,
            started_at=rfc3339(row.node.started_ns),
            ended_at=rfc3339(row.node.ended_ns),
        )


class ToolCalls(Schema):
    """Some tool calls, newest first; `next` is the cursor of the following page."""

    items: list[ToolCallOfRun]
    next: str | None
