"""Words for replays: modes with their promises, stages, differences."""

from __future__ import annotations

import json
from typing import Any

from django import template
from django.utils.functional import Promise
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from deliberation.vocabulary import AfterDifference, CallSort, Difference, Fidelity, ReplayMode
from traces.analytics.fidelity import Judged
from traces.models.replay import ReplayStage
from traces.queries.replays import ReplayRow

register = template.Library()

MODES: dict[str, tuple[Promise, Promise]] = {
    ReplayMode.RECORDED.value: (
        pgettext_lazy("replay", "Recorded"),
        _(
            "the program runs again, and each call is answered from the recording; "
            "nothing is spent, and no tool runs that cannot be taken back"
        ),
    ),
    ReplayMode.FORK.value: (
        pgettext_lazy("replay", "Fork"),
        _("as recorded up to a node, live from there, with changes"),
    ),
    ReplayMode.LIVE.value: (
        pgettext_lazy("replay", "Live"),
        _("everything runs again, with changes; it costs what it costs"),
    ),
}  # fmt: skip
STAGES: dict[ReplayStage, tuple[Promise, str]] = {
    ReplayStage.WAITING: (_("waits for a runner"), ""),
    ReplayStage.CLAIMED: (_("taken, not begun"), "chip--live"),
    ReplayStage.RUNNING: (_("running"), "chip--live"),
    ReplayStage.COMPLETED: (_("completed"), "chip--done"),
    ReplayStage.FAILED: (_("failed"), "chip--bad"),
    ReplayStage.EXPIRED: (_("expired"), "chip--hold"),
    ReplayStage.CANCELLED: (_("cancelled"), ""),
}
DIFFERENCES: dict[str, Promise] = {
    Difference.NOT_RECORDED.value: _("A call that was not recorded"),
    Difference.OTHER_OUTCOME.value: _("A call came to something else"),
    Difference.NEVER_ASKED.value: _("A recorded call was never made"),
    Difference.NO_ANSWER.value: _("A recorded call that the recording cannot answer"),
}
THEN: dict[str, Promise] = {
    AfterDifference.STOPPED.value: _("it ended there"),
    AfterDifference.LIVE.value: _("live from there"),
    AfterDifference.NOTED.value: _("noted"),
}
SORTS: dict[str, Promise] = {
    CallSort.MODEL.value: pgettext_lazy("call", "model"),
    CallSort.TOOL.value: pgettext_lazy("call", "tool"),
    CallSort.VERIFIER.value: pgettext_lazy("call", "verifier"),
    CallSort.RANDOM.value: pgettext_lazy("call", "random"),
    CallSort.CLOCK.value: pgettext_lazy("call", "clock"),
}
LIMITS: dict[str, Promise] = {
    "tokens": _("Limit of tokens"),
    "reasoning_tokens": _("Limit of reasoning tokens"),
    "usd": _("Limit in dollars"),
    "seconds": _("Limit of seconds"),
    "tool_calls": _("Limit of tool calls"),
    "model_calls": _("Limit of model calls"),
    "samples": _("Limit of samples"),
}


@register.filter
def mode_name(mode: str) -> str:
    """What a mode is called."""
    return str(MODES[mode][0])


@register.filter
def mode_promise(mode: str) -> str:
    """What a mode does, and what it does not."""
    return str(MODES[mode][1])


@register.filter
def stage_words(row: ReplayRow) -> str:
    """How far a replay is."""
    return gettext("is being ended") if row.is_ending else str(STAGES[row.stage][0])


@register.filter
def stage_tone(row: ReplayRow) -> str:
    """The chip's class for it."""
    return "chip--hold" if row.is_ending else STAGES[row.stage][1]


@register.filter
def fidelity_tone(judged: Judged | None, is_lowered: bool) -> str:
    """The chip's class for a badge."""
    if judged is None or judged.word is None:
        return "chip--outline"
    if judged.word is Fidelity.DIVERGED:
        return "chip--bad"
    if is_lowered:
        return "chip--hold"
    return "chip--accept" if judged.word is Fidelity.EXACT else "chip--live"


@register.filter
def difference_words(difference: str) -> str:
    """In what a replay differs."""
    return str(DIFFERENCES[difference])


@register.filter
def then_words(then: str) -> str:
    """What was done about it."""
    return str(THEN[then])


@register.filter
def sort_word(sort: str) -> str:
    """What sort of call it is."""
    return str(SORTS[sort])


@register.filter
def reason_words(reason: str) -> str:
    """Why a replay ended so: the server's own reasons in the reader's language, a runner's as it said them."""
    return gettext(reason)


@register.filter
def limit_name(dimension: str) -> str:
    """The field of a limit."""
    return str(LIMITS[dimension])


@register.filter
def as_json(value: Any) -> str:
    """A value as JSON, on one line."""
    return json.dumps(value, ensure_ascii=False)
