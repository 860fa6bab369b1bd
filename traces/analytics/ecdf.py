"""The empirical distribution of a sample, exactly. Pure.

F(v) is the share of observations that are at most v. The quantile of p is its inverse, the least observation v with
F(v) ≥ p (definition 1 of Hyndman and Fan, The American Statistician 50, 1996): always a value that was observed, never
one between two.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from fractions import Fraction
from typing import NamedTuple, TypeVar

Number = TypeVar("Number")


class Step(NamedTuple):
    """At `value` the distribution has risen to `share`."""

    value: float
    share: float


def quantile(ascending: Sequence[Number], p: Fraction) -> Number:
    """Return the least observation that at least the share `p` (0 < p ≤ 1) is at most. Raises ValueError for no sample.

    `p` is a fraction: 0.95 as a float lies beside ninety-five hundredths, and would pick the wrong one of twenty.
    """
    if not ascending:
        raise ValueError("no quantile of nothing")
    if not 0 < p <= 1:
        raise ValueError("a quantile is asked for by a share above 0 and at most 1")
    rank = -(-p.numerator * len(ascending) // p.denominator)
    return ascending[rank - 1]


def steps(ascending: Sequence[float], at_most: int = 1000) -> list[Step]:
    """Return the corners of F, one for each distinct value, in ascending order.

    Where there would be more than `at_most`, only those at evenly spaced ranks are: each is exact, and between two of
    them F rises by no more than 1/`at_most` or at one value alone. The last has share 1.
    """
    count = len(ascending)
    ranks = (
        range(1, count + 1)
        if count <= at_most
        else (-(-count * each // at_most) for each in range(1, at_most + 1))
    )
    values = dict.fromkeys(ascending[rank - 1] for rank in ranks)
    return [Step(value, bisect_right(ascending, value) / count) for value in values]
