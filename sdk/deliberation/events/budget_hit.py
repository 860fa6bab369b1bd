"""budget.hit"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import ClassVar

from deliberation.events.base import Event, fact, required
from deliberation.vocabulary import LimitKind, OnHit, SpendBasis


@dataclass(frozen=True, slots=True, kw_only=True)
class BudgetHit(Event):
    """Spending reached a limit; or would have gone beyond it, and did not."""

    KIND: ClassVar[str] = "budget.hit"

    dimension: str = required("What is limited.")
    which: LimitKind = required("The soft or the hard limit.")
    limit: Decimal = required("The limit, in units of the dimension.")
    spent: Decimal = required("What was spent then.")
    basis: SpendBasis = required("What that was counted from.")
    action: OnHit = required("What was done about it. A pause is a hold of the run.")
    version: int | None = fact("The version of the limit that was reached.")
