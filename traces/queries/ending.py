"""How a run ended, in words: "limit exceeded, $0.50 of $0.50", "stopped by user:alice: it spends too much"."""

from __future__ import annotations

import uuid
from collections.abc import Iterator

from django.utils.translation import gettext, gettext_noop
from django.utils.translation import gettext_lazy as _

from deliberation.control.stopped import Cause
from deliberation.vocabulary import (
    TERMINAL_STATES,
    CommandKind,
    CommandStage,
    Dimension,
    LimitKind,
    ObservedState,
)
from deliberation.vocabulary.control import ENDS
from traces.analytics.amount_words import hit_phrase, share_phrase
from traces.analytics.budget_line import BudgetLine, read_lines
from traces.models import Command, Run
from traces.queries.access import Who, see_run
from traces.queries.commands import row_of
from traces.queries.spoken import spoken, told

CAUSES = {
    f"stopped: {Cause.OPERATOR.value}": _("stopped by a command"),
    f"stopped: {Cause.FENCED.value}": _("stopped, for another process took the run over"),
    f"stopped: {Cause.REJECTED.value}": _("stopped, for a person refused an action"),
    f"stopped: {Cause.DISCONNECTED.value}": _("stopped, for the inspector was silent for too long"),
}
"""What the SDK states as the reason of an end, as people say it."""
UNHEARD, FILE_READ = "nothing heard for ", gettext_noop("the file ends before the run does")
BY_COMMAND = (ObservedState.CANCELLED, ObservedState.KILLED)


def get_ending(*, who: Who, run_id: str | uuid.UUID) -> str | None:
    """Return how a run ended. Raises NotVisible."""
    return tell_ending(see_run(who, run_id))


def tell_ending(run: Run) -> str | None:
    """Return how a run ended; None while it goes on, where its end was inferred, or where nothing more is known."""
    state = ObservedState(run.observed_state)
    if run.end_inferred or state not in TERMINAL_STATES:
        return None
    if state is ObservedState.LIMIT_EXCEEDED:
        return _limit(run)
    by_command = _command(run.id) if state in BY_COMMAND else None
    reason = run.stop_reason or ""
    cause = CAUSES.get(reason)
    return by_command or (str(cause) if cause else spoken(reason)) or None


def tell_silence(reason: str) -> str:
    """Return why a run is taken to be over, as `traces.projection.silence` wrote it, in the language of the page."""
    before, heard, span = reason.partition(UNHEARD)
    if heard and not before:
        return gettext("nothing heard for {time}").format(time=span)
    return gettext(reason) if reason == FILE_READ else reason


def _limit(run: Run) -> str:
    """Return which limit was reached last, for that one ended the run."""
    found = [hit for each in read_lines(run.budgets).items() for hit in _hits(*each)]
    _, _, words = max(found, default=(0, False, None))
    limit = spoken(ObservedState.LIMIT_EXCEEDED.value)
    return f"{limit}, {words}" if words else limit


def _hits(dimension: Dimension, line: BudgetLine) -> Iterator[tuple[int, bool, str]]:
    """Yield when a limit was reached, whether it was the hard one, and "$0.50 of $0.50"."""
    limits = (
        (LimitKind.SOFT, line.limit.soft, line.soft_hit_ns),
        (LimitKind.HARD, line.limit.hard, line.hard_hit_ns),
    )
    for which, limit, at in limits:
        if at is not None and limit is not None and line.hit_spent is not None:
            is_hard = which is LimitKind.HARD
            words = (
                share_phrase(dimension, line.hit_spent, limit)
                if is_hard
                else hit_phrase(dimension, which, line.hit_spent, limit)
            )
            yield at, is_hard, told(words)


def _command(run_id: uuid.UUID) -> str | None:
    """Return who ended it and why; None where no command did."""
    found = Command.objects.filter(
        run_id=run_id, kind__in=[kind.value for kind in ENDS], stage=CommandStage.APPLIED.value
    )
    last = found.order_by("-seq").first()
    if last is None:
        return None
    row = row_of(last)
    is_kill = row.kind is CommandKind.KILL
    words = gettext("killed by {by}") if is_kill else gettext("stopped by {by}")
    told_by = words.format(by=row.by)
    return f"{told_by}: {row.reason}" if row.reason else told_by
