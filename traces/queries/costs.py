"""Where the money went: cost by branch, as sectors that add up."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from decimal import Decimal
from heapq import heappop, heappush, nsmallest

from django.utils.translation import gettext

from deliberation.vocabulary import Fate
from traces.analytics.tree import ROOT, children_of, row_of
from traces.models import Node
from traces.queries.access import NotVisible, Who, see_run
from traces.queries.amounts import add_known
from traces.queries.columns import Tree, read_tree

SECTORS_AT_MOST = 250
"""Each is drawn with five elements, and a page beside a tree in view has 3,000 at most; smaller ones show nothing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Sector:
    """A branch with its whole cost and tokens, or "… n more" siblings rolled into one, or what no branch owns.

    `id` can be asked for as a root unless `rolled_up`; `parent` is None for the first. The children of a sector never
    add up to more than itself; the rest is its own.
    """

    id: str
    parent: str | None
    label: str
    fate: str
    nodes: int
    tokens: int | None
    cost: Decimal | None
    rolled_up: bool
    ordinal: int | None = None


def cost_by_branch(
    *,
    who: Who,
    run_id: str | uuid.UUID,
    root: str | None = None,
    max_sectors: int = SECTORS_AT_MOST,
) -> list[Sector]:
    """Return the sectors below the sector `root`, or of the whole run; parents first. Raises NotVisible.

    The dearest branches are opened first; where no cost is known, those of the most tokens, then of the most nodes.
    """
    run = see_run(who, run_id)
    tree = read_tree(run)
    if not tree.shape.order:
        return []
    chosen = _choose(tree, _root_row(tree, root), max(1, max_sectors))
    return _Sectors(tree, chosen, _node_labels(tree, chosen), run.name).listed()


WHOLE_RUN = "run"
OWN = ":unallocated"
MORE = ":more"


@dataclass(slots=True)
class _Chosen:
    """The opened branches: rows shown, each with the children that are shown and those rolled up."""

    top: int
    shown: dict[int, list[int]]
    rolled: dict[int, list[int]]


def _root_row(tree: Tree, root: str | None) -> int:
    if root is None or root == WHOLE_RUN:
        roots = children_of(tree.shape, ROOT)
        return roots[0] if len(roots) == 1 else ROOT
    if not (root.isascii() and root.isdecimal() and len(root) <= 18):
        raise NotVisible
    row = row_of(tree.columns.ordinal, int(root))
    if row is None:
        raise NotVisible
    return row


def _choose(tree: Tree, top: int, limit: int) -> _Chosen:
    """Open the heaviest branch that is not open yet, until the sectors are used up."""
    chosen = _Chosen(top, {top: []}, {})
    closed = [(_weight(tree, top), top)]
    used = 1
    while closed:
        _, row = heappop(closed)
        children = children_of(tree.shape, row)
        # What no branch owns, and the roll-up, each take a sector of their own.
        room = limit - used - _is_unallocated(tree, row) - 1
        ranked = nsmallest(max(0, room), ((_weight(tree, child), child) for child in children))
        kept = {child for _, child in ranked}
        if ranked and len(ranked) < len(children):
            chosen.rolled[row] = [child for child in children if child not in kept]
        used += len(ranked) + _is_unallocated(tree, row) + (row in chosen.rolled)
        chosen.shown[row] = [child for child in children if child in kept]
        for weight, child in ranked:
            chosen.shown.setdefault(child, [])
            if tree.shape.size[child] > 1:
                heappush(closed, (weight, child))
        if limit - used < 2:
            break
    return chosen


def _weight(tree: Tree, row: int) -> tuple[Decimal, int, int]:
    """Return what branches are ranked by, least first: the dearest."""
    if row == ROOT:
        return Decimal(0), 0, 0
    cost, given, written = (tree.sums(name).of(row) for name in ("cost", "input", "output"))
    return -(cost or Decimal(0)), -(given or 0) - (written or 0), -tree.shape.size[row]


def _is_unallocated(tree: Tree, row: int) -> bool:
    return row != ROOT and bool(tree.columns.is_unallocated[row])


def _node_labels(tree: Tree, chosen: _Chosen) -> dict[str, str]:
    ids = [tree.columns.node_id[row] for row in chosen.shown if row != ROOT]
    found = Node.objects.filter(run_id=tree.run_id, node_id__in=ids)
    return {
        node_id: name or preview or kind
        for node_id, name, preview, kind in found.values_list("node_id", "name", "preview", "kind")
    }


@dataclass(slots=True)
class _Sectors:
    """Makes the sectors of the opened branches."""

    tree: Tree
    chosen: _Chosen
    labels: dict[str, str]
    run_name: str | None

    def listed(self) -> list[Sector]:
        """Return all sectors, parents first."""
        sectors: list[Sector] = []
        stack: list[tuple[int, str | None] | Sector] = [(self.chosen.top, None)]
        while stack:
            popped = stack.pop()
            if isinstance(popped, Sector):
                sectors.append(popped)
                continue
            row, parent = popped
            sector = self._whole_run() if row == ROOT else self._branch(row, parent)
            sectors.append(sector)
            if _is_unallocated(self.tree, row):
                sectors.append(self._own(row, sector))
            if row in self.chosen.rolled:
                stack.append(self._rolled(self.chosen.rolled[row], sector))
            stack += [(child, sector.id) for child in reversed(self.chosen.shown[row])]
        return sectors

    def _whole_run(self) -> Sector:
        end = len(self.tree.shape.order)
        tokens = [self.tree.sums(name).between(0, end) for name in ("input", "output")]
        return Sector(
            id=WHOLE_RUN,
            parent=None,
            label=self.run_name or gettext("the whole run"),
            fate=Fate.OPEN.value,
            nodes=end,
            tokens=add_known(tokens),
            cost=self.tree.sums("cost").between(0, end),
            rolled_up=False,
        )

    def _branch(self, row: int, parent: str | None) -> Sector:
        columns, subtree = self.tree.columns, self.tree.subtree_of(row)
        node_id = columns.node_id[row]
        return Sector(
            id=str(columns.ordinal[row]),
            parent=parent,
            label=self.labels.get(node_id, columns.kind[row]),
            fate=columns.fate[row],
            nodes=subtree.nodes,
            tokens=subtree.tokens,
            cost=subtree.cost,
            rolled_up=False,
            ordinal=columns.ordinal[row],
        )

    def _own(self, row: int, parent: Sector) -> Sector:
        columns = self.tree.columns
        return Sector(
            id=parent.id + OWN,
            parent=parent.id,
            label=gettext("unallocated: belongs to no branch"),
            fate=Fate.OPEN.value,
            nodes=0,
            tokens=add_known([columns.input[row], columns.output[row]]),
            cost=columns.cost[row],
            rolled_up=True,
        )

    def _rolled(self, rows: list[int], parent: Sector) -> Sector:
        fates = {self.tree.columns.fate[row] for row in rows}
        subtrees = [self.tree.subtree_of(row) for row in rows]
        return Sector(
            id=parent.id + MORE,
            parent=parent.id,
            label=f"… {len(rows):,} more",
            fate=fates.pop() if len(fates) == 1 else Fate.OPEN.value,
            nodes=sum(subtree.nodes for subtree in subtrees),
            tokens=add_known([subtree.tokens for subtree in subtrees]),
            cost=add_known([subtree.cost for subtree in subtrees]),
            rolled_up=True,
        )
