"""The tree of a run: bones for the browser, rows for its window, nodes in pre-order for the API."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import orjson

from deliberation.vocabulary import Fate
from traces.analytics.tree import ORPHAN, lay_out, row_of
from traces.models.run import FINAL
from traces.queries import absent
from traces.queries.access import NotVisible, Who, see_run
from traces.queries.columns import Tree, read_columns, read_tree
from traces.queries.rows import read_newer_rows, read_rows
from traces.queries.tree_row import TreeRow


@dataclass(frozen=True, slots=True, kw_only=True)
class Bones:
    """All nodes of a run as columns, or those made or changed after a seq.

    Columns: `ordinal`, `parent` (an ordinal, -1 root, -2 orphan), `start` (µs since the run's start, or None), `kind`,
    `fate`, `reason`, `verdict`, `verifier` (indexes into `names`, -1 none; several verifiers of a node with U+001F
    between), `cost` (micro-dollars or None), `tokens` (or None), `flags` (1 error, 2 running, 4 candidate, 8 answer; 16
    has a value, 32 visits, 64 a prior, 128 a scale). Cost and tokens stand where they are billed.

    `is_over` says that the run has ended: what then counts as running began and told no end.

    Where nodes wait for a parent that is not here, they hang under a first row that is no node: ordinal 0, of the kind
    "not_received".
    """

    run: uuid.UUID
    seq: int
    after: int
    is_over: bool
    names: dict[str, list[str]]
    columns: dict[str, list[Any]]

    def shown(self) -> list[int]:
        """Return the ordinals of the nodes that a page does not fold away, in order."""
        fates = self.names["fate"]
        discarded = fates.index(Fate.DISCARDED) if Fate.DISCARDED in fates else None
        pairs = zip(self.columns["ordinal"], self.columns["fate"], strict=True)
        return sorted(
            ordinal for ordinal, fate in pairs if fate != discarded and ordinal != absent.ORDINAL
        )

    def to_json(self, rows: str | None = None) -> bytes:
        """Return the wire form, with the HTML of some of its rows where it is given."""
        said = {
            "run": str(self.run),
            "seq": self.seq,
            "after": self.after,
            "is_over": self.is_over,
            "names": self.names,
            "columns": self.columns,
        }
        return orjson.dumps(said if rows is None else {**said, "rows": rows})


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A node's place in the outline: its ordinal, and its level from 1."""

    ordinal: int
    level: int


@dataclass(frozen=True, slots=True, kw_only=True)
class NodePage:
    """Some nodes in pre-order, and the cursor of the next page, if any."""

    items: list[TreeRow]
    next: str | None


WORDS = ("kind", "fate", "reason", "verdict", "verifier")
MICRO = 1_000_000
BILLIONTHS = 1_000_000_000 // MICRO
HALF = BILLIONTHS // 2


def get_tree(*, who: Who, run_id: str | uuid.UUID, may_lag: bool = False) -> Tree:
    """Return the tree of a run; a large one may lag where the caller can do with it. Raises NotVisible."""
    return read_tree(see_run(who, run_id), may_lag=may_lag)


def get_bones(*, who: Who, run_id: str | uuid.UUID, after: int = -1) -> Bones:
    """Return the bones of a run made or changed after the seq `after`. Raises NotVisible."""
    run = see_run(who, run_id)
    if after < 0:
        tree = read_tree(run)
        columns, seq = tree.columns, tree.seq
    else:
        columns, seq = read_columns(run, after), run.size - 1
    words = {name: getattr(columns, name) for name in WORDS}
    names = {name: each.names for name, each in words.items()}
    found: dict[str, list[Any]] = {
        "ordinal": list(columns.ordinal),
        "parent": list(columns.parent),
        "start": _microseconds_since(run.started_ns, columns.started_ns),
        **{name: list(each.codes) for name, each in words.items()},
        "cost": list(map(_micro, columns.cost.whole, columns.cost.fine)),
        "tokens": list(map(_total, columns.input, columns.output)),
        "flags": list(columns.flags),
    }
    if ORPHAN in found["parent"]:
        absent.gather_orphans(found, names)
    return Bones(
        run=run.id,
        seq=seq,
        after=after,
        is_over=run.end_inferred or run.observed_state in FINAL,
        columns=found,
        names=names,
    )


def in_micro_dollars(amount: Decimal) -> int:
    """Return dollars as the whole number of millionths that a browser counts in."""
    return int((amount * MICRO).to_integral_value())


def _micro(whole: int | None, fine: int | None) -> int | None:
    """Return what `in_micro_dollars` says of an amount in its parts: half to even, in a third of the time."""
    if whole is None:
        return None
    micro = whole // BILLIONTHS
    rest = whole - micro * BILLIONTHS
    return micro + 1 if rest > HALF or (rest == HALF and (fine or micro & 1)) else micro


def _microseconds_since(start: int | None, times: Sequence[int | None]) -> list[int | None]:
    if start is None:
        return [None] * len(times)
    return [None if time is None else (time - start) // 1000 for time in times]


def _total(given: int | None, written: int | None) -> int | None:
    if given is None:
        return written
    return given if written is None else given + written


def preorder(bones: Bones) -> list[Line]:
    """Return the lines of the outline: every node once, parents before children, siblings by start."""
    columns = bones.columns
    shape = lay_out(columns["ordinal"], columns["parent"], columns["start"])
    return [
        Line(ordinal=columns["ordinal"][row], level=shape.depth[row] + 1) for row in shape.order
    ]


def get_rows(*, who: Who, run_id: str | uuid.UUID, ordinals: Sequence[int]) -> list[TreeRow]:
    """Return the rows with these ordinals, in the order asked; unknown ones are left out. Raises NotVisible.

    In a large tree that grows, sums of branches may lag a few seconds; the rows themselves never do.
    """
    tree = get_tree(who=who, run_id=run_id, may_lag=True)
    places = {ordinal: row_of(tree.columns.ordinal, ordinal) for ordinal in ordinals}
    known = read_rows(tree, [row for row in places.values() if row is not None])
    fresh = read_newer_rows(tree, [ordinal for ordinal, row in places.items() if row is None])
    found = {row.ordinal: row for row in (*known, *fresh)}
    return [found[ordinal] for ordinal in ordinals if ordinal in found]


def find_row(*, who: Who, run_id: str | uuid.UUID, node_id: str) -> TreeRow:
    """Return the row of the node with this id. Raises NotVisible."""
    tree = get_tree(who=who, run_id=run_id)
    if node_id not in tree.row_by_node:
        raise NotVisible
    return read_rows(tree, [tree.row_by_node[node_id]])[0]


def list_nodes(
    *, who: Who, run_id: str | uuid.UUID, after: str | None = None, limit: int = 100
) -> NodePage:
    """Return nodes in pre-order after the node with id `after`. Raises NotVisible."""
    tree = get_tree(who=who, run_id=run_id)
    start = 0
    if after is not None:
        if after not in tree.row_by_node:
            raise NotVisible
        start = tree.shape.place[tree.row_by_node[after]] + 1
    return NodePage(
        items=read_rows(tree, tree.shape.order[start : start + limit]),
        next=_cursor(tree, start + limit),
    )


def list_of_kind(
    *, who: Who, run_id: str | uuid.UUID, kind: str, after: str | None = None, limit: int = 100
) -> NodePage:
    """Return the nodes of one kind, newest first, after the node with id `after`. Raises NotVisible."""
    tree = get_tree(who=who, run_id=run_id)
    rows = [
        row for row in range(len(tree.columns.kind) - 1, -1, -1) if tree.columns.kind[row] == kind
    ]
    if after is not None:
        if after not in tree.row_by_node:
            raise NotVisible
        rows = [row for row in rows if row < tree.row_by_node[after]]
    more = tree.columns.node_id[rows[limit - 1]] if len(rows) > limit else None
    return NodePage(items=read_rows(tree, rows[:limit]), next=more)


def _cursor(tree: Tree, end: int) -> str | None:
    return tree.columns.node_id[tree.shape.order[end - 1]] if end < len(tree.shape.order) else None
