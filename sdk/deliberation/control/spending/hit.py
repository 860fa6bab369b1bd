"""A limit that was reached."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from deliberation.vocabulary import Dimension, LimitKind, OnHit


@dataclass(frozen=True, slots=True)
class Hit:
    """Which limit of which dimension, in which version, at how much; and what is done about it."""

    dimension: Dimension
    which: LimitKind
    limit: Decimal
    spent: Decimal
    action: OnHit
    version: int

    @property
    def sentence(self) -> str:
        """What happened, in one sentence."""
        spent, limit = say_amount(self.spent), say_amount(self.limit)
        if self.dimension is Dimension.USD:
            return f"${spent} of ${limit} spent"
        if self.dimension is Dimension.DEPTH:
            return f"depth {spent} of {limit} reached"
        return f"{spent} of {limit} {self.dimension.value.replace('_', ' ')} spent"


def say_amount(amount: Decimal) -> str:
    """Return an amount without an exponent and without zeros at its end."""
    text = f"{amount:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text
