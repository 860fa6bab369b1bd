"""Table rows of nodes become tree rows."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from typing import Any

from traces.models import Node
from traces.queries.amounts import tokens_of
from traces.queries.columns import Tree
from traces.queries.tree_row import TreeRow
from traces.queries.verdicts import VerdictRow, verdicts_on

SAME_NAMES = (
    "ordinal", "node_id", "parent_id", "kind", "name", "status", "started_ns", "ended_ns", "fate",
    "fate_reason", "fate_by", "fate_verdict", "wrongly_discarded", "scorer", "visits", "prior",
    "is_candidate", "answer", "cluster", "model", "provider", "tool", "cost", "cost_provenance",
    "cost_basis", "price_table", "preview", "text_visibility",
)  # fmt: skip


def read_rows(tree: Tree, rows: Sequence[int]) -> list[TreeRow]:
    """Return these rows of the tree, in the order given. A row that vanished meanwhile is left out."""
    node_ids = [tree.columns.node_id[row] for row in rows]
    nodes = {node.node_id: node for node in Node.objects.filter(run_id=tree.run_id, node_id__in=node_ids)}
    verdicts = _verdicts(tree.run_id, nodes)
    return [
        TreeRow(**row_values(tree, row, nodes[node_id], verdicts.get(node_id, [])))
        for row, node_id in zip(rows, node_ids, strict=True)
        if node_id in nodes
    ]


def _verdicts(run_id: uuid.UUID, nodes: dict[str, Node]) -> dict[str, list[VerdictRow]]:
    judged = [node.node_id for node in nodes.values() if node.verdict is not None]
    return verdicts_on(run_id, judged) if judged else {}


def row_values(tree: Tree, row: int, node: Node, verdicts: list[VerdictRow]) -> dict[str, Any]:
    """Return the fields of a `TreeRow`."""
    values = {name: getattr(node, name) for name in SAME_NAMES}
    return values | {
        "is_orphan": tree.shape.parent[row] == -2,
        "depth": tree.shape.depth[row],
        "order": tree.shape.place[row],
        "level": node.depth,
        "votes": node.fate_votes,
        "value": node.value if node.value is not None else node.fate_value,
        "cutoff": node.fate_cutoff,
        "value_scale": scale_of(node.value_min, node.value_max),
        "rank": node.rank if node.rank is not None else node.fate_rank,
        "usage": tokens_of(node),
        "subtree": tree.subtree_of(row),
        "verdicts": verdicts,
        "error_preview": node.error,
        "is_contradicted": node.contradicted,
    }


def scale_of(least: float | None, greatest: float | None) -> str | None:
    """Return a scale in words: "0 to 1"; None when neither end is known."""
    if least is None and greatest is None:
        return None
    if greatest is None:
        return f"{least:g} upward"
    return f"{least:g} to {greatest:g}" if least is not None else f"up to {greatest:g}"
