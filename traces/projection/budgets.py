"""What events do to the limits on a run's row.

They stand on the row itself, one line per dimension: whoever records, or answers a poll, has it in hand anyway. A limit
that was reached where that pauses the run is, in the same entry, the hold that it waits at.
"""

from __future__ import annotations

from dataclasses import replace

from deliberation.events import BudgetHit, BudgetSet, HoldPlaced, RunStarted
from deliberation.vocabulary import Dimension, OnHit, SpendBasis
from deliberation.vocabulary.budget import DIMENSIONS
from traces.analytics.amount_words import hit_words
from traces.analytics.budget_line import (
    BudgetLine,
    hit,
    read_lines,
    set_anew,
    stated,
    stated_limits,
    write_line,
)
from traces.projection.control import apply_placing
from traces.projection.control_rows import ControlRows
from traces.projection.runs import TERMINAL
from traces.projection.states import RunState
from traces.projection.texts import ANSWER_CHARS, cut, fact


def state_budgets(run: RunState, event: RunStarted) -> None:
    """Fold the limits that the program states."""
    for dimension, limit in stated_limits(event):
        _keep(run, dimension, stated(_line(run, dimension), limit, event.at))


def apply_set(run: RunState, event: BudgetSet) -> None:
    """Fold a limit that was set; one of a version that was overtaken changes nothing."""
    if event.dimension not in DIMENSIONS:
        return
    dimension = Dimension(event.dimension)
    reason = None if event.reason is None else cut(event.reason, ANSWER_CHARS)
    known = replace(event, by=fact(event.by) or "", policy=fact(event.policy))
    _keep(run, dimension, set_anew(_line(run, dimension), known, reason))


def apply_hit(rows: ControlRows, run: RunState, event: BudgetHit, seq: int) -> None:
    """Fold that a limit was reached, once in each version of it, and hold the run where that is what it does."""
    if event.dimension not in DIMENSIONS:
        return
    dimension = Dimension(event.dimension)
    marked = hit(_line(run, dimension), event)
    if marked is None:
        return
    _keep(run, dimension, marked)
    if _holds(event) and run.observed_state not in TERMINAL:
        apply_placing(rows, run, _hold(event, dimension, marked.version), seq)


def hold_of(dimension: Dimension) -> str:
    """Return the source of the holds that a limit places."""
    return f"budget:{dimension.value}"


def _holds(event: BudgetHit) -> bool:
    # Of a program that does not count for itself nobody can ask: a person sees the hold, and raises or lifts it.
    nobody_asks = event.action is OnHit.ASK and event.basis is SpendBasis.RECORDED
    return event.action is OnHit.PAUSE or nobody_asks


def _hold(event: BudgetHit, dimension: Dimension, version: int) -> HoldPlaced:
    return HoldPlaced(
        run=event.run,
        key=event.key,
        at=event.at,
        hold=f"budget:{dimension.value}:{event.which.value}:{version}",
        source=hold_of(dimension),
        reason=hit_words(dimension, event.which, event.spent, event.limit),
    )


def _line(run: RunState, dimension: Dimension) -> BudgetLine | None:
    return read_lines(run.budgets).get(dimension)


def _keep(run: RunState, dimension: Dimension, line: BudgetLine | None) -> None:
    if line is not None:
        run.budgets[dimension.value] = write_line(line)
