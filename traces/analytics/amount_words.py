"""Amounts of what is limited, in words: "$0.31", "12.5 s", "1,200". Pure."""

from __future__ import annotations

from decimal import Decimal

from deliberation.vocabulary import Dimension, LimitKind

CENT = Decimal("0.01")
BARE = (Dimension.USD, Dimension.SECONDS)
"""Their amounts say themselves what they are of."""


def amount_words(dimension: Dimension, amount: Decimal) -> str:
    """Return an amount with its unit where that is short."""
    if dimension is Dimension.USD:
        return f"${amount:,.2f}" if amount >= CENT or amount == 0 else f"${amount:.2g}"
    if dimension is Dimension.SECONDS:
        return f"{amount:,.1f} s".replace(".0 s", " s")
    return f"{amount:,.0f}"


def hit_words(dimension: Dimension, which: LimitKind, spent: Decimal, limit: Decimal) -> str:
    """Return one plain sentence on a limit that was reached: "$0.50 of $0.50 spent"."""
    told = f"{amount_words(dimension, spent)} of {amount_words(dimension, limit)}"
    if dimension is Dimension.DEPTH:
        told = f"level {told} reached"
    elif dimension in BARE:
        told = f"{told} spent"
    else:
        told = f"{told} {dimension.value.replace('_', ' ')} spent"
    return told if which is LimitKind.HARD else f"{told}: the soft limit"
