"""Of which discarded branch each node is part: of the topmost one, so that nothing is counted twice. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

ROOT = -1
"""Above a node that names no parent, or one that is not there."""


def branch_of(parents: Mapping[int, int], discarded: Sequence[int]) -> dict[int, int]:
    """Return for each node under a discarded one, itself included, the topmost discarded node above it.

    `parents` gives each node's parent, or `ROOT`; nodes that name each other as parents are under what they reach
    first. Each node is looked at once, however deep the tree is.
    """
    gone = set(discarded)
    top: dict[int, int | None] = {ROOT: None}
    for node in parents:
        way: list[int] = []
        at = node
        while at not in top and at in parents:
            top[at] = None  # a ring ends where it began
            way.append(at)
            at = parents[at]
        above = top.get(at)
        for each in reversed(way):
            above = above if above is not None else (each if each in gone else None)
            top[each] = above
    return {node: branch for node, branch in top.items() if branch is not None}
