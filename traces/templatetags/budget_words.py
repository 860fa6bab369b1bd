"""How limits are written."""

from __future__ import annotations

import json
from decimal import Decimal

from django import template
from django.utils.translation import gettext, pgettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from deliberation.vocabulary import Dimension, Limit, OnHit
from deliberation.vocabulary.budget import DIMENSIONS, RAISE_TOOL, read_amount
from traces.analytics.amount_words import amount_words
from traces.queries.approvals import ApprovalRow
from traces.queries.budget_lines import BudgetRow
from traces.templatetags.fmt import plain

register = template.Library()
UNITS = {
    Dimension.TOKENS: _("in and out"),
    Dimension.USD: _("dollars"),
    Dimension.SECONDS: _("since it began"),
    Dimension.DEPTH: _("levels"),
}
VERBS = {
    OnHit.WARN: pgettext_lazy("at a limit the run", "warns"),
    OnHit.PAUSE: pgettext_lazy("at a limit the run", "pauses"),
    OnHit.ASK: pgettext_lazy("at a limit the run", "asks"),
    OnHit.STOP: pgettext_lazy("at a limit the run", "stops"),
}


@register.filter
def dimension_word(dimension: Dimension | str) -> str:
    """What is limited, as people call it."""
    name = Dimension(dimension)
    return pgettext("what is limited", "cost") if name is Dimension.USD else plain(name.value)


@register.filter
def dimension_unit(dimension: Dimension) -> str:
    """What its amounts count, where the word does not say so."""
    return str(UNITS.get(dimension, ""))


@register.filter
def hit_verb(word: OnHit | str) -> str:
    """What happens at a limit: pgettext_lazy("at a limit the run", "stops")."""
    return str(VERBS[OnHit(word)])


@register.filter
def amount(number: Decimal, dimension: Dimension) -> str:
    """An amount of a dimension with its unit."""
    return amount_words(dimension, number)


@register.filter
def limit_words(limit: Limit | BudgetRow, dimension: Dimension) -> str:
    """Both limits with what happens there: "warns at $0.40, stops at $0.50"."""
    both = [(limit.soft, limit.on_soft), (limit.hard, limit.on_hit)]
    told = [
        gettext("{verb} at {amount}").format(
            verb=VERBS[word], amount=amount_words(dimension, number)
        )
        for number, word in both
        if number is not None
    ]
    return ", ".join(told) or gettext("no limit")


@register.filter
def holder(source: str) -> str:
    """Who or what holds a run: "the limit of cost", or the source as it is."""
    kind, _, name = source.partition(":")
    return (
        gettext("the limit of {what}").format(what=dimension_word(name))
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
    what, amount = dimension_word(dimension), amount_words(dimension, wanted)
    if before is None:
        return f"{what}: {amount}"
    was = amount_words(dimension, before)
    return gettext("{what}: {amount} in place of {before}").format(
        what=what, amount=amount, before=was
    )
