"""Where two aligned runs part first, in the order of time. Pure.

Each run has a clock of its own, and seconds of one say nothing of the other: a slower run is not a different one. So
each is followed by itself, up to the first of its nodes that the other has not or has otherwise; whichever comes after
fewer nodes that part nobody is where they part. A node that stands on one side alone parts them when it
begins, one that differs when that is known: what was said when it is over, its fate and verdict when they were given.
Tokens and money part nobody, nor does the value that a search gives a node: it changes as long as the search goes on.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass

from traces.analytics.aligned_tree import NOBODY, Aligned
from traces.analytics.two_trees import AMOUNTS, Fact

SAID = (Fact.KIND | Fact.MODEL | Fact.TEXT | Fact.ANSWER | Fact.ERROR).value
PARTS_NOBODY = (AMOUNTS | Fact.VALUE).value


@dataclass(frozen=True, slots=True, kw_only=True)
class Moments:
    """When each row of one run began, was over, had its fate decided and was judged, on one clock of that run."""

    begun: Sequence[int]
    over: Sequence[int]
    decided: Sequence[int]
    judged: Sequence[int]

    def known(self, row: int, differ: int) -> int:
        """Return when the first of the facts that differ was known."""
        found = [
            moments[row]
            for facts, moments in (
                (SAID, self.over),
                (Fact.FATE.value, self.decided),
                (Fact.VERDICT.value, self.judged),
            )
            if differ & facts
        ]
        return min(found)


@dataclass(frozen=True, slots=True, kw_only=True)
class Divergence:
    """The first place where two runs part: the line of each, and how many nodes that part nobody went before.

    Both lines are one where a pair differs. Else one side went on with what the other has not; the other's line is what
    it did in its place, or None where nothing of it is its own.
    """

    left: int | None
    right: int | None
    alike: int


@dataclass(frozen=True, slots=True)
class _Parting:
    """Where one run leaves the other: a line, and how many nodes that part nobody began before."""

    line: int
    alike: int


def find_divergence(aligned: Aligned, left: Moments, right: Moments) -> Divergence | None:
    """Return where the two part first, None where they differ in nothing that parts."""
    ours = _parting(aligned, aligned.left, left)
    theirs = _parting(aligned, aligned.right, right)
    if ours is None and theirs is None:
        return None
    first = min((each for each in (ours, theirs) if each), key=lambda each: each.alike)
    if not aligned.is_alone(first.line):
        return Divergence(left=first.line, right=first.line, alike=first.alike)
    return Divergence(
        left=_own(aligned, ours, aligned.right),
        right=_own(aligned, theirs, aligned.left),
        alike=first.alike,
    )


def _parting(aligned: Aligned, rows: Sequence[int], moments: Moments) -> _Parting | None:
    first: tuple[int, int] | None = None
    for line, row in enumerate(rows):
        if row == NOBODY or not _parts(aligned, line):
            continue
        is_alone = aligned.is_alone(line)
        at = moments.begun[row] if is_alone else moments.known(row, aligned.differ[line])
        if first is None or at < first[0]:
            first = at, line
    if first is None:
        return None
    same = sorted(
        moments.begun[row]
        for line, row in enumerate(rows)
        if row != NOBODY and not _parts(aligned, line)
    )
    return _Parting(first[1], bisect_left(same, first[0]))


def _parts(aligned: Aligned, line: int) -> bool:
    return aligned.is_alone(line) or bool(aligned.differ[line] & ~PARTS_NOBODY)


def _own(aligned: Aligned, parting: _Parting | None, other: Sequence[int]) -> int | None:
    """Return the line of a parting where it stands on this side alone."""
    return parting.line if parting is not None and other[parting.line] == NOBODY else None
