"""Calibration from bins that were added up elsewhere. Pure; the same as `traces.analytics.calibration` of the rows."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from math import fsum
from typing import NamedTuple

from traces.analytics.undefined import Estimate, Undefined

BINS = 10
Miss = tuple[int, float]
"""Of a run: the number of its bin, and its confidence less 1 where it is right: what a thousand draws add up."""


class Bin(NamedTuple):
    """What falls into one bin of confidence, [number/10, (number + 1)/10), the last with its end.

    Sums over its `runs`: of confidence, of those that are right, of the squared distance of the two.
    """

    number: int
    runs: int
    confidence: float
    right: int
    squares: float

    @property
    def mean_confidence(self) -> float:
        """What was said."""
        return self.confidence / self.runs

    @property
    def accuracy(self) -> float:
        """What was so."""
        return self.right / self.runs


def error_of_bins(bins: Sequence[Bin]) -> Estimate:
    """Return the expected calibration error, 0 to 1; undefined of nothing."""
    count = sum(each.runs for each in bins)
    if not count:
        return Undefined.NO_SAMPLES
    return fsum(abs(each.confidence - each.right) for each in bins) / count


def brier_of_bins(bins: Sequence[Bin]) -> Estimate:
    """Return the mean squared distance of confidence and truth, 0 to 1; undefined of nothing."""
    count = sum(each.runs for each in bins)
    return fsum(each.squares for each in bins) / count if count else Undefined.NO_SAMPLES


def error_of_tasks(tasks: Iterable[Sequence[Miss]]) -> Estimate:
    """Return the expected calibration error of the runs of tasks."""
    count, off = 0, [0.0] * BINS
    for task in tasks:
        for number, distance in task:
            off[number] += distance
            count += 1
    return fsum(map(abs, off)) / count if count else Undefined.NO_SAMPLES


def brier_of_tasks(tasks: Iterable[Sequence[Miss]]) -> Estimate:
    """Return the Brier score of the runs of tasks."""
    count, squares = 0, 0.0
    for task in tasks:
        for _, distance in task:
            squares += distance * distance
            count += 1
    return squares / count if count else Undefined.NO_SAMPLES
