"""Lanes and gaps: no two of one lane overlap, and no fewer lanes would do."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from traces.analytics.lanes import Interval, colour, find_gaps

INTERVALS = st.lists(
    st.tuples(st.integers(0, 40), st.integers(0, 12)).map(lambda pair: (pair[0], sum(pair))),
    max_size=40,
)


def moments(interval: Interval) -> range:
    return range(interval[0], max(interval[1], interval[0] + 1))


def test_it_works() -> None:
    assert colour([(0, 10), (2, 4), (4, 6), (3, 5), (10, 12)]) == [0, 1, 1, 2, 0]
    assert find_gaps([(0, 2), (1, 5), (9, 10)], least=3) == [(5, 9)]


def test_what_lasts_no_time_is_seen_beside_what_does() -> None:
    assert colour([(3, 3), (3, 3), (4, 3)]) == [0, 1, 0]


@given(INTERVALS)
def test_two_of_one_lane_never_overlap(intervals: list[Interval]) -> None:
    taken: set[tuple[int, int]] = set()
    for interval, lane in zip(intervals, colour(intervals), strict=True):
        here = {(lane, moment) for moment in moments(interval)}
        assert not here & taken
        taken |= here


@given(INTERVALS)
def test_there_are_as_many_lanes_as_go_on_at_once(intervals: list[Interval]) -> None:
    at_once = max(
        (sum(moment in moments(each) for each in intervals) for moment in range(60)), default=0
    )
    assert max(colour(intervals), default=-1) + 1 == at_once


@given(INTERVALS, st.integers(1, 6))
def test_gaps_are_just_when_nothing_went_on(intervals: list[Interval], least: int) -> None:
    busy = {moment for each in intervals for moment in moments(each)}
    idle = set(range(min(busy), max(busy))) - busy if busy else set()
    gaps = find_gaps(intervals, least)
    found = [set(range(gap.start, gap.end)) for gap in gaps]
    assert set().union(*found) <= idle
    assert all(gap.end - gap.start >= least for gap in gaps)
    left = idle - set().union(*found)
    assert not any(set(range(at, at + least)) <= left for at in left)
