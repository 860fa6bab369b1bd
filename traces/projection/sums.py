"""Bringing a run's sums up to what one of its nodes says now."""

from __future__ import annotations

from traces.projection.reach import Key, Reach
from traces.projection.tally import NOTHING, judge, move, tally


def move_sums(reach: Reach, key: Key) -> None:
    """Judge whether the node's amounts count, and move its run's sums by what that changes."""
    node = reach.nodes[key]
    judge(node)
    before, after = reach.before.get(key, NOTHING), tally(node)
    if after != before:
        move(reach.runs[key[0]], before, after)
        reach.before[key] = after
