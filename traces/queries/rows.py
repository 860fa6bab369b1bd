"""Table rows of nodes become tree rows."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import Any

from django.utils.translation import get_language, gettext

from traces.analytics.billing import adds_tokens
from traces.analytics.tree import ORPHAN
from traces.models import Node
from traces.queries.amounts import Subtree, Tokens, tokens_of
from traces.queries.columns import Tree
from traces.queries.remarks import NO_MARKS, read_marks
from traces.queries.tree_row import TreeRow
from traces.queries.verdicts import VerdictRow, latest_of_people, verdicts_on

NO_TOKENS = Tokens()
SAME_NAMES = (
    "ordinal", "node_id", "parent_id", "kind", "name", "status", "started_ns", "ended_ns", "fate",
    "fate_reason", "fate_by", "fate_verdict", "wrongly_discarded", "scorer", "visits", "prior",
    "is_candidate", "answer", "cluster", "model", "provider", "tool", "cost", "cost_provenance",
    "cost_basis", "price_table", "preview", "text_visibility", "aside", "twin_of",
)  # fmt: skip


def read_rows(tree: Tree, rows: Sequence[int]) -> list[TreeRow]:
    """Return these rows of the tree, in the order given. A row that vanished meanwhile is left out."""
    node_ids = [tree.columns.node_id[row] for row in rows]
    found = {row.node_id: row for row in _read(tree, node_id__in=node_ids)}
    return [found[node_id] for node_id in node_ids if node_id in found]


def read_newer_rows(tree: Tree, ordinals: Sequence[int]) -> list[TreeRow]:
    """Return the rows with these ordinals that came after the tree was read: leaves, as far as is known."""
    newer = [ordinal for ordinal in ordinals if tree.seq < ordinal < 2**63]
    return _read(tree, changed_seq__gt=tree.seq, ordinal__in=newer) if newer else []


def _read(tree: Tree, **which: Any) -> list[TreeRow]:
    # The seqs of a node that a search visited for hours are many, and no row shows them.
    nodes = list(Node.objects.filter(run_id=tree.run_id, **which).defer("entries"))
    marks = read_marks(tree.run_id, [node.node_id for node in nodes])
    judged = {node.node_id for node in nodes if node.verdict is not None}
    judged |= {node_id for node_id, mark in marks.items() if mark.is_signed}
    verdicts = verdicts_on(tree.run_id, judged) if judged else {}
    return [
        TreeRow(
            **row_values(tree, node, latest_of_people(verdicts.get(node.node_id, [])))
            | {"notes": marks.get(node.node_id, NO_MARKS).notes}
        )
        for node in nodes
    ]


def row_values(tree: Tree, node: Node, verdicts: list[VerdictRow]) -> dict[str, Any]:
    """Return the fields of a `TreeRow`."""
    row = tree.row_by_node.get(node.node_id)
    place = _as_leaf(tree, node) if row is None else _in_tree(tree, row)
    return own_values(node, verdicts) | place


def _in_tree(tree: Tree, row: int) -> dict[str, Any]:
    return {
        "is_orphan": tree.shape.parent[row] == ORPHAN,
        "depth": tree.shape.depth[row],
        "order": tree.shape.place[row],
        "subtree": tree.subtree_of(row),
    }


def _as_leaf(tree: Tree, node: Node) -> dict[str, Any]:
    above = tree.row_by_node.get(node.parent_id) if node.parent_id is not None else None
    counts = node.aside is None
    usage = tokens_of(node) if counts and adds_tokens(node.kind) else NO_TOKENS
    return {
        "is_orphan": node.parent_id is not None and node.parent_ordinal is None,
        "depth": 0 if above is None else tree.shape.depth[above] + 1,
        "order": len(tree.shape.order),
        "subtree": Subtree(
            nodes=1,
            tokens=usage.total,
            cost=node.cost if counts else None,
            usage=usage,
        ),
    }


def own_values(node: Any, verdicts: list[VerdictRow]) -> dict[str, Any]:
    """Return the fields of a `TreeRow` that do not depend on its place in the tree; the node's row may be in memory."""
    values = {name: getattr(node, name) for name in SAME_NAMES}
    return values | {
        "level": node.depth,
        "votes": node.fate_votes,
        "value": node.value if node.value is not None else node.fate_value,
        "cutoff": node.fate_cutoff,
        "value_scale": scale_of(node.value_min, node.value_max),
        "rank": node.rank if node.rank is not None else node.fate_rank,
        "usage": tokens_of(node),
        "verdicts": verdicts,
        "error_preview": node.error,
        "is_contradicted": node.contradicted,
        "notes": 0,
    }


def scale_of(least: float | None, greatest: float | None) -> str | None:
    """Return a scale in words: "0 to 1"; None when neither end is known."""
    if least is None and greatest is None:
        return None
    return _scale(least, greatest, get_language())


@lru_cache(maxsize=1024)
def _scale(least: float | None, greatest: float | None, language: str | None) -> str:
    if greatest is None:
        return gettext("{least} upward").format(least=f"{least:g}")
    if least is None:
        return gettext("up to {greatest}").format(greatest=f"{greatest:g}")
    return gettext("{least} to {greatest}").format(least=f"{least:g}", greatest=f"{greatest:g}")
