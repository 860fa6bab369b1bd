"""What had been decided when a budget's cap was hit. Pure.

A cap ends a run before the first call that would pass it: what stands is the last lead that was reached within it, see
`traces.analytics.decision`. A lead whose spending is not known stands nowhere.
"""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal


def decided_within(spent: Sequence[Decimal | None], cap: Decimal) -> int | None:
    """Return the place of the lead that stood when `cap` had been spent; None where none was reached yet.

    `spent` is what had been spent when each lead was reached, in their order.
    """
    within = [place for place, amount in enumerate(spent) if amount is not None and amount <= cap]
    return within[-1] if within else None
