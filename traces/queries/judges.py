"""Who judged, where the source does not say: concluded from the calls under the node in which the checking was done.

On reading, because a judge's calls may arrive after its verdict. What is concluded is named in `inferred`.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import replace

from deliberation.vocabulary import NodeKind, VerifierKind
from traces.analytics.independence import Called, nearest
from traces.analytics.tree import top_branches
from traces.models import Node
from traces.queries.columns import Tree
from traces.queries.verdicts import VerdictRow

JUDGE = VerifierKind.LLM_JUDGE.value
CONCLUDED = ("verifier_kind", "independence")


def conclude_judges(tree: Tree, rows: Sequence[VerdictRow]) -> list[VerdictRow]:
    """Return verdicts with the kind of judge and its independence, where the calls of the run tell them."""
    if not any(_is_open(row) for row in rows):
        return list(rows)
    calls = _Calls(tree)
    return [_concluded(calls, row) if _is_open(row) else row for row in rows]


def _is_open(row: VerdictRow) -> bool:
    if row.by_node is None or row.by_node == row.node_id:
        return False
    return row.verifier_kind is None or (row.verifier_kind == JUDGE and row.independence is None)


def _concluded(calls: _Calls, row: VerdictRow) -> VerdictRow:
    judges = calls.under(row.by_node)
    if not judges:
        return row
    concluded = replace(row, verifier_kind=row.verifier_kind or JUDGE)
    if row.independence is None:
        found = nearest(judges, calls.judged_in(row.node_id))
        concluded = replace(concluded, independence=found and found.value)
    inferred = [name for name in CONCLUDED if getattr(concluded, name) != getattr(row, name)]
    return replace(concluded, inferred=tuple(inferred))


class _Calls:
    """The model calls of a tree, in pre-order."""

    def __init__(self, tree: Tree) -> None:
        self._tree = tree
        found = Node.objects.filter(
            run_id=tree.run_id, kind=NodeKind.MODEL_CALL.value, model__isnull=False
        ).values_list("node_id", "model", "provider")
        placed = sorted(
            (tree.shape.place[tree.row_by_node[node_id]], Called(model or "", provider))
            for node_id, model, provider in found
            if node_id in tree.row_by_node
        )
        self._places = [place for place, _ in placed]
        self._called = [called for _, called in placed]
        kinds = enumerate(tree.columns.kind)
        checks = (row for row, kind in kinds if kind == NodeKind.VERIFICATION.value)
        self._checks = top_branches(tree.shape, checks)

    def under(self, node_id: str | None) -> set[Called]:
        """Return the models called in a node's branch."""
        row = None if node_id is None else self._tree.row_by_node.get(node_id)
        return set() if row is None else self._between(*self._branch(row))

    def judged_in(self, node_id: str) -> set[Called]:
        """Return the models called in a node's branch, but for those that checked."""
        row = self._tree.row_by_node.get(node_id)
        if row is None:
            return set()
        start, end = self._branch(row)
        found: set[Called] = set()
        for first, last in self._checks:
            if start <= first < end:
                found |= self._between(start, first)
                start = last
        return found | self._between(start, end)

    def _branch(self, row: int) -> tuple[int, int]:
        start = self._tree.shape.place[row]
        return start, start + self._tree.shape.size[row]

    def _between(self, start: int, end: int) -> set[Called]:
        first, last = bisect_left(self._places, start), bisect_left(self._places, end)
        return set(self._called[first:last])
