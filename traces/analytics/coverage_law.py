"""The law by which coverage grows with samples: ln c = a·k^b.

Brown et al. 2024, "Large Language Monkeys" (arXiv 2407.21787), section 3; a and b by least squares on ln(−ln c).
"""

from __future__ import annotations

from collections.abc import Sequence
from math import exp, log
from typing import NamedTuple

from traces.analytics.undefined import Undefined


class CoverageLaw(NamedTuple):
    """The two constants of ln c = a·k^b."""

    a: float
    b: float


def coverage_law(coverage: Sequence[float]) -> CoverageLaw | Undefined:
    """Return the law of a coverage, 0 to 1, at k = 1, 2, …; undefined with fewer than two between 0 and 1."""
    points = [(log(k), log(-log(c))) for k, c in enumerate(coverage, 1) if 0 < c < 1]
    if len(points) < 2:
        return Undefined.TOO_FEW_SAMPLES if coverage else Undefined.NO_SAMPLES
    mean_x = sum(x for x, _ in points) / len(points)
    mean_y = sum(y for _, y in points) / len(points)
    slope = sum((x - mean_x) * (y - mean_y) for x, y in points) / sum(
        (x - mean_x) ** 2 for x, _ in points
    )
    return CoverageLaw(-exp(mean_y - slope * mean_x), slope)
