"""How commands and their stages are written."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django import template
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from deliberation.vocabulary import CommandKind, CommandStage, Dimension
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
WORDS = {
    CommandKind.PAUSE: pgettext_lazy("command", "pause"),
    CommandKind.RESUME: pgettext_lazy("command", "resume"),
    CommandKind.STEER: pgettext_lazy("command", "steer"),
    CommandKind.STOP: pgettext_lazy("command", "stop"),
    CommandKind.KILL: pgettext_lazy("command", "kill"),
    CommandKind.RAISE_BUDGET: pgettext_lazy("command", "raise budget"),
}
QUESTIONS = {
    CommandKind.PAUSE: _("Pause this run?"),
    CommandKind.RESUME: _("Resume this run?"),
    CommandKind.STEER: _("Steer this run?"),
    CommandKind.STOP: _("Stop this run?"),
    CommandKind.KILL: _("Kill this run?"),
    CommandKind.RAISE_BUDGET: _("Change what this run may spend?"),
}


@register.filter
def command_word(kind: CommandKind) -> str:
    """What is asked of a run, in a word or two."""
    return str(WORDS[kind])


@register.filter
def command_question(kind: CommandKind) -> str:
    """What whoever is about to ask it is asked."""
    return str(QUESTIONS[kind])


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
        words.format(amount=amount_words(dimension, Decimal(said[which])))
        for which, words in (
            ("soft", gettext("soft limit {amount}")),
            ("hard", gettext("hard limit {amount}")),
        )
        if which in said
    ]
    return f"{dimension_word(dimension)}: {', '.join(limits)}"
