"""The columns of a run's tree, read in one query, laid out, and kept for the next asker.

A hundred thousand nodes are read and laid out in about half a second; a few trees are kept per process, each as of
its last entry, so that a page's many small requests read it once. A tree that grew is read again. A large tree that
grows while people watch would be read without end: for those who can do with it, the kept one stands for `RESTS`
times as long as reading it took, so that reading costs at most a twentieth of a core.
"""

from __future__ import annotations

import threading
import time
import uuid
from array import array
from collections import OrderedDict
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from functools import partial
from typing import Any, TypeVar

from django.db import connection, transaction

from traces.analytics.packed import DECIMALS, Amounts, Numbers, Words
from traces.analytics.tree import Shape, Sums, lay_out, top_branches
from traces.models import Run
from traces.queries.amounts import TOKEN_CLASSES, Discarded, Subtree, Tokens, add_known

T = TypeVar("T")
KEPT_NODES = 400_000
"""Nodes of all kept trees together; one costs about 350 bytes, sums included, whatever is known of it."""

ROWS_AT_ONCE = 10_000
LARGE_NODES = 5_000
"""A tree of more nodes is a large one; smaller ones never lag, however busy the machine is."""
RESTS = 20

# What is counted once, as traces.analytics.billing says it: `aside` holds its answer.
COUNTED = "aside IS NULL"
SELECTED = f"""
SELECT ordinal, node_id, coalesce(parent_ordinal, CASE WHEN parent_id IS NULL THEN -1 ELSE -2 END),
  started_ns, kind, fate, fate_reason, verdict,
  (status = 'error')::int + 2 * (status = 'running')::int + 4 * is_candidate::int
    + 8 * (node_id IS NOT DISTINCT FROM %s)::int
    + 16 * (value IS NOT NULL OR fate_value IS NOT NULL)::int + 32 * (visits IS NOT NULL)::int
    + 64 * (prior IS NOT NULL)::int + 128 * (value_min IS NOT NULL OR value_max IS NOT NULL)::int,
  cost_basis IS NOT DISTINCT FROM 'unallocated',
  CASE WHEN {COUNTED} THEN (cost * 1e{DECIMALS})::numeric(60, 0)::text END,
  {", ".join(f"CASE WHEN {COUNTED} AND kind <> 'retrieval' THEN {name}_tokens END" for name in TOKEN_CLASSES)}
FROM traces_node WHERE run_id = %s"""  # noqa: S608 - only names of columns are put in


BESIDE = "\x1f"
"""Between the names of several verifiers of one node. Few nodes have a set of judges that no other has."""
JUDGED = f"""
SELECT node_id, string_agg(DISTINCT verifier COLLATE "C", '{BESIDE}' ORDER BY verifier COLLATE "C")
FROM traces_verdict WHERE run_id = %s"""  # noqa: S608 - a constant is put in


PACKED: dict[str, Callable[[], Any]] = {
    "ordinal": partial(array, "q"),
    "node_id": list,
    "parent": partial(array, "q"),
    "started_ns": Numbers,
    **dict.fromkeys(("kind", "fate", "reason", "verdict"), Words),
    "flags": partial(array, "h"),
    "is_unallocated": partial(array, "b"),
    "cost": Amounts,
    **dict.fromkeys(TOKEN_CLASSES, Numbers),
}
"""How each column is kept, in the order in which they are selected."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Columns:
    """One list per column, all of the same length, in ascending order of ordinal. Amounts stand where they count."""

    ordinal: Sequence[int]
    node_id: Sequence[str]
    parent: Sequence[int]
    started_ns: Sequence[int | None]
    kind: Words[str]
    fate: Words[str]
    reason: Words[str | None]
    verdict: Words[str | None]
    flags: Sequence[int]
    is_unallocated: Sequence[int]
    cost: Amounts
    input: Sequence[int | None]
    cache_read: Sequence[int | None]
    cache_write: Sequence[int | None]
    output: Sequence[int | None]
    reasoning: Sequence[int | None]
    verifier: Words[str | None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Tree:
    """A run's tree as of its entry `seq`."""

    run_id: uuid.UUID
    seq: int
    columns: Columns
    shape: Shape
    row_by_node: dict[str, int]
    read_at: float
    took: float
    _sums: dict[str, Sums[Any]] = field(default_factory=dict)
    _derived: dict[Callable[[Tree], Any], Any] = field(default_factory=dict)

    @property
    def is_large(self) -> bool:
        """Whether it is not read again for each entry that comes."""
        return len(self.shape.order) > LARGE_NODES

    def derive(self, make: Callable[[Tree], T]) -> T:
        """Return what `make` concludes of the tree; concluded at first use, and kept as long as the tree is."""
        if make not in self._derived:
            self._derived[make] = make(self)
        found: T = self._derived[make]
        return found

    def sums(self, column: str) -> Sums[Any]:
        """Return the subtree sums of `cost` or of a class of tokens; computed at first use."""
        found = self._sums.get(column)
        if found is None:
            zero: Any = Decimal(0) if column == "cost" else 0
            found = Sums(self.shape, getattr(self.columns, column), zero)
            self._sums[column] = found
        return found

    def usage_of(self, row: int) -> Tokens:
        """Return the tokens of a subtree."""
        return Tokens(**{name: self.sums(name).of(row) for name in TOKEN_CLASSES})

    def subtree_of(self, row: int) -> Subtree:
        """Return the sums of a subtree."""
        usage = self.usage_of(row)
        return Subtree(
            nodes=self.shape.size[row],
            tokens=usage.total,
            cost=self.sums("cost").of(row),
            usage=usage,
        )

    def discarded(self) -> Discarded:
        """Return what hangs under discarded nodes, each node once."""
        return self.derive(_sum_discarded)


def _sum_discarded(tree: Tree) -> Discarded:
    gone = (row for row, fate in enumerate(tree.columns.fate) if fate == "discarded")
    ranges = top_branches(tree.shape, gone)
    nodes, total = sum(end - start for start, end in ranges), len(tree.shape.order)
    sums = {
        name: [tree.sums(name).between(*each) for each in ranges]
        for name in ("input", "output", "cost")
    }
    return Discarded(
        nodes=nodes,
        node_ratio=nodes / total if total else None,
        tokens=add_known([*sums["input"], *sums["output"]]),
        cost=add_known(sums["cost"]),
    )


def read_columns(run: Run, after: int = -1) -> Columns:
    """Return the columns of the nodes made or changed after a seq."""
    values: list[Any] = [run.selected_node, run.id]
    statement = SELECTED
    if after >= 0:
        statement, values = f"{SELECTED} AND changed_seq > %s", [*values, after]
    found = _pack(f"{statement} ORDER BY ordinal", values)
    pairs = zip(found["node_id"], found["verdict"], strict=True)
    judged = _read_judged(
        run, [node_id for node_id, verdict in pairs if verdict], are_all=after < 0
    )
    return Columns(**found, verifier=Words(map(judged.get, found["node_id"])))


def _pack(statement: str, values: Sequence[Any]) -> dict[str, Any]:
    """Return the columns that a statement finds, by name. By portions: all rows at once are four times as large."""
    found: dict[str, Any] = {name: make() for name, make in PACKED.items()}
    with transaction.atomic(), connection.chunked_cursor() as cursor:
        cursor.execute(statement, values)
        while rows := cursor.fetchmany(ROWS_AT_ONCE):
            for column, more in zip(found.values(), zip(*rows, strict=True), strict=True):
                if isinstance(column, Amounts):
                    # To make a number of a text is four times as fast as to make it of a Decimal.
                    column.extend_units(None if units is None else int(units) for units in more)
                else:
                    column.extend(more)
    return found


def _read_judged(run: Run, node_ids: list[str], *, are_all: bool) -> dict[str, str]:
    """Return node id → the names of its verifiers. `are_all`: no other node of the run has any.

    A verdict changes its node, so that it is among those of the next piece.
    """
    if not node_ids:
        return {}
    statement: str = JUDGED
    values: list[Any] = [run.id]
    if not are_all:
        statement, values = f"{JUDGED} AND node_id = ANY(%s)", [run.id, node_ids]
    with connection.cursor() as cursor:
        cursor.execute(f"{statement} GROUP BY node_id", values)
        return dict(cursor.fetchall())


_kept: OrderedDict[uuid.UUID, Tree] = OrderedDict()
_lock = threading.Lock()


def read_tree(run: Run, *, may_lag: bool = True) -> Tree:
    """Return the tree of a run the caller may see, as of the entry `run` was read at or a later one.

    Where it may lag, a large tree may be older by `RESTS` times the seconds that reading it took; its `seq` says so.
    """
    begun = time.monotonic()
    kept = _kept_tree(run.id)
    if kept is not None and (kept.seq >= run.size - 1 or (may_lag and _rests(kept, begun))):
        return kept
    columns = read_columns(run)
    shape = lay_out(columns.ordinal, columns.parent, columns.started_ns)
    row_by_node = {node_id: row for row, node_id in enumerate(columns.node_id)}
    now = time.monotonic()
    tree = Tree(
        run_id=run.id,
        seq=run.size - 1,
        columns=columns,
        shape=shape,
        row_by_node=row_by_node,
        read_at=now,
        took=now - begun,
    )
    _keep(tree)
    return tree


def _rests(tree: Tree, now: float) -> bool:
    return tree.is_large and now - tree.read_at < RESTS * tree.took


def _kept_tree(run_id: uuid.UUID) -> Tree | None:
    with _lock:
        kept = _kept.get(run_id)
        if kept is not None:
            _kept.move_to_end(run_id)
        return kept


def _keep(tree: Tree) -> None:
    with _lock:
        _kept[tree.run_id] = tree
        _kept.move_to_end(tree.run_id)
        while len(_kept) > 1 and sum(len(each.shape.order) for each in _kept.values()) > KEPT_NODES:
            _kept.popitem(last=False)
