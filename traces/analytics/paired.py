"""Two ways of answering on the same questions: what the second bought over the first. Pure.

Each question counts once, however often it was asked: per question the share that is right of each, and their
difference (a paired design; Dror et al. 2018, "The Hitchhiker's Guide to Testing Statistical Significance in NLP").
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import fsum, sqrt

from traces.analytics.resampling import interval_over_tasks
from traces.analytics.undefined import Estimate, Undefined
from traces.analytics.wilson import NINETY_FIVE, Interval

MOST_DRAWN = 1_000
"""Questions over which an interval is drawn; beyond that the mean is as good as normal, and its formula is used."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Paired:
    """Of `questions` that both were asked: the mean share of each, their difference, second less first, its interval.

    `better` and `worse` count the questions on which the second has the greater or the smaller share.
    """

    questions: int
    first: Estimate
    second: Estimate
    gain: Estimate
    interval: Interval | Undefined
    better: int
    worse: int


def compare_paired(shares: Sequence[tuple[float, float]]) -> Paired:
    """Return the comparison of (first, second) shares, 0 to 1, one pair for each question; undefined of nothing."""
    gains = [second - first for first, second in shares]
    return Paired(
        questions=len(gains),
        first=_mean([first for first, _ in shares]),
        second=_mean([second for _, second in shares]),
        gain=_mean(gains),
        interval=_interval(gains),
        better=sum(gain > 0 for gain in gains),
        worse=sum(gain < 0 for gain in gains),
    )


def _interval(gains: Sequence[float]) -> Interval | Undefined:
    if len(gains) <= MOST_DRAWN:
        return interval_over_tasks(gains, _mean)
    mean = fsum(gains) / len(gains)
    spread = fsum((gain - mean) ** 2 for gain in gains) / (len(gains) - 1)
    reach = NINETY_FIVE * sqrt(spread / len(gains))
    return Interval(mean - reach, mean + reach)


def _mean(gains: Sequence[float]) -> Estimate:
    return fsum(gains) / len(gains) if gains else Undefined.NO_SAMPLES
