"""Amounts of what is limited, in words: "$0.31", "12.5 s", "1,200". Pure."""

from __future__ import annotations

from decimal import Decimal

from deliberation.vocabulary import Dimension, LimitKind
from traces.analytics.phrases import Phrase, Word, phrase

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
    """Return one plain sentence on a limit that was reached, in English: "$0.50 of $0.50 spent"."""
    return str(hit_phrase(dimension, which, spent, limit))


def hit_phrase(dimension: Dimension, which: LimitKind, spent: Decimal, limit: Decimal) -> Phrase:
    """Return that sentence for readers of any language."""
    told = _spent_phrase(dimension, spent, limit)
    return told if which is LimitKind.HARD else phrase("{told}: the soft limit", told=told)


def share_phrase(dimension: Dimension, spent: Decimal, limit: Decimal) -> Phrase:
    """Return how much of a limit was spent, as what an end is told by: "$0.50 of $0.50"."""
    amounts = _amounts(dimension, spent, limit)
    if dimension is Dimension.DEPTH:
        return phrase("level {spent} of {limit} reached", **amounts)
    if dimension in BARE:
        return phrase("{spent} of {limit}", **amounts)
    return phrase("{spent} of {limit} {what}", what=Word(dimension.value), **amounts)


def _spent_phrase(dimension: Dimension, spent: Decimal, limit: Decimal) -> Phrase:
    amounts = _amounts(dimension, spent, limit)
    if dimension is Dimension.DEPTH:
        return phrase("level {spent} of {limit} reached", **amounts)
    if dimension in BARE:
        return phrase("{spent} of {limit} spent", **amounts)
    return phrase("{spent} of {limit} {what} spent", what=Word(dimension.value), **amounts)


def _amounts(dimension: Dimension, spent: Decimal, limit: Decimal) -> dict[str, str]:
    return {"spent": amount_words(dimension, spent), "limit": amount_words(dimension, limit)}
