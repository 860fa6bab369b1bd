"""Set a limit of a run, and lift what the limit before it holds; the caller has the run's lock, and records."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal

from deliberation.events import BudgetSet, Event, HoldLifted
from deliberation.vocabulary import BudgetSource, Dimension, Limit
from traces.actions.tell_run import control_key
from traces.analytics.budget_line import BudgetLine, read_lines
from traces.models import Run
from traces.projection.budgets import hold_of
from traces.projection.states import RunState
from traces.queries.budget_keys import set_key
from traces.queries.holds import HoldRow


@dataclass(frozen=True, slots=True, kw_only=True)
class Setting:
    """Who sets a limit, when, from where, and why."""

    source: BudgetSource
    by: str
    now_ns: int
    reason: str | None = None
    command: str | None = None
    policy: str | None = None


def line_of(run: Run | RunState, dimension: Dimension) -> BudgetLine | None:
    """Return the limit that stands."""
    return read_lines(run.budgets).get(dimension)


def set_limit(
    run: RunState, dimension: Dimension, limit: Limit, how: Setting, *, key: str | None = None
) -> BudgetSet:
    """Return the event that sets a limit, as the next version; `key` names it where it is to happen once."""
    line = line_of(run, dimension)
    version = 1 if line is None else line.version + 1
    return BudgetSet(
        run=str(run.id),
        key=key or set_key(dimension, version),
        at=how.now_ns,
        dimension=dimension.value,
        version=version,
        by=how.by,
        source=how.source,
        hard=limit.hard,
        soft=limit.soft,
        on_hit=limit.on_hit,
        on_soft=limit.on_soft,
        policy=how.policy,
        command=how.command,
        reason=how.reason,
    )


def tighter_limits(
    run: Run | RunState, limits: Mapping[Dimension, Limit]
) -> Iterator[tuple[Dimension, Limit]]:
    """Yield what the run's limits would be with these, where that is another. What a person set is left alone."""
    for dimension, limit in limits.items():
        line = line_of(run, dimension)
        stands = Limit() if line is None else line.limit
        is_a_persons = line is not None and line.source is BudgetSource.COMMAND
        if not is_a_persons and stands.tightened(limit) != stands:
            yield dimension, stands.tightened(limit)


def raise_limit(
    run: RunState, dimension: Dimension, limit: Limit, how: Setting, holds: Iterable[HoldRow]
) -> Iterator[Event]:
    """Yield what sets a limit, and what lifts the open holds of the one before where there is room again."""
    yield set_limit(run, dimension, limit, how)
    line = line_of(run, dimension)
    if not _has_room(limit, None if line is None else line.hit_spent):
        return
    for hold in holds:
        if hold.source == hold_of(dimension):
            yield HoldLifted(
                run=str(run.id),
                key=control_key("lift", hold.hold_id),
                at=how.now_ns,
                hold=hold.hold_id,
                by=how.by,
                command=how.command,
            )


def _has_room(limit: Limit, spent: Decimal | None) -> bool:
    return limit.hard is None or spent is None or limit.hard > spent
