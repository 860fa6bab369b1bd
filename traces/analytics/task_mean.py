"""The mean of a share over tasks, and how sure it is that other tasks of the kind would have it too. Pure.

Tasks are the units: answers to one task are alike, so that a hundred of them tell less than a hundred tasks. The
interval is Wilson's (1927) with the effective number of outcomes in place of their number: p·(1 − p) over the variance
of the mean of the tasks' shares (Kish 1965, "Survey Sampling", design effect; Dean and Pagano 2015, "Evaluating
Confidence Interval Methods for Binomial Proportions in Clustered Surveys", Journal of Survey Statistics and Methodology
3). Where each task is right or wrong it is Wilson's of the tasks. Nothing is drawn at random.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import fsum

from traces.analytics.undefined import Undefined
from traces.analytics.wilson import Interval, interval_around

SMALLEST_SPREAD = 1e-12
"""Less than that is the last digits of a sum."""


@dataclass(frozen=True, slots=True)
class TaskMean:
    """The mean over `tasks`, 0 to 1, of so many outcomes in all, and its interval, 95 in 100."""

    mean: float
    interval: Interval
    tasks: int
    outcomes: int


def mean_over_tasks(shares: Sequence[float], outcomes: int | None = None) -> TaskMean | Undefined:
    """Return the mean of the tasks' shares, each 0 to 1; `outcomes` is how many were counted in all, at least one each.

    No more is claimed than that so many independent outcomes tell. Undefined without tasks.
    """
    if not shares:
        return Undefined.NO_SAMPLES
    count = len(shares)
    mean = fsum(shares) / count
    most = max(count, outcomes or count)
    interval = interval_around(min(1.0, mean), _effective(shares, mean, most))
    return TaskMean(mean, interval, count, most)


def _effective(shares: Sequence[float], mean: float, most: int) -> float:
    count = len(shares)
    if count == 1:
        return float(most)
    if mean * (1 - mean) < SMALLEST_SPREAD:
        return float(count)
    spread = fsum((share - mean) ** 2 for share in shares) / count
    if spread < SMALLEST_SPREAD:
        return float(most)
    return min(float(most), mean * (1 - mean) * count / spread)
