"""Which nodes of a tree stand for themselves where not all can, and which together under their parent. Pure."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass

from traces.analytics.tree import ROOT, Shape, children_of


@dataclass(frozen=True, slots=True)
class Rolled:
    """Rows with all that hangs under them, told as one. `parent` is a row, or ROOT."""

    parent: int
    rows: list[int]


@dataclass(frozen=True, slots=True)
class Chosen:
    """The rows that stand for themselves, and those that stand together: every row of the tree is in one of the two."""

    shown: list[int]
    rolled: list[Rolled]


def choose_rows(shape: Shape, limit: int, weight: Callable[[int], int]) -> Chosen:
    """Return at most `limit` (≥ 2) rows and groups, level by level, parents before children.

    Of the children of one parent the heaviest are shown first, and the rest is one group. What is not opened is a
    group of all that hangs under it.
    """
    chosen = Chosen([], [])
    # A row that has children needs a place for them as a group until it is opened.
    waiting, used = deque([ROOT]), 1
    while waiting:
        parent = waiting.popleft()
        children = sorted(children_of(shape, parent), key=weight, reverse=True)
        room = limit - used  # its own place as a group is counted in `used`
        taken = _fitting(shape, children, room)
        if taken == len(children):
            used -= 1
        for row in children[:taken]:
            chosen.shown.append(row)
            used += _needs(shape, row)
            if shape.size[row] > 1:
                waiting.append(row)
        if taken < len(children):
            chosen.rolled.append(Rolled(parent, children[taken:]))
    return chosen


def merge_groups(shape: Shape, rolled: list[Rolled], at_most: int) -> list[Rolled]:
    """Return the groups under fewer parents: the deepest go one level up, until `at_most` (≥ 1) are left."""
    at = [max(group.parent, ROOT) for group in rolled]
    level = max((_level(shape, parent) for parent in at), default=-1)
    while len(set(at)) > at_most:
        level -= 1
        at = [_above(shape, parent) if _level(shape, parent) > level else parent for parent in at]
    merged: dict[int, list[int]] = {}
    for parent, group in zip(at, rolled, strict=True):
        merged.setdefault(parent, []).extend(group.rows)
    return [Rolled(parent, rows) for parent, rows in merged.items()]


def _level(shape: Shape, row: int) -> int:
    return -1 if row == ROOT else shape.depth[row]


def _above(shape: Shape, row: int) -> int:
    return max(shape.parent[row], ROOT)


def _needs(shape: Shape, row: int) -> int:
    return 1 if shape.size[row] == 1 else 2


def _fitting(shape: Shape, children: list[int], room: int) -> int:
    """Return how many of the children fit; all of them may use the place of their own group."""
    needed = 0
    for taken, row in enumerate(children):
        needed += _needs(shape, row)
        if needed > room + (taken == len(children) - 1):
            return taken
    return len(children)
