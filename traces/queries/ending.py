"""How a run ended, in words: "limit exceeded, $0.50 of $0.50", "stopped by user:alice: it spends too much"."""

from __future__ import annotations

import uuid
from collections.abc import Iterator

from deliberation.control.stopped import Cause
from deliberation.vocabulary import (
    TERMINAL_STATES,
    CommandStage,
    Dimension,
    LimitKind,
    ObservedState,
)
from deliberation.vocabulary.control import ENDS
from traces.analytics.amount_words import hit_words
from traces.analytics.budget_line import BudgetLine, read_lines
from traces.models import Command, Run
from traces.queries.access import Who, see_run
from traces.queries.commands import row_of

CAUSES = {
    f"stopped: {Cause.OPERATOR.value}": "stopped by a command",
    f"stopped: {Cause.FENCED.value}": "stopped, for another process took the run over",
    f"stopped: {Cause.REJECTED.value}": "stopped, for a person refused an action",
    f"stopped: {Cause.DISCONNECTED.value}": "stopped, for the inspector was silent for too long",
}
"""What the SDK states as the reason of an end, as people say it."""
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
    told = _command(run.id) if state in BY_COMMAND else None
    reason = run.stop_reason or ""
    return told or CAUSES.get(reason, reason.replace("_", " ")) or None


def _limit(run: Run) -> str:
    """Return which limit was reached last, for that one ended the run."""
    found = [hit for each in read_lines(run.budgets).items() for hit in _hits(*each)]
    _, _, words = max(found, default=(0, False, None))
    return f"limit exceeded, {words}" if words else "limit exceeded"


def _hits(dimension: Dimension, line: BudgetLine) -> Iterator[tuple[int, bool, str]]:
    """Yield when a limit was reached, whether it was the hard one, and "$0.50 of $0.50"."""
    limits = (
        (LimitKind.SOFT, line.limit.soft, line.soft_hit_ns),
        (LimitKind.HARD, line.limit.hard, line.hard_hit_ns),
    )
    for which, limit, at in limits:
        if at is not None and limit is not None and line.hit_spent is not None:
            words = hit_words(dimension, which, line.hit_spent, limit)
            yield at, which is LimitKind.HARD, words.removesuffix(" spent")


def _command(run_id: uuid.UUID) -> str | None:
    """Return who ended it and why; None where no command did."""
    found = Command.objects.filter(
        run_id=run_id, kind__in=[kind.value for kind in ENDS], stage=CommandStage.APPLIED.value
    )
    last = found.order_by("-seq").first()
    if last is None:
        return None
    row = row_of(last)
    verb = "killed" if row.kind.value == "kill" else "stopped"
    return f"{verb} by {row.by}: {row.reason}" if row.reason else f"{verb} by {row.by}"
