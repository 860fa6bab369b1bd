"""How limits are written."""

from __future__ import annotations

from decimal import Decimal

from django import template

from deliberation.vocabulary import Dimension, Limit, OnHit
from traces.analytics.amount_words import amount_words
from traces.templatetags.fmt import plain

register = template.Library()
UNITS = {
    Dimension.TOKENS: "in and out",
    Dimension.USD: "dollars",
    Dimension.SECONDS: "since it began",
    Dimension.DEPTH: "levels",
}
VERBS = {
    OnHit.WARN: "warns",
    OnHit.PAUSE: "pauses",
    OnHit.ASK: "asks",
    OnHit.STOP: "stops",
}


@register.filter
def dimension_word(dimension: Dimension | str) -> str:
    """What is limited, as people call it."""
    name = Dimension(dimension)
    return "cost" if name is Dimension.USD else plain(name.value)


@register.filter
def dimension_unit(dimension: Dimension) -> str:
    """What its amounts count, where the word does not say so."""
    return UNITS.get(dimension, "")


@register.filter
def hit_verb(word: OnHit | str) -> str:
    """What happens at a limit: "stops"."""
    return VERBS[OnHit(word)]


@register.filter
def amount(number: Decimal, dimension: Dimension) -> str:
    """An amount of a dimension with its unit."""
    return amount_words(dimension, number)


@register.filter
def limit_words(limit: Limit, dimension: Dimension) -> str:
    """Both limits with what happens there: "warns at $0.40, stops at $0.50"."""
    both = [(limit.soft, limit.on_soft), (limit.hard, limit.on_hit)]
    told = [
        f"{VERBS[word]} at {amount_words(dimension, number)}"
        for number, word in both
        if number is not None
    ]
    return ", ".join(told) or "no limit"
