"""Everything that a run discarded, path by path, with what each cost and what is known of it now.

A path is a discarded node that hangs under no other discarded one, with all that hangs under it: its sums are of the
whole subtree, what was discarded inside it is counted there and nowhere else, and so the paths add up. It is *wrongly
discarded* when its own node, or a candidate inside it, is known to have been right (traces.queries.known_right).

What is concluded of a tree is kept with it, and lags with it where it is a large one that grows.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from operator import attrgetter, itemgetter
from typing import NamedTuple

from django.db import connection

from deliberation.vocabulary import Fate
from traces.analytics.tree import top_branches
from traces.queries.amounts import add_known
from traces.queries.columns import Tree
from traces.queries.known_right import Basis, Outcomes, Right, read_outcomes

ANSWER = 8
"""The flag of the node that was returned, in a tree's columns."""
DISCARD = Fate.DISCARDED.value
STRENGTH = tuple(Basis)

DISCARDED = """
SELECT node_id, fate_reason, fate_by FROM traces_node WHERE run_id = %s AND fate = 'discarded' ORDER BY ordinal"""

Cause = tuple[str | None, str | None]
"""Why something was discarded, and by whom; None is not recorded."""


class Evidence(NamedTuple):
    """Why a path is known to have been right: the row that was right, and on what that rests."""

    row: int
    right: Right


class Place(NamedTuple):
    """Where a path stands in lists: wrongly discarded ones first, then cause by cause as they first came."""

    is_not_wrong: bool
    group: int
    ordinal: int


class Path(NamedTuple):
    """One path: its top row, its part of the tree's pre-order, and what is known of it.

    `inside` is how many further discarded nodes it holds.
    """

    row: int
    start: int
    end: int
    inside: int
    cause: Cause
    evidence: Evidence | None


@dataclass(slots=True, kw_only=True)
class Group:
    """The paths of one cause. `first` is the ordinal of its first path, its name in cursors. Unknown sums are None."""

    cause: Cause
    first: int
    paths: int = 0
    wrongly: int = 0
    nodes: int = 0
    tokens: int | None = None
    cost: Decimal | None = None

    @property
    def reason(self) -> str | None:
        """Why, None when it is not recorded."""
        return self.cause[0]

    @property
    def by(self) -> str | None:
        """Who decided, None when it is not recorded."""
        return self.cause[1]


@dataclass(frozen=True, slots=True, kw_only=True)
class Graveyard:
    """All paths of a run in pre-order and by their places in lists, and their groups, those of the most nodes first.

    `returned_right` says whether the answer that was returned is known to be right (True) or wrong (False).
    """

    paths: list[Path]
    listed: list[tuple[Place, Path]]
    groups: dict[Cause, Group]
    returned_right: bool | None

    @property
    def wrongly(self) -> int:
        """How many paths are known to have been right."""
        return sum(group.wrongly for group in self.groups.values())

    def path_at(self, place: int) -> Path | None:
        """Return the path that holds a place of the tree's pre-order, None when none does."""
        at = bisect_right(self.paths, place, key=attrgetter("start")) - 1
        return self.paths[at] if at >= 0 and place < self.paths[at].end else None


def dig(tree: Tree) -> Graveyard:
    """Return what was discarded of a tree; kept with it by `tree.derive(dig)`."""
    causes = _causes(tree)
    places = sorted(tree.shape.place[row] for row in causes)
    outcomes = read_outcomes(tree.run_id)
    evidence = _evidence(tree, outcomes)
    paths = []
    for start, end in top_branches(tree.shape, causes):
        row = tree.shape.order[start]
        inside = bisect_left(places, end) - bisect_left(places, start) - 1
        right = _strongest(evidence, start, end)
        paths.append(Path(row, start, end, inside, causes[row], right))
    groups = _groups(tree, paths)
    return Graveyard(
        paths=paths,
        listed=sorted((_place(tree, groups, path), path) for path in paths),
        groups=groups,
        returned_right=_returned(tree, outcomes),
    )


def _place(tree: Tree, groups: dict[Cause, Group], path: Path) -> Place:
    ordinal = tree.columns.ordinal[path.row]
    return Place(path.evidence is None, groups[path.cause].first, ordinal)


def _causes(tree: Tree) -> dict[int, Cause]:
    with connection.cursor() as cursor:
        cursor.execute(DISCARDED, [tree.run_id])
        found = cursor.fetchall()
    # What came after the tree was read has no place in it yet, and is here with the next one.
    return {
        tree.row_by_node[node_id]: (reason, by)
        for node_id, reason, by in found
        if node_id in tree.row_by_node
    }


def _evidence(tree: Tree, outcomes: Outcomes) -> list[tuple[int, Evidence]]:
    """Return what was right and not returned, by its place in pre-order: discarded nodes, and candidates."""
    found = []
    for node_id, right in outcomes.right.items():
        row = tree.row_by_node.get(node_id)
        if row is None or tree.columns.flags[row] & ANSWER:
            continue
        if tree.columns.fate[row] == DISCARD or node_id in outcomes.candidates:
            found.append((tree.shape.place[row], Evidence(row, right)))
    return sorted(found, key=itemgetter(0))


def _strongest(evidence: list[tuple[int, Evidence]], start: int, end: int) -> Evidence | None:
    first = bisect_left(evidence, start, key=itemgetter(0))
    last = bisect_left(evidence, end, key=itemgetter(0))
    within = [each for _, each in evidence[first:last]]
    return min(within, key=lambda each: STRENGTH.index(each.right.basis), default=None)


def _groups(tree: Tree, paths: Sequence[Path]) -> dict[Cause, Group]:
    found: dict[Cause, Group] = {}
    given, written, cost = (tree.sums(name) for name in ("input", "output", "cost"))
    for path in paths:
        ordinal = tree.columns.ordinal[path.row]
        group = found.get(path.cause)
        if group is None:
            group = found[path.cause] = Group(cause=path.cause, first=ordinal)
        group.first = min(group.first, ordinal)
        group.paths += 1
        group.wrongly += path.evidence is not None
        group.nodes += path.end - path.start
        tokens = (given.between(path.start, path.end), written.between(path.start, path.end))
        group.tokens = add_known([group.tokens, *tokens])
        group.cost = add_known([group.cost, cost.between(path.start, path.end)])
    return dict(sorted(found.items(), key=lambda each: (-each[1].nodes, each[1].first)))


def _returned(tree: Tree, outcomes: Outcomes) -> bool | None:
    for row, flags in enumerate(tree.columns.flags):
        if flags & ANSWER:
            node_id = tree.columns.node_id[row]
            return (
                True if node_id in outcomes.right else False if node_id in outcomes.wrong else None
            )
    return None
