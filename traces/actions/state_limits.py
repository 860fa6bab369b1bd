"""State limits: a program that takes a run which others are to spend from says from how much, with its first word.

Its events say so too, and may take a while to be recorded; whoever joins the run must not spend without a limit until
then. What stands already, stands.
"""

from __future__ import annotations

from collections.abc import Iterator

from deliberation.events import BudgetSet
from deliberation.vocabulary import BudgetSource
from traces.actions.set_limit import Setting, line_of, set_limit
from traces.actions.tell_run import control_key
from traces.analytics.budget_line import Stated, stated_limits
from traces.projection.states import RunState


def state_limits(run: RunState, stated: Stated, *, by: str, now_ns: int) -> Iterator[BudgetSet]:
    """Yield what sets the limits that a program states, each once."""
    how = Setting(source=BudgetSource.RUN, by=by, now_ns=now_ns)
    for dimension, limit in stated_limits(stated):
        if line_of(run, dimension) is None:
            key = control_key("stated", dimension.value)
            yield set_limit(run, dimension, limit, how, key=key)
