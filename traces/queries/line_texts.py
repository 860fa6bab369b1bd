"""What the nodes of one line of two aligned runs say, word by word."""

from __future__ import annotations

from dataclasses import dataclass

from traces.analytics.aligned_tree import NOBODY
from traces.analytics.word_diff import CHARS_AT_MOST
from traces.queries.access import Who
from traces.queries.aligned_lines import Line, find_line, get_line
from traces.queries.alignment import AlignedRuns
from traces.queries.columns import Tree
from traces.queries.compared_nodes import ALL_TEXTS, ComparedText, compare_texts
from traces.queries.node import NodeDetail, get_node
from traces.queries.run_comparison import Parting


@dataclass(frozen=True, slots=True, kw_only=True)
class ComparedLine:
    """A line with its nodes whole, None where a run has none, and their texts; none where a node stands alone."""

    line: Line
    left: NodeDetail | None
    right: NodeDetail | None
    texts: list[ComparedText]


def compare_line(*, who: Who, runs: AlignedRuns, line: int) -> ComparedLine:
    """Return a line with the texts of its nodes. Raises NotVisible where a run vanished meanwhile."""
    left = _node(who, runs.left, runs.aligned.left[line])
    right = _node(who, runs.right, runs.aligned.right[line])
    return ComparedLine(
        line=get_line(runs, line), left=left, right=right, texts=_texts(left, right)
    )


def compare_parting(*, who: Who, runs: AlignedRuns, parting: Parting | None) -> list[ComparedText]:
    """Return the texts of the two nodes at which two runs part first, where there are two."""
    if parting is None or parting.left is None or parting.right is None:
        return []
    lines = [find_line(runs, each.name) for each in (parting.left, parting.right)]
    left = _node(who, runs.left, runs.aligned.left[lines[0]])
    right = _node(who, runs.right, runs.aligned.right[lines[1]])
    return _texts(left, right)


def _node(who: Who, tree: Tree, row: int) -> NodeDetail | None:
    if row == NOBODY:
        return None
    node_id = tree.columns.node_id[row]
    return get_node(who=who, run_id=tree.run_id, node_id=node_id, text_limit=4 * CHARS_AT_MOST)


def _texts(left: NodeDetail | None, right: NodeDetail | None) -> list[ComparedText]:
    if left is None or right is None:
        return []
    answers = left.answer, right.answer
    return compare_texts(left, right, answers=answers, texts=ALL_TEXTS)
