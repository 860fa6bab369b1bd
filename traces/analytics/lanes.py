"""What went on at the same time: intervals in lanes, and the gaps in which nothing did. Pure.

An interval is (start, end) in whole units of time and holds its start, not its end; one that is empty or turned round
lasts a single unit, so that it can be seen.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from heapq import heappop, heappush
from typing import NamedTuple

Interval = tuple[int, int]


class Gap(NamedTuple):
    """Nothing went on from `start` to `end`."""

    start: int
    end: int


def colour(intervals: Sequence[Interval]) -> list[int]:
    """Return a lane, from 0, for each interval: no two of one lane overlap.

    Greedy interval colouring: by start, then the longest first, each takes the lowest lane that is free. So there are
    as many lanes as intervals go on at once at the busiest moment, and no fewer would do.
    """
    lanes = [0] * len(intervals)
    busy: list[tuple[int, int]] = []
    free: list[int] = []
    used = 0
    for at in sorted(
        range(len(intervals)), key=lambda at: (intervals[at][0], -_end(intervals[at]))
    ):
        while busy and busy[0][0] <= intervals[at][0]:
            heappush(free, heappop(busy)[1])
        if free:
            lane = heappop(free)
        else:
            lane, used = used, used + 1
        lanes[at] = lane
        heappush(busy, (_end(intervals[at]), lane))
    return lanes


def find_gaps(intervals: Iterable[Interval], least: int) -> list[Gap]:
    """Return, in order, the gaps of at least `least` between the first start and the last end."""
    gaps: list[Gap] = []
    reached: int | None = None
    for start, end in sorted((start, _end((start, end))) for start, end in intervals):
        if reached is not None and start - reached >= least:
            gaps.append(Gap(reached, start))
        reached = end if reached is None else max(reached, end)
    return gaps


def _end(interval: Interval) -> int:
    return max(interval[1], interval[0] + 1)
