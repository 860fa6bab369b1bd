"""A row of amounts as the bars of a small picture, 120 wide and 20 high."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from django import template

register = template.Library()
WIDTH, HEIGHT = 120, 20
LEAST = Decimal("0.8")
"""What is more than nothing is seen."""


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar, as the attributes of a rect."""

    x: str
    y: str
    width: str
    height: str


@register.filter
def spark(amounts: Sequence[Decimal]) -> list[Bar]:
    """Return a bar for each amount that is more than nothing; the largest has the whole height."""
    most = max(amounts, default=Decimal(0))
    if most <= 0:
        return []
    step = Decimal(WIDTH) / len(amounts)
    return [
        _bar(step * at, max(amount / most * HEIGHT, LEAST), step)
        for at, amount in enumerate(amounts)
        if amount > 0
    ]


def _bar(left: Decimal, height: Decimal, step: Decimal) -> Bar:
    return Bar(
        f"{left:.2f}", f"{HEIGHT - height:.2f}", f"{step * Decimal('0.8'):.2f}", f"{height:.2f}"
    )
