"""Whether confidence can be believed: the expected calibration error and the Brier score.

Guo et al. 2017, "On Calibration of Modern Neural Networks" (arXiv 1706.04599): bins of equal width, [k/10, (k+1)/10),
the last with its end. Brier 1950, "Verification of forecasts expressed in terms of probability".
"""

from __future__ import annotations

from collections.abc import Sequence
from math import fsum

from traces.analytics.undefined import Estimate, Undefined

Calibrated = tuple[float, bool]
"""A confidence, 0 to 1, stated or derived, and whether what it was of is right."""


def calibration_error(told: Sequence[Calibrated], bins: int = 10) -> Estimate:
    """Return the mean distance of confidence and accuracy in bins, 0 to 1; undefined of nothing."""
    if not told:
        return Undefined.NO_SAMPLES
    found = []
    for number in range(bins):
        inside = [each for each in told if min(int(each[0] * bins), bins - 1) == number]
        found.append(abs(fsum(confidence - right for confidence, right in inside)))
    return fsum(found) / len(told)


def brier_score(told: Sequence[Calibrated]) -> Estimate:
    """Return the mean squared distance of confidence and truth, 0 to 1; undefined of nothing."""
    if not told:
        return Undefined.NO_SAMPLES
    return fsum((confidence - right) ** 2 for confidence, right in told) / len(told)
