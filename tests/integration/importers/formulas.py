"""The published formulas that no page shows yet, to compute from stored rows. Sources: see each."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from math import exp, log

Calibrated = tuple[float, bool]
"""A stated or derived confidence, 0 to 1, and whether what it was stated of is right."""


def calibration_error(told: Sequence[Calibrated], bins: int = 10) -> float:
    """Return the expected calibration error over bins of equal width (Guo et al. 2017, arXiv 1706.04599)."""
    found = 0.0
    for number in range(bins):
        inside = [each for each in told if min(int(each[0] * bins), bins - 1) == number]
        if inside:
            confidence = sum(share for share, _ in inside) / len(inside)
            accuracy = sum(right for _, right in inside) / len(inside)
            found += len(inside) / len(told) * abs(accuracy - confidence)
    return found


def brier_score(told: Sequence[Calibrated]) -> float:
    """Return the mean squared distance of confidence and truth (Brier 1950)."""
    return sum((share - right) ** 2 for share, right in told) / len(told)


def gini(amounts: Iterable[float]) -> float:
    """Return the Gini coefficient of some amounts: 0 when all are equal."""
    ordered = sorted(amounts)
    weighted = sum(place * amount for place, amount in enumerate(ordered, 1))
    return 2 * weighted / (len(ordered) * sum(ordered)) - (len(ordered) + 1) / len(ordered)


def auc(scored: Iterable[tuple[float, bool]]) -> float | None:
    """Return the chance that a right one scores higher than a wrong one, ties half; None without both."""
    told = list(scored)
    right = [score for score, is_right in told if is_right]
    wrong = [score for score, is_right in told if not is_right]
    if not right or not wrong:
        return None
    won = sum((a > b) + (a == b) / 2 for a in right for b in wrong)
    return won / (len(right) * len(wrong))


def coverage_law(coverage: Sequence[float]) -> tuple[float, float]:
    """Return a and b of ln c = a·k^b, by least squares on ln(−ln c), k = 1, 2, … (Brown et al. 2024, 2407.21787)."""
    points = [(log(k), log(-log(c))) for k, c in enumerate(coverage, 1)]
    mean_x = sum(x for x, _ in points) / len(points)
    mean_y = sum(y for _, y in points) / len(points)
    slope = sum((x - mean_x) * (y - mean_y) for x, y in points) / sum(
        (x - mean_x) ** 2 for x, _ in points
    )
    return -exp(mean_y - slope * mean_x), slope
