"""How two runs, and what differs between them, are called; and how much more the second has."""

from __future__ import annotations

from django import template
from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from traces.analytics.two_trees import Fact
from traces.queries.aligned_lines import LineKind
from traces.queries.likely_others import Kinship
from traces.queries.run_comparison import Amount, AmountLine, Unit
from traces.templatetags.fmt import duration, money, percent, short

register = template.Library()

FACTS: dict[Fact, Promise] = {
    Fact.KIND: _("what it is"),
    Fact.MODEL: _("model"),
    Fact.TEXT: _("text"),
    Fact.ANSWER: _("answer"),
    Fact.FATE: _("fate"),
    Fact.VERDICT: _("verdict"),
    Fact.ERROR: _("error"),
    Fact.VALUE: _("value"),
    Fact.TOKENS: _("tokens"),
    Fact.COST: _("cost"),
}
LINES: dict[str, Promise] = {
    "strategy": _("Strategy"),
    "observed_state": _("State"),
    "effort": _("Effort"),
    "tier": _("Tier"),
    "models": _("Models"),
    "decided_by": _("Decided by"),
    "ending": _("Ended"),
    "cost": _("Cost"),
    "input": _("Input tokens"),
    "cache_read": _("of these read from a cache"),
    "cache_write": _("of these written to a cache"),
    "output": _("Output tokens"),
    "reasoning": _("of these reasoning"),
    "duration": _("Took"),
    "discarded_nodes": _("Discarded nodes"),
    "discarded_node_ratio": _("as a share of all"),
    "discarded_tokens": _("Discarded tokens"),
    "discarded_cost": _("Discarded cost"),
    "nodes": _("Nodes"),
    "model_calls": _("Model calls"),
    "tool_calls": _("Tool calls"),
    "candidates": _("Candidates"),
    "verdicts": _("Verdicts"),
    "failed": _("Failed nodes"),
    "errors": _("Errors"),
}
"""By the name of a line of the head to head."""
ALONE: dict[str, Promise] = {
    "cache_read": _("Tokens read from a cache"),
    "cache_write": _("Tokens written to a cache"),
    "reasoning": _("Reasoning tokens"),
    "discarded_node_ratio": _("Discarded share"),
}
"""What a line is called away from the line of which it tells a part."""
PARTS_OF_OTHERS = frozenset(ALONE)
KINSHIPS: dict[Kinship, Promise] = {
    Kinship.ORIGINAL: _("is replayed by it"),
    Kinship.REPLAY: _("a replay"),
    Kinship.SAME_TASK: _("was asked the same"),
    Kinship.SAME_NAME: _("has the same name"),
    Kinship.SAME_SESSION: _("of the same session"),
    Kinship.RECENT: _("recent"),
}
LINE_KINDS: dict[LineKind, Promise] = {
    LineKind.SAME: _("the same"),
    LineKind.CHANGED: _("changed"),
    LineKind.LEFT: _("only in A"),
    LineKind.RIGHT: _("only in B"),
}
MARKS = {LineKind.SAME: "=", LineKind.CHANGED: "≠", LineKind.LEFT: "−", LineKind.RIGHT: "+"}
MINUS = "−"
INDENT, LEVELS_INDENTED = 14, 12
"""Pixels a level, up to a level beyond which there would be no room for words; `aria-level` tells the rest."""


@register.filter
def fact_words(facts: tuple[Fact, ...]) -> str:
    """Return facts in words: "fate, tokens"."""
    return ", ".join(str(FACTS[fact]) for fact in facts)


@register.filter
def line_words(name: str) -> Promise | str:
    """Return what a line of the head to head is called."""
    return LINES.get(name, name)


@register.filter
def line_name(name: str) -> Promise | str:
    """Return what a line is called away from the others."""
    return ALONE.get(name) or LINES.get(name) or name


@register.filter
def is_part(name: str) -> bool:
    """Whether a line tells a part of what the line before it tells."""
    return name in PARTS_OF_OTHERS


@register.filter
def line_mark(kind: LineKind) -> str:
    """Return the sign of a line, told in words beside it."""
    return MARKS.get(kind, "=")


@register.filter
def line_kind_words(kind: LineKind) -> Promise | str:
    """Return what a line is, in words."""
    return LINE_KINDS.get(kind, "")


@register.filter
def indent(level: int) -> int:
    """Return how far a line stands in, in pixels."""
    return INDENT * (min(level, LEVELS_INDENTED + 1) - 1)


@register.filter
def kinship_words(kinship: Kinship) -> Promise:
    """Return why a run is likely to be compared."""
    return KINSHIPS[kinship]


@register.filter
def amount_words(amount: Amount | None, unit: Unit) -> str:
    """Return an amount with its unit; what is unknown is "not recorded", never zero."""
    if amount is None:
        return gettext("not recorded")
    if unit is Unit.USD:
        return money(amount)  # type: ignore[arg-type]
    if unit is Unit.NANOSECONDS:
        return duration(int(amount))
    if unit is Unit.SHARE:
        return percent(float(amount))
    return short(int(amount))


@register.filter
def difference_words(line: AmountLine) -> str:
    """Return how much more the second run has: "+1,204", "−$0.02", "the same", "not recorded"."""
    more = line.difference
    if more is None:
        neither = line.left is None and line.right is None
        return gettext("not recorded") if neither else gettext("not known")
    if more == 0:
        return gettext("the same")
    if line.unit is Unit.SHARE:
        words = gettext("%(points)s points") % {"points": f"{abs(float(more)) * 100:.1f}"}
    else:
        words = amount_words(-more if more < 0 else more, line.unit)
    return f"{MINUS if more < 0 else '+'}{words}"
