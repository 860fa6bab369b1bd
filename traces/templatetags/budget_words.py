"""How limits are written."""

from __future__ import annotations

import json
from decimal import Decimal

from django import template

from deliberation.vocabulary import Dimension, Limit, OnHit
from deliberation.vocabulary.budget import DIMENSIONS, RAISE_TOOL, read_amount
from traces.analytics.amount_words import amount_words
from traces.queries.approvals import ApprovalRow
from traces.queries.budget_lines import BudgetRow
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
def limit_words(limit: Limit | BudgetRow, dimension: Dimension) -> str:
    """Both limits with what happens there: "warns at $0.40, stops at $0.50"."""
    both = [(limit.soft, limit.on_soft), (limit.hard, limit.on_hit)]
    told = [
        f"{VERBS[word]} at {amount_words(dimension, number)}"
        for number, word in both
        if number is not None
    ]
    return ", ".join(told) or "no limit"


@register.filter
def holder(source: str) -> str:
    """Who or what holds a run: "the limit of cost", or the source as it is."""
    kind, _, name = source.partition(":")
    return (
        f"the limit of {dimension_word(name)}"
        if kind == "budget" and name in DIMENSIONS
        else source
    )


@register.filter
def asked_more(approval: ApprovalRow) -> str:
    """What a program that asks for more asks for: "cost: $1.00 in place of $0.50"; nothing for any other action."""
    if approval.tool != RAISE_TOOL:
        return ""
    try:
        said = json.loads(approval.shown_arguments or "")
        dimension, wanted = Dimension(said["dimension"]), read_amount(said["hard"], "hard")
        before = read_amount(said.get("was"), "was")
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        return ""
    if wanted is None:
        return ""
    told = f"{dimension_word(dimension)}: {amount_words(dimension, wanted)}"
    return told if before is None else f"{told} in place of {amount_words(dimension, before)}"
