"""How sure a share is that was counted.

Wilson 1927, "Probable Inference, the Law of Succession, and Statistical Inference", JASA 22: the interval of all shares
that would have led to a count like this one. ToT's 69 of 100 is [59.4, 77.2] % by it.
"""

from __future__ import annotations

from math import sqrt
from typing import NamedTuple

from traces.analytics.undefined import Undefined

NINETY_FIVE = 1.959963984540054
"""The quantile of the normal distribution for 95 of 100."""


class Interval(NamedTuple):
    """From `low` to `high`, both included, 0 to 1."""

    low: float
    high: float


def wilson(right: float, of: float, z: float = NINETY_FIVE) -> Interval | Undefined:
    """Return the interval of a share; undefined of nothing. Raises ValueError unless 0 ≤ right ≤ of.

    Counts need not be whole: those of clusters are what they are worth (traces.analytics.clustered_share).
    """
    if not 0 <= right <= of:
        raise ValueError(f"no {right} of {of}")
    if of == 0:
        return Undefined.NO_SAMPLES
    return interval_around(right / of, of, z)


def interval_around(share: float, count: float, z: float = NINETY_FIVE) -> Interval:
    """Return the interval of a share, 0 to 1, of `count` outcomes, which need be no whole number."""
    spread = z * z / count
    middle = share + spread / 2
    reach = z * sqrt(share * (1 - share) / count + spread / (4 * count))
    # None and all are within their intervals, exactly: rounding would leave a hair between them.
    low = (middle - reach) / (1 + spread) if share > 0 else 0.0
    high = (middle + reach) / (1 + spread) if share < 1 else 1.0
    return Interval(max(0.0, low), min(1.0, high))
