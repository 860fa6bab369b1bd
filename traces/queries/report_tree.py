"""A run's tree as far as a printed page has room: the way to the answer, then level by level; the rest is counted."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass

from traces.analytics.tree import ROOT, children_of
from traces.models import Run
from traces.queries.columns import Tree
from traces.queries.rows import read_rows
from traces.queries.tree_row import TreeRow

ROWS_AT_MOST = 200
CHILDREN_AT_MOST = 20


@dataclass(frozen=True, slots=True)
class ReportRow:
    """One line. `left_out` counts the nodes below it that are not shown; `to_answer`: the answer is it or under it."""

    row: TreeRow
    depth: int
    left_out: int
    to_answer: bool


def report_rows(run: Run, tree: Tree) -> list[ReportRow]:
    """Return the lines, in pre-order."""
    path = _path_to_answer(run, tree)
    chosen = _choose(tree, path)
    in_order = sorted(chosen, key=lambda row: tree.shape.place[row])
    below = dict.fromkeys(chosen, 0)
    for row in chosen:
        above = tree.shape.parent[row]
        if above in below:
            below[above] += tree.shape.size[row]
    rows = {each.node_id: each for each in read_rows(tree, in_order)}
    return [
        ReportRow(
            row=rows[tree.columns.node_id[row]],
            depth=tree.shape.depth[row],
            left_out=tree.shape.size[row] - 1 - below[row],
            to_answer=row in path,
        )
        for row in in_order
        if tree.columns.node_id[row] in rows
    ]


def _path_to_answer(run: Run, tree: Tree) -> set[int]:
    row = tree.row_by_node.get(run.selected_node or "")
    path: set[int] = set()
    while row is not None and row >= 0 and row not in path:
        path.add(row)
        row = tree.shape.parent[row]
    return path


def _choose(tree: Tree, path: set[int]) -> set[int]:
    """Return the rows that are shown: each with all that are above it."""
    chosen = set(list(path)[:ROWS_AT_MOST])
    waiting = deque([ROOT])
    while waiting and len(chosen) < ROWS_AT_MOST:
        children = children_of(tree.shape, waiting.popleft())
        # Those on the way to the answer first, so that they are never among the ones that are left out.
        ordered = sorted(children, key=lambda row: row not in path)[:CHILDREN_AT_MOST]
        chosen |= set(ordered[: max(0, ROWS_AT_MOST - len(chosen))])
        waiting.extend(row for row in ordered if row in chosen)
    return chosen
