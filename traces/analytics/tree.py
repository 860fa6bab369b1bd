"""From columns to a tree: pre-order, depth, and sums of any subtree in constant time. Pure.

Nodes are rows, numbered from 0 in the order of their ordinals. Nothing recurses: a chain of a hundred thousand nodes is
as good as a flat list. Nothing is dropped: a node whose parent never came is a root marked as orphan, and so is the
first node of a ring of parents, which is cut there.
"""

from __future__ import annotations

from array import array
from bisect import bisect_left
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from itertools import accumulate
from typing import Any, Generic, TypeVar

from traces.analytics.packed import Amounts, Numbers, amount_of

ROOT, ORPHAN = -1, -2
Number = TypeVar("Number", int, Decimal)


@dataclass(frozen=True, slots=True, kw_only=True)
class Shape:
    """A laid-out tree. `parent` is a row, ROOT or ORPHAN; `order` rows in pre-order; the rest is per row.

    `place` is a row's index in `order`; the subtree of a row is `order[place : place + size]`.
    """

    parent: array[int]
    order: array[int]
    place: array[int]
    depth: array[int]
    size: array[int]


def lay_out(ordinals: Sequence[int], parents: Sequence[int], starts: Sequence[int | None]) -> Shape:
    """Return the shape of a tree given by columns in ascending order of ordinal.

    `parents` holds ordinals, ROOT, or ORPHAN; siblings stand in the order of their start, those without one last, then
    of their ordinal.
    """
    parent = _rows_of(ordinals, parents)
    by_start = _by_start(starts)
    children = _group(parent, by_start)
    order = array("i")
    depth = _zeros(len(parent))
    seen = bytearray(len(parent))
    roots = [row for row in by_start if parent[row] < 0]
    _walk(roots, children, order, depth, seen)
    if len(order) < len(parent):
        for entered in by_start:
            if not seen[entered]:
                row = _on_ring(parent, entered)
                children[parent[row]].remove(row)
                parent[row] = ORPHAN
                _walk([row], children, order, depth, seen)
    place = _zeros(len(order))
    for at, row in enumerate(order):
        place[row] = at
    return Shape(parent=parent, order=order, place=place, depth=depth, size=_sizes(order, parent))


def _zeros(count: int) -> array[int]:
    return array("i", bytes(array("i").itemsize * count))


def _rows_of(ordinals: Sequence[int], parents: Sequence[int]) -> array[int]:
    row_of = {ordinal: row for row, ordinal in enumerate(ordinals)}
    row_of[ROOT], row_of[ORPHAN] = ROOT, ORPHAN
    found = (row_of.get(parent, ORPHAN) for parent in parents)
    return array("i", [ROOT if above == row else above for row, above in enumerate(found)])


def _by_start(starts: Sequence[int | None]) -> array[int]:
    if all(start is None for start in starts):
        return array("i", range(len(starts)))
    never = float("inf")
    keys = [never if start is None else start for start in starts]
    return array("i", sorted(range(len(starts)), key=keys.__getitem__))


def _group(parent: Sequence[int], rows: Iterable[int]) -> dict[int, list[int]]:
    """Return row → its children; most nodes have none, and are not in there."""
    children: dict[int, list[int]] = {}
    for row in rows:
        above = parent[row]
        if above >= 0:
            children.setdefault(above, []).append(row)
    return children


def _walk(
    roots: Sequence[int],
    children: Mapping[int, Sequence[int]],
    order: array[int],
    depth: array[int],
    seen: bytearray,
) -> None:
    stack = list(reversed(roots))
    while stack:
        row = stack.pop()
        order.append(row)
        seen[row] = 1
        below = children.get(row)
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


def _sizes(order: Sequence[int], parent: Sequence[int]) -> array[int]:
    size = array("i", [1]) * len(parent)
    for row in reversed(order):
        above = parent[row]
        if above >= 0:
            size[above] += size[row]
    return size


class Sums(Generic[Number]):
    """Running totals of one column in pre-order: the sum of any subtree is one subtraction. None is unknown.

    Kept only where something is known: of a column that nobody filled, nothing is.
    """

    __slots__ = ("_is_money", "_places", "_shape", "_totals")

    def __init__(self, shape: Shape, values: Sequence[Number | None], zero: Number) -> None:
        self._shape: Shape = shape
        self._is_money = isinstance(zero, Decimal)
        columns = _columns_of(values, is_money=self._is_money)
        self._places = _places_known(shape, columns[0])
        self._totals = [_totals(shape, column) for column in columns]

    def of(self, row: int) -> Number | None:
        """Return the sum over the subtree of `row`, None when no node of it is known."""
        start = self._shape.place[row]
        return self.between(start, start + self._shape.size[row])

    def between(self, start: int, end: int) -> Number | None:
        """Return the sum over `order[start:end]`, None when none of it is known."""
        first, last = bisect_left(self._places, start), bisect_left(self._places, end)
        if first == last:
            return None
        parts: list[Any] = [totals[last] - totals[first] for totals in self._totals]
        found: Any = amount_of(*parts) if self._is_money else parts[0]
        return found  # type: ignore[no-any-return]


def _columns_of(values: Sequence[Any], *, is_money: bool) -> list[Numbers]:
    """Return the columns that are added up, each for itself."""
    if is_money:
        amounts = values if isinstance(values, Amounts) else Amounts(values)
        return [amounts.whole, amounts.fine]
    return [values if isinstance(values, Numbers) else Numbers(values)]


def _places_known(shape: Shape, column: Numbers) -> array[int]:
    if column.known == len(column):
        return array("i", range(len(column)))
    found = enumerate(column.of(shape.order)) if column.known else ()
    return array("i", [place for place, value in found if value is not None])


def _totals(shape: Shape, column: Numbers) -> array[int] | list[int]:
    found = column.of(shape.order) if column.known else ()
    totals = list(accumulate((each for each in found if each is not None), initial=0))
    try:
        return array("q", totals)
    except OverflowError:  # nobody counts that far, but somebody may say so
        return totals


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
