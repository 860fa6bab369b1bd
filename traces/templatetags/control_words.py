"""How commands and their stages are written."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django import template

from deliberation.vocabulary import CommandStage, Dimension
from traces.analytics.amount_words import amount_words
from traces.queries.commands import CommandRow
from traces.templatetags.budget_words import dimension_word
from traces.templatetags.fmt import UNKNOWN, duration

register = template.Library()
TONES = {
    CommandStage.REQUESTED: "hold",
    CommandStage.DELIVERED: "hold",
    CommandStage.ACKNOWLEDGED: "live",
    CommandStage.APPLIED: "done",
    CommandStage.REFUSED: "bad",
}


@register.filter
def stage_tone(stage: CommandStage) -> str:
    """Which chip a stage is: waiting for somebody, heard, done, refused, or given up."""
    return TONES.get(stage, "quiet")


@register.filter
def asked_ns(command: CommandRow) -> int | None:
    """When the command was committed, ns since 1970."""
    return command.times.get(CommandStage.REQUESTED)


@register.filter
def since_asked(command: CommandRow, stage: str) -> str:
    """How long after it was asked a stage was reached: "+38 ms"."""
    asked, reached = asked_ns(command), command.times.get(CommandStage(stage))
    if asked is None or reached is None:
        return UNKNOWN
    return f"+{duration(max(0, reached - asked))}"


@register.filter
def raised_words(payload: dict[str, Any]) -> list[str]:
    """What a raise named: "cost: hard limit $2.00"."""
    budgets = payload.get("budgets")
    return [_raised(name, said) for name, said in budgets.items()] if budgets else []


def _raised(name: str, said: dict[str, str]) -> str:
    dimension = Dimension(name)
    limits = [
        f"{which} limit {amount_words(dimension, Decimal(said[which]))}"
        for which in ("soft", "hard")
        if which in said
    ]
    return f"{dimension_word(dimension)}: {', '.join(limits)}"
