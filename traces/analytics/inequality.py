"""How unequally amounts are spread: Gini 1912, by the sum of Dorfman 1979, "A Formula for the Gini Coefficient"."""

from __future__ import annotations

from collections.abc import Iterable

from traces.analytics.undefined import Estimate, Undefined


def gini(amounts: Iterable[float]) -> Estimate:
    """Return the coefficient, 0 when all are equal, near 1 when one has all; undefined where there is nothing to share.

    Raises ValueError for an amount below 0.
    """
    ordered = sorted(amounts)
    if ordered and ordered[0] < 0:
        raise ValueError("an amount is below 0")
    total = sum(ordered)
    if not total:
        return Undefined.NO_SAMPLES
    weighted = sum(place * amount for place, amount in enumerate(ordered, 1))
    return 2 * weighted / (len(ordered) * total) - (len(ordered) + 1) / len(ordered)
