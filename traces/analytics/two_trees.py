"""Two trees aligned: which node of one is which of the other, and in what such a pair differs. Pure.

Nodes are paired from the top down: a node is paired with a node whose parent is its parent's pair, so nothing is paired
across levels, and all below a node that has no pair has none either (S. Selkow, "The tree-to-tree editing problem",
Information Processing Letters 6(6), 1977). Among children pairs keep the order: they are a longest common subsequence
of keys, as S. Chawathe and others align lists ("Change detection in hierarchically structured information", SIGMOD
1996), by ever looser keys: of a run and its replay first those that made the same call, then whole subtrees that are
the same in everything, then what the nodes say, then what they are. Where each tree has one root, the two are a pair
whatever they are.

Nothing recurses. Time grows with the nodes, and with the pairs of equal keys among siblings, of which at most
`WEIGHED_AT_MOST` are weighed in all; siblings beyond that are paired as the n-th with the n-th, and counted.
"""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from enum import IntFlag

from traces.analytics.aligned_tree import NOBODY, Aligned, measure
from traces.analytics.subsequence import common_order
from traces.analytics.tree import ROOT, Shape, children_of

WEIGHED_AT_MOST = 1_000_000
NOTHING = 0


class Fact(IntFlag):
    """In what two paired nodes can differ, a bit for each, in the order in which readers ask."""

    KIND = 1
    """Its kind, name or tool. Only roots are paired with such a difference."""
    MODEL = 2
    """The model that was called."""
    TEXT = 4
    """What its row shows of its text: the first 200 characters."""
    ANSWER = 8
    """Its answer, normalised where its source does so."""
    FATE = 16
    """Its fate, or the reason of it."""
    VERDICT = 32
    """The latest verdict on it."""
    ERROR = 64
    """Whether it failed with an error."""
    VALUE = 128
    """The number that a search gave it."""
    TOKENS = 256
    """Its own tokens, input and output."""
    COST = 512
    """Its own cost."""


AMOUNTS = Fact.TOKENS | Fact.COST
OF_SOURCES = Fact.MODEL | Fact.TEXT | Fact.VALUE | AMOUNTS
"""Facts that a source may leave out: where one side has none, nobody knows whether the two differ."""

BITS = tuple((fact.value, fact in OF_SOURCES) for fact in Fact)
"""Plain numbers: flags of an enum take ten times as long, for each of a million facts."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Side:
    """One of the two trees, with a value for each row and fact, and keys by which its nodes are told apart.

    `facts` holds a tuple per row, in the order of `Fact`, None for what is not recorded. `keys` are columns, the
    strictest first; a None in a column waits for the next one. `calls` goes before all of them, also before what is the
    same in everything: of a run and its replay the keys of calls, which say what was asked of whom.
    """

    shape: Shape
    facts: Sequence[tuple[Hashable, ...]]
    keys: Sequence[Sequence[Hashable]]
    calls: Sequence[Hashable] | None = None


def align(left: Side, right: Side, *, weighed_at_most: int = WEIGHED_AT_MOST) -> Aligned:
    """Return the two trees as one."""
    return _Aligner(left, right, weighed_at_most).aligned()


class _Aligner:
    """Lays the lines down in pre-order, from a stack of pairs that are still to be looked into."""

    def __init__(self, left: Side, right: Side, weighed_at_most: int) -> None:
        self._sides = left, right
        known: dict[Hashable, int] = {}
        self._prints = _prints(left, known), _prints(right, known)
        self._allowed = weighed_at_most
        self._by_order = 0
        self._left: list[int] = []
        self._right: list[int] = []
        self._changed: dict[int, tuple[int, int]] = {}

    def aligned(self) -> Aligned:
        roots = [children_of(side.shape, ROOT) for side in self._sides]
        stack = self._merged(*roots)[::-1]
        while stack:
            ours, theirs = stack.pop()
            if ours == NOBODY or theirs == NOBODY or self._is_same(ours, theirs):
                self._lay_whole(ours, theirs)
                continue
            self._lay_pair(ours, theirs)
            below = [
                children_of(side.shape, row) if side.shape.size[row] > 1 else []
                for side, row in zip(self._sides, (ours, theirs), strict=True)
            ]
            if below[0] or below[1]:
                stack.extend(reversed(self._merged(*below)))
        return self._gathered()

    def _is_same(self, ours: int, theirs: int) -> bool:
        return self._prints[0][ours] == self._prints[1][theirs]

    def _lay_whole(self, ours: int, theirs: int) -> None:
        """A subtree that is the same in both, or stands in one: in pre-order already."""
        rows = [
            _subtree(side.shape, row) for side, row in zip(self._sides, (ours, theirs), strict=True)
        ]
        count = max(map(len, rows))
        self._left += rows[0] or [NOBODY] * count
        self._right += rows[1] or [NOBODY] * count

    def _lay_pair(self, ours: int, theirs: int) -> None:
        told = _compare(self._sides[0].facts[ours], self._sides[1].facts[theirs])
        if told != (NOTHING, NOTHING):
            self._changed[len(self._left)] = told
        self._left.append(ours)
        self._right.append(theirs)

    def _merged(self, ours: list[int], theirs: list[int]) -> list[tuple[int, int]]:
        """Return siblings in one order: pairs, and between them those of the left alone before those of the right."""
        found: list[tuple[int, int]] = []
        at, other = 0, 0
        for one, two in [*self._paired(ours, theirs), (len(ours), len(theirs))]:
            found += [(row, NOBODY) for row in ours[at:one]]
            found += [(NOBODY, row) for row in theirs[other:two]]
            if one < len(ours):
                found.append((ours[one], theirs[two]))
            at, other = one + 1, two + 1
        return found

    def _paired(self, ours: list[int], theirs: list[int]) -> list[tuple[int, int]]:
        """Return the pairs among siblings as places in the two lists, in order."""
        if not ours or not theirs:
            return []
        pairs = self._roots(ours, theirs)
        for column, other in zip(*(self._columns(side) for side in (0, 1)), strict=True):
            pairs += [
                (start + one, begin + two)
                for start, end, begin, stop in _gaps(pairs, len(ours), len(theirs))
                for one, two in self._common(
                    [column[row] for row in ours[start:end]],
                    [other[row] for row in theirs[begin:stop]],
                )
            ]
            pairs.sort()
        return pairs

    def _roots(self, ours: list[int], theirs: list[int]) -> list[tuple[int, int]]:
        parents = [side.shape.parent for side in self._sides]
        if parents[0][ours[0]] >= 0:
            return []
        own = [
            [at for at, row in enumerate(rows) if parent[row] == ROOT]
            for rows, parent in zip((ours, theirs), parents, strict=True)
        ]
        return [(own[0][0], own[1][0])] if len(own[0]) == len(own[1]) == 1 else []

    def _columns(self, side: int) -> list[Sequence[Hashable]]:
        told = self._sides[side]
        calls = [] if told.calls is None else [told.calls]
        return [*calls, self._prints[side], *told.keys]

    def _common(self, ours: list[Hashable], theirs: list[Hashable]) -> list[tuple[int, int]]:
        found = common_order(ours, theirs, allowed=self._allowed)
        self._allowed -= found.weighed
        if not found.is_longest:
            self._by_order += max(len(ours), len(theirs))
        return found.pairs

    def _gathered(self) -> Aligned:
        shapes = [side.shape for side in self._sides]
        depth = [
            shapes[0].depth[ours] if ours != NOBODY else shapes[1].depth[theirs]
            for ours, theirs in zip(self._left, self._right, strict=True)
        ]
        differ, untold = [NOTHING] * len(depth), [NOTHING] * len(depth)
        for line, told in self._changed.items():
            differ[line], untold[line] = told
        return Aligned(
            left=self._left,
            right=self._right,
            depth=depth,
            size=measure(depth),
            differ=differ,
            untold=untold,
            by_order=self._by_order,
        )


def _prints(side: Side, known: dict[Hashable, int]) -> list[int]:
    """Return a number for each subtree; the same number is the same facts in the same shape."""
    shape = side.shape
    found = [0] * len(shape.order)
    below: dict[int, list[int]] = {}
    for row in reversed(shape.order):
        # A tuple of facts is longer than the pair that stands for a tree, so no leaf is taken for one.
        number = known.setdefault(side.facts[row], len(known))
        if shape.size[row] > 1:
            number = known.setdefault((number, tuple(reversed(below.pop(row)))), len(known))
        found[row] = number
        if shape.parent[row] >= 0:
            below.setdefault(shape.parent[row], []).append(number)
    return found


def _subtree(shape: Shape, row: int) -> Sequence[int]:
    if row == NOBODY:
        return ()
    start = shape.place[row]
    return shape.order[start : start + shape.size[row]]


def _compare(ours: tuple[Hashable, ...], theirs: tuple[Hashable, ...]) -> tuple[int, int]:
    """Return the facts that differ, and those that only one of the two records."""
    differ, untold = NOTHING, NOTHING
    for (bit, may_lack), one, two in zip(BITS, ours, theirs, strict=True):
        if one == two:
            continue
        if may_lack and (one is None or two is None):
            untold |= bit
        else:
            differ |= bit
    return differ, untold


def _gaps(
    pairs: Sequence[tuple[int, int]], ours: int, theirs: int
) -> list[tuple[int, int, int, int]]:
    """Return the stretches between pairs in which both sides have somebody."""
    found = []
    at, other = 0, 0
    for one, two in [*pairs, (ours, theirs)]:
        if at < one and other < two:
            found.append((at, one, other, two))
        at, other = one + 1, two + 1
    return found
