"""Set the strategy of a run, as a person who looked at it, or take back what was set.

Guarantee: one transaction under the run's lock. What is said is an entry of the run's ledger before any row shows it,
and a rebuild repeats it; the same again, as from a form that was sent twice, adds nothing.
"""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Callable

from django.db import transaction
from django.utils.translation import gettext

from deliberation.events import StrategySet
from deliberation.events.server_made import CONTROL_KEY
from deliberation.vocabulary import Strategy
from traces.actions.record import record, report_on
from traces.actions.run_rows import lock_runs
from traces.live.publish import RunChange
from traces.queries.access import is_storable

BY = "server:strategy"
MAX_REASON_CHARS = 2_000


class NotAReason(ValueError):
    """What was given as a reason is none; the message says why."""


def set_strategy(
    *,
    run_id: uuid.UUID,
    strategy: Strategy | None,
    reason: str,
    by: str,
    now_ns: int,
    randbytes: Callable[[int], bytes],
) -> tuple[RunChange, ...]:
    """Append what `by` says of a run that the caller has checked, None takes it back; return what changed.

    Raises NotAReason for no reason, or one that is too long or cannot be kept: a correction that nobody explains
    is no evidence.
    """
    words = reason.strip()
    if not 0 < len(words) <= MAX_REASON_CHARS or not is_storable(words):
        raise NotAReason(
            gettext("Say why, in 1 to {most:,} characters.").format(most=MAX_REASON_CHARS)
        )
    with transaction.atomic():
        run = lock_runs([run_id])[run_id]
        said = strategy and strategy.value
        stands = (run.strategy_set, run.strategy_set_by, run.strategy_set_reason)
        if run.strategy_set is None is said or stands == (said, by, words):
            return ()
        event = StrategySet(
            run=str(run_id),
            key=f"{CONTROL_KEY}strategy:{run.size}",
            at=now_ns,
            by=by,
            strategy=strategy,
            reason=words,
        )
        report = report_on(run, [event], by=BY, now_ns=now_ns)
        now = dt.datetime.fromtimestamp(now_ns // 1_000_000_000, dt.UTC)
        return record(reports=[report], now=now, randbytes=randbytes).changes
