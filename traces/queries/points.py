"""A whole search as points: two numbers of each node that has both, by what became of it."""

from __future__ import annotations

import uuid
from array import array
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from traces.models import Node
from traces.queries.access import Who, see_run
from traces.queries.amounts import add_known
from traces.queries.columns import Tree, read_tree


class Axis(StrEnum):
    """What a node can be placed by."""

    VALUE = "value"
    """The search's value for it, in its scorer's scale; where it has none, the one it was discarded on."""
    VISITS = "visits"
    """How often the search came by."""
    DEPTH = "depth"
    """Its level in the tree; one that hangs under nothing has level 0."""
    TOKENS = "tokens"
    """Input and output of the node and all below it, as they count."""
    COST = "cost"
    """US dollars of the node and all below it."""
    TIME = "time"
    """Seconds from the run's start to the node's."""


FALLBACKS_X = (Axis.COST, Axis.TOKENS, Axis.TIME, Axis.DEPTH)
FALLBACKS_Y = (Axis.VALUE, Axis.VISITS, Axis.DEPTH)
Column = Sequence[float | None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Points:
    """Points as columns of one length, in the order of the nodes' ordinals. `without` nodes lack one number or both."""

    x_axis: Axis
    y_axis: Axis
    ordinal: array[int]
    fate: Sequence[str]
    x: array[float]
    y: array[float]
    without: int


def get_points(
    *, who: Who, run_id: str | uuid.UUID, x: Axis | None = None, y: Axis | None = None
) -> Points:
    """Return the points of a run. Raises NotVisible.

    Where an axis is not chosen, it is the first of cost, tokens, time, depth (x) and value, visits, depth (y) that
    tells the nodes apart.
    """
    run = see_run(who, run_id)
    tree = read_tree(run)
    read = _Reader(tree, run.started_ns)
    y_axis = y or read.first_telling(FALLBACKS_Y, but_for=x)
    x_axis = x or read.first_telling(FALLBACKS_X, but_for=y_axis)
    across, up = read.column(x_axis), read.column(y_axis)
    rows = [row for row, each in enumerate(across) if each is not None and up[row] is not None]
    columns = tree.columns
    return Points(
        x_axis=x_axis,
        y_axis=y_axis,
        ordinal=array("Q", (columns.ordinal[row] for row in rows)),
        fate=[columns.fate[row] for row in rows],
        x=array("d", (across[row] for row in rows)),  # type: ignore[misc]
        y=array("d", (up[row] for row in rows)),  # type: ignore[misc]
        without=len(columns.ordinal) - len(rows),
    )


class _Reader:
    """Reads each axis of a tree once."""

    def __init__(self, tree: Tree, started_ns: int | None) -> None:
        self._tree = tree
        self._start = started_ns
        self._read: dict[Axis, Column] = {}
        self._by_axis: dict[Axis, Callable[[], Column]] = {
            Axis.VALUE: lambda: self._scores()[Axis.VALUE],
            Axis.VISITS: lambda: self._scores()[Axis.VISITS],
            Axis.DEPTH: lambda: tree.shape.depth,
            Axis.TOKENS: self._tokens,
            Axis.COST: self._cost,
            Axis.TIME: self._time,
        }

    def column(self, axis: Axis) -> Column:
        """Return one number for each row, None where it is not known."""
        if axis not in self._read:
            self._read[axis] = self._by_axis[axis]()
        return self._read[axis]

    def first_telling(self, axes: Sequence[Axis], but_for: Axis | None) -> Axis:
        """Return the first axis on which two nodes differ, else the last."""
        left = [axis for axis in axes if axis is not but_for]
        return next((axis for axis in left if _tells(self.column(axis))), left[-1])

    def _scores(self) -> dict[Axis, Column]:
        """Value and visits stand in no bone: few runs have them, and their nodes alone are read."""
        rows = len(self._tree.columns.ordinal)
        value: list[float | None] = [None] * rows
        visits: list[float | None] = [None] * rows
        found = Node.objects.filter(run_id=self._tree.run_id)
        names = ("node_id", "value", "fate_value", "visits")
        scored = found.exclude(value=None, fate_value=None, visits=None).values_list(*names)
        for node_id, own, decided_on, count in scored.iterator(chunk_size=20_000):
            row = self._tree.row_by_node.get(node_id)
            if row is not None:
                value[row] = decided_on if own is None else own
                visits[row] = count
        self._read |= {Axis.VALUE: value, Axis.VISITS: visits}
        return {Axis.VALUE: value, Axis.VISITS: visits}

    def _tokens(self) -> Column:
        given, written = self._tree.sums("input"), self._tree.sums("output")
        return [add_known((given.of(row), written.of(row))) for row in self._rows()]

    def _cost(self) -> Column:
        sums: Any = self._tree.sums("cost")
        known = (sums.of(row) for row in self._rows())
        return [None if cost is None else float(cost) for cost in known]

    def _time(self) -> Column:
        times = self._tree.columns.started_ns
        start = self._start
        if start is None:
            start = min((time for time in times if time is not None), default=0)
        return [None if time is None else (time - start) / 1e9 for time in times]

    def _rows(self) -> range:
        return range(len(self._tree.columns.ordinal))


def _tells(column: Column) -> bool:
    """Whether two known numbers of a column differ."""
    known = (each for each in column if each is not None)
    first = next(known, None)
    return any(each != first for each in known)
