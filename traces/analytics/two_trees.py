"""Two trees aligned: which node of one is which of the other, and in what such a pair differs. Pure.

Nodes are paired from the top down: a node is paired with a node whose parent is its parent's pair, so nothing is paired
across levels, and all below a node that has no pair has none either (S. Selkow, "The tree-to-tree editing problem",
Information Processing Letters 6(6), 1977). Among children pairs keep the order: they are a longest common subsequence
of keys, as S. Chawathe and others align lists ("Change detection in hierarchically structured information", SIGMOD
1996), by ever looser keys: first whole subtrees that are the same in everything, then what the nodes say, then what
they are. Where each tree has one root, the two are a pair whatever they are.

Nothing recurses. Time grows with the nodes, and with the pairs of equal keys among siblings, of which at most
`WEIGHED_AT_MOST` are weighed in all; siblings beyond that are paired as the n-th with the n-th, and counted.
"""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from dataclasses import dataclass, field
from enum import IntFlag
from itertools import accumulate

from traces.analytics.common_order import common_order
from traces.analytics.tree import ROOT, Shape, children_of

WEIGHED_AT_MOST = 1_000_000
NOBODY = -1
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


FACTS = tuple(Fact)
AMOUNTS = Fact.TOKENS | Fact.COST
OF_SOURCES = Fact.MODEL | Fact.TEXT | Fact.VALUE | AMOUNTS
"""Facts that a source may leave out: where one side has none, nobody knows whether the two differ."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Side:
    """One of the two trees, with a value for each row and fact, and keys by which its nodes are told apart.

    `facts` holds a tuple per row, in the order of `Fact`, None for what is not recorded. `keys` are columns, the
    strictest first; a None in a column waits for the next one. Replayed calls may have a stricter key than any here
    (what was asked of which model): such a column goes before the others.
    """

    shape: Shape
    facts: Sequence[tuple[Hashable, ...]]
    keys: Sequence[Sequence[Hashable]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Aligned:
    """The lines of both trees together, in pre-order: parents first, pairs where they stand in both.

    Per line: the `left` and `right` row, NOBODY where a tree has none; `depth`, `size` of the subtree in lines;
    `differ` the facts that differ (`Fact`), `untold` those that only one side records. `by_order` counts the siblings
    that were paired as the n-th with the n-th, since there were too many alike.
    """

    left: list[int]
    right: list[int]
    depth: list[int]
    size: list[int]
    differ: list[int]
    untold: list[int]
    by_order: int
    _totals: list[list[int]] = field(default_factory=list)

    def is_parted(self, line: int) -> bool:
        """Whether a line differs in anything, or stands on one side alone."""
        return bool(self.differ[line]) or self.is_alone(line)

    def is_alone(self, line: int) -> bool:
        """Whether one of the trees has no such node."""
        return self.left[line] == NOBODY or self.right[line] == NOBODY

    def count(self, start: int, end: int) -> Tally:
        """Return how many lines of a stretch are what."""
        if not self._totals:
            self._totals.extend(_running_totals(self))
        same, changed, left, right, untold = (each[end] - each[start] for each in self._totals)
        return Tally(same=same, changed=changed, left=left, right=right, untold=untold)

    def of_left(self) -> dict[int, int]:
        """Return row of the left tree → its line."""
        return {row: line for line, row in enumerate(self.left) if row != NOBODY}

    def of_right(self) -> dict[int, int]:
        """Return row of the right tree → its line."""
        return {row: line for line, row in enumerate(self.right) if row != NOBODY}


@dataclass(frozen=True, slots=True, kw_only=True)
class Tally:
    """Lines by what they are. `untold` are pairs of which something is recorded on one side only; others are `same`."""

    same: int
    changed: int
    left: int
    right: int
    untold: int

    @property
    def parted(self) -> int:
        """Lines that differ at all."""
        return self.changed + self.left + self.right


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
            below = self._merged(
                children_of(self._sides[0].shape, ours), children_of(self._sides[1].shape, theirs)
            )
            stack.extend(reversed(below))
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
        return [self._prints[side], *self._sides[side].keys]

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
            size=_sizes(depth),
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
        under = below.pop(row, None)
        key = (side.facts[row], tuple(reversed(under)) if under else ())
        number = known.setdefault(key, len(known))
        found[row] = number
        if shape.parent[row] >= 0:
            below.setdefault(shape.parent[row], []).append(number)
    return found


def _subtree(shape: Shape, row: int) -> list[int]:
    if row == NOBODY:
        return []
    start = shape.place[row]
    return shape.order[start : start + shape.size[row]]


def _compare(ours: tuple[Hashable, ...], theirs: tuple[Hashable, ...]) -> tuple[int, int]:
    """Return the facts that differ, and those that only one of the two records."""
    differ, untold = NOTHING, NOTHING
    for fact, one, two in zip(FACTS, ours, theirs, strict=True):
        if one == two:
            continue
        if fact & OF_SOURCES and (one is None or two is None):
            untold |= fact.value
        else:
            differ |= fact.value
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


def _sizes(depth: Sequence[int]) -> list[int]:
    """Return how many lines each subtree has: up to the next line that is no deeper."""
    size = [0] * len(depth)
    open_lines: list[int] = []
    for line, level in enumerate(depth):
        while open_lines and depth[open_lines[-1]] >= level:
            begun = open_lines.pop()
            size[begun] = line - begun
        open_lines.append(line)
    for begun in open_lines:
        size[begun] = len(depth) - begun
    return size


def _running_totals(aligned: Aligned) -> list[list[int]]:
    kinds = [
        (
            not differ and NOBODY not in (ours, theirs),
            bool(differ),
            theirs == NOBODY,
            ours == NOBODY,
            bool(untold) and not differ,
        )
        for ours, theirs, differ, untold in zip(
            aligned.left, aligned.right, aligned.differ, aligned.untold, strict=True
        )
    ]
    columns = zip(*kinds, strict=True) if kinds else ((),) * 5
    return [list(accumulate(column, initial=0)) for column in columns]
