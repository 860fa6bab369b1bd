"""From columns to a tree: pre-order, depth, and sums of any subtree in constant time. Pure.

Nodes are rows, numbered from 0 in the order of their ordinals. Nothing recurses: a chain of a hundred thousand nodes is
as good as a flat list. Nothing is dropped: a node whose parent never came is a root marked as orphan, and so is the
first node of a ring of parents, which is cut there.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import accumulate
from typing import Generic, TypeVar

ROOT, ORPHAN = -1, -2
Number = TypeVar("Number", int, Decimal)


@dataclass(frozen=True, slots=True, kw_only=True)
class Shape:
    """A laid-out tree. `parent` is a row, ROOT or ORPHAN; `order` rows in pre-order; the rest is per row.

    `place` is a row's index in `order`; the subtree of a row is `order[place : place + size]`.
    """

    parent: list[int]
    order: list[int]
    place: list[int]
    depth: list[int]
    size: list[int]


def lay_out(ordinals: Sequence[int], parents: Sequence[int], starts: Sequence[int | None]) -> Shape:
    """Return the shape of a tree given by columns in ascending order of ordinal.

    `parents` holds ordinals, ROOT, or ORPHAN; siblings stand in the order of their start, those without one last, then
    of their ordinal.
    """
    parent = _rows_of(ordinals, parents)
    children = _group(parent, _by_start(starts))
    order: list[int] = []
    depth = [0] * len(parent)
    seen = bytearray(len(parent))
    roots = [row for row in _by_start(starts) if parent[row] < 0]
    _walk(roots, children, order, depth, seen)
    if len(order) < len(parent):
        for entered in _by_start(starts):
            if not seen[entered]:
                row = _on_ring(parent, entered)
                children[parent[row]].remove(row)
                parent[row] = ORPHAN
                _walk([row], children, order, depth, seen)
    place = [0] * len(order)
    for at, row in enumerate(order):
        place[row] = at
    return Shape(parent=parent, order=order, place=place, depth=depth, size=_sizes(order, parent))


def _rows_of(ordinals: Sequence[int], parents: Sequence[int]) -> list[int]:
    row_of = {ordinal: row for row, ordinal in enumerate(ordinals)}
    row_of[ROOT], row_of[ORPHAN] = ROOT, ORPHAN
    found = [row_of.get(parent, ORPHAN) for parent in parents]
    return [ROOT if above == row else above for row, above in enumerate(found)]


def _by_start(starts: Sequence[int | None]) -> list[int]:
    if all(start is None for start in starts):
        return list(range(len(starts)))
    never = float("inf")
    return sorted(range(len(starts)), key=[never if s is None else s for s in starts].__getitem__)


def _group(parent: Sequence[int], rows: Iterable[int]) -> list[list[int]]:
    children: list[list[int]] = [[] for _ in parent]
    for row in rows:
        if parent[row] >= 0:
            children[parent[row]].append(row)
    return children


def _walk(
    roots: Sequence[int],
    children: Sequence[Sequence[int]],
    order: list[int],
    depth: list[int],
    seen: bytearray,
) -> None:
    stack = list(reversed(roots))
    while stack:
        row = stack.pop()
        order.append(row)
        seen[row] = 1
        below = children[row]
        if below:
            level = depth[row] + 1
            for child in below:
                depth[child] = level
            stack.extend(reversed(below))


def _on_ring(parent: Sequence[int], row: int) -> int:
    # What hangs below a ring keeps its place under it: only a node of the ring itself may be cut.
    passed: set[int] = set()
    while row not in passed:
        passed.add(row)
        row = parent[row]
    return row


def _sizes(order: Sequence[int], parent: Sequence[int]) -> list[int]:
    size = [1] * len(parent)
    for row in reversed(order):
        above = parent[row]
        if above >= 0:
            size[above] += size[row]
    return size


class Sums(Generic[Number]):
    """Running totals of one column in pre-order: the sum of any subtree is one subtraction. None is unknown."""

    __slots__ = ("_known", "_shape", "_total")

    def __init__(self, shape: Shape, values: Sequence[Number | None], zero: Number) -> None:
        self._shape: Shape = shape
        ordered: list[Number | None] = [values[row] for row in shape.order]
        self._known: list[int] = [0, *accumulate(value is not None for value in ordered)]
        known: list[Number] = [zero if value is None else value for value in ordered]
        self._total: list[Number] = list(accumulate(known, initial=zero))

    def of(self, row: int) -> Number | None:
        """Return the sum over the subtree of `row`, None when no node of it is known."""
        start = self._shape.place[row]
        return self.between(start, start + self._shape.size[row])

    def between(self, start: int, end: int) -> Number | None:
        """Return the sum over `order[start:end]`, None when none of it is known."""
        if self._known[end] == self._known[start]:
            return None
        return self._total[end] - self._total[start]


def top_branches(shape: Shape, rows: Iterable[int]) -> list[tuple[int, int]]:
    """Return the union of the subtrees of `rows` as (start, end) ranges of `order`, none inside another."""
    ranges: list[tuple[int, int]] = []
    covered = 0
    for start in sorted(shape.place[row] for row in rows):
        if start >= covered:
            covered = start + shape.size[shape.order[start]]
            ranges.append((start, covered))
    return ranges


def children_of(shape: Shape, row: int) -> list[int]:
    """Return the rows right under `row` in order, or of all roots for ROOT."""
    if row == ROOT:
        at, end = 0, len(shape.order)
    else:
        at = shape.place[row] + 1
        end = shape.place[row] + shape.size[row]
    found = []
    while at < end:
        found.append(shape.order[at])
        at += shape.size[shape.order[at]]
    return found


def row_of(ordinals: Sequence[int], ordinal: int) -> int | None:
    """Return the row with this ordinal, None when there is none."""
    row = bisect_left(ordinals, ordinal)
    return row if row < len(ordinals) and ordinals[row] == ordinal else None
