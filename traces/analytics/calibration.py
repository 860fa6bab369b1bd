"""Whether confidence can be believed: the expected calibration error and the Brier score.

Guo et al. 2017, "On Calibration of Modern Neural Networks" (arXiv 1706.04599): bins of equal width, [k/10, (k+1)/10),
the last with its end. Brier 1950, "Verification of forecasts expressed in terms of probability".
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import fsum

from traces.analytics.undefined import Estimate, Undefined

Calibrated = tuple[float, bool]
"""A confidence, 0 to 1, stated or derived, and whether what it was of is right."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Bin:
    """What was told with a confidence in [number/bins, (number + 1)/bins).

    So much (`count`), with confidences that come to so much together, so many `right`.
    """

    number: int
    count: int
    confidence: float
    right: int


def bin_up(told: Sequence[Calibrated], bins: int = 10) -> list[Bin]:
    """Return the bins that hold anything, in order."""
    found: dict[int, list[Calibrated]] = {}
    for each in told:
        found.setdefault(min(int(each[0] * bins), bins - 1), []).append(each)
    return [
        Bin(
            number=number,
            count=len(inside),
            confidence=fsum(confidence for confidence, _ in inside),
            right=sum(right for _, right in inside),
        )
        for number, inside in sorted(found.items())
    ]


def error_of_bins(bins: Iterable[Bin]) -> Estimate:
    """Return the mean distance of confidence and accuracy in these bins, 0 to 1; undefined of nothing."""
    held = [each for each in bins if each.count]
    if not held:
        return Undefined.NO_SAMPLES
    distance = fsum(abs(each.confidence - each.right) for each in held)
    return distance / sum(each.count for each in held)


def calibration_error(told: Sequence[Calibrated], bins: int = 10) -> Estimate:
    """Return the mean distance of confidence and accuracy in bins, 0 to 1; undefined of nothing."""
    return error_of_bins(bin_up(told, bins))


def brier_score(told: Sequence[Calibrated]) -> Estimate:
    """Return the mean squared distance of confidence and truth, 0 to 1; undefined of nothing."""
    if not told:
        return Undefined.NO_SAMPLES
    return fsum((confidence - right) ** 2 for confidence, right in told) / len(told)
