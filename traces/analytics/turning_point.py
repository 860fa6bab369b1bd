"""Where more compute begins to make it worse: the top of a curve, if it falls after it. Pure.

Stroebl et al. 2024, "Inference Scaling fLaws" (arXiv 2411.17501): with a verifier that errs, the best number of samples
is finite, and often small.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from traces.analytics.undefined import Estimate, Undefined

SMALLEST_FALL = 1e-9
"""Less than that is the last digits of a sum."""


@dataclass(frozen=True, slots=True)
class TurningPoint:
    """The first point with the greatest value, and the value at the end of the curve, which is lower."""

    at: int
    best: float
    end: float


def turning_point(curve: Iterable[tuple[int, Estimate]]) -> TurningPoint | None:
    """Return where a curve, in the order of its points, turns down and ends lower; None where it does not.

    Points without a value are passed over.
    """
    known = [(at, value) for at, value in curve if not isinstance(value, Undefined)]
    if not known:
        return None
    best = max(value for _, value in known)
    at = next(at for at, value in known if value >= best - SMALLEST_FALL)
    end = known[-1][1]
    return TurningPoint(at, best, end) if end < best - SMALLEST_FALL else None
