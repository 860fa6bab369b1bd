"""The chance that an amount of one kind exceeds one of another, from the sum of ranks, and how sure that is. Pure.

Mann and Whitney 1947, "On a test of whether one of two random variables is stochastically larger than the other": a
database ranks a million rows and hands over three numbers. The same as `traces.analytics.separation.auc`, which ranks
them itself. The standard error is that of Hanley and McNeil 1982, "The meaning and use of the area under a receiver
operating characteristic (ROC) curve", Radiology 143, formulas 1 and 2; it takes the observations as independent.
"""

from __future__ import annotations

from math import sqrt

from traces.analytics.undefined import Estimate, Undefined
from traces.analytics.wilson import NINETY_FIVE, Interval


def auc_of_ranks(right: int, wrong: int, twice_ranks: int) -> Estimate:
    """Return the area, 0 to 1; undefined where all are right, or all are wrong.

    `twice_ranks` is twice the sum of the ranks of those that are right, from 1 in ascending order, equal ones at their
    middle: twice, so that it is a whole number.
    """
    if not right + wrong:
        return Undefined.NO_SAMPLES
    if not right or not wrong:
        return Undefined.ONE_CLASS
    return (twice_ranks - right * (right + 1)) / (2 * right * wrong)


def auc_interval(area: Estimate, right: int, wrong: int) -> Interval | Undefined:
    """Return where the area of another sample like this one would lie, 95 in 100; undefined where the area is."""
    if isinstance(area, Undefined):
        return area
    one, two = area / (2 - area), 2 * area * area / (1 + area)
    spread = (
        area * (1 - area) + (right - 1) * (one - area * area) + (wrong - 1) * (two - area * area)
    )
    reach = NINETY_FIVE * sqrt(max(0.0, spread) / (right * wrong))
    return Interval(max(0.0, area - reach), min(1.0, area + reach))
