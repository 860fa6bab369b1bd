"""How commands and their stages are written."""

from __future__ import annotations

from django import template

from deliberation.vocabulary import CommandStage
from traces.queries.commands import CommandRow
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
