"""Two trees as one: its lines, what they are, and how many are what. Pure."""

from __future__ import annotations

from array import array
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import accumulate

NOBODY = -1


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
    _totals: list[array[int]] = field(default_factory=list)

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


def measure(depth: Sequence[int]) -> list[int]:
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


def _running_totals(aligned: Aligned) -> list[array[int]]:
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
    return [array("q", accumulate(column, initial=0)) for column in columns]
