"""Where two aligned runs part first, in the order of time. Pure.

Each run has a clock of its own, and seconds of one say nothing of the other: a slower run is not a different one. So
each is followed by itself, up to the first of its nodes that the other has not or has otherwise; whichever comes after
fewer nodes that are the same in both is where they part. A node that stands on one side alone parts them when it
begins, one that differs when it is over: what it said is known then. Tokens and money alone part nobody.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass

from traces.analytics.two_trees import AMOUNTS, NOBODY, Aligned


@dataclass(frozen=True, slots=True, kw_only=True)
class Moments:
    """When each row of one run began and was over, on one clock of that run."""

    begun: Sequence[int]
    over: Sequence[int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Divergence:
    """The first place where two runs part: the line of each, and how many nodes that are the same went before.

    Both lines are one where a pair differs. Else one side went on with what the other has not; the other's line is what
    it did in its place, or None where nothing of it is its own.
    """

    left: int | None
    right: int | None
    alike: int


@dataclass(frozen=True, slots=True)
class _Parting:
    """Where one run leaves the other: a line, and how many nodes that are the same began before."""

    line: int
    alike: int


def find_divergence(aligned: Aligned, left: Moments, right: Moments) -> Divergence | None:
    """Return where the two part first, None where they differ in nothing but amounts."""
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
        at = moments.begun[row] if aligned.is_alone(line) else moments.over[row]
        if first is None or at < first[0]:
            first = at, line
    if first is None:
        return None
    same = sorted(
        moments.begun[row]
        for line, row in enumerate(rows)
        if row != NOBODY and not aligned.is_parted(line)
    )
    return _Parting(first[1], bisect_left(same, first[0]))


def _parts(aligned: Aligned, line: int) -> bool:
    return aligned.is_alone(line) or bool(aligned.differ[line] & ~AMOUNTS.value)


def _own(aligned: Aligned, parting: _Parting | None, other: Sequence[int]) -> int | None:
    """Return the line of a parting where it stands on this side alone."""
    return parting.line if parting is not None and other[parting.line] == NOBODY else None
