"""Enforce budgets on what was recorded: for programs that do not count for themselves, and behind those that do.

What was recorded was spent already: recorded spending is caught above a hard limit, and at a soft one. A program that
is heard of and counts a dimension itself is left to that after a pass; the clock looks at it all the same, but for
asking, which only the program can, and for seconds, which it knows better.

Guarantee: a limit is reached once in a version, by its key and under the run's lock, however many workers look at once;
its stop stands in the same transaction. A worker that dies before it leaves the run to the clock, within seconds. A
pass over runs without limits costs nothing here.
"""

from __future__ import annotations

import logging
import uuid
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.db import DatabaseError, transaction

from deliberation.events import BudgetHit
from deliberation.vocabulary import CommandKind, Dimension, LimitKind, OnHit, SpendBasis
from traces.actions.conflict import Conflict
from traces.actions.issue_command import issue_command
from traces.actions.order import ESCALATED, Order
from traces.actions.tell_run import Changes, Randbytes, lock_run, tell_run
from traces.analytics.amount_words import hit_words
from traces.analytics.budget_line import UNREACHABLE, BudgetLine, read_lines
from traces.models import Run
from traces.models.run import LIMITED
from traces.projection.runs import TERMINAL
from traces.projection.states import RunState
from traces.queries.access import NotVisible
from traces.queries.budget_keys import hit_key
from traces.queries.leases import LeaseRow, read_lease
from traces.queries.recorded_spend import Amounts, amounts_on_row, recorded_amounts

BY = "server:budget"
PORTION = 500
MAX_PORTIONS = 20
"""Of one look by the clock: the rest is found by the next one."""
MOST_TOLD = UNREACHABLE - 1
"""What an event can say was spent; sums of what others state may be anything."""
log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class _Reached:
    """A limit that recorded spending has come to."""

    dimension: Dimension
    which: LimitKind
    line: BudgetLine
    limit: Decimal
    spent: Decimal

    @property
    def action(self) -> OnHit:
        is_hard = self.which is LimitKind.HARD
        return self.line.limit.on_hit if is_hard else self.line.limit.on_soft

    @property
    def name(self) -> str:
        return f"{self.dimension.value}:{self.which.value}:{self.line.version}"


def enforce_after_pass(
    *, run_ids: Collection[uuid.UUID], now_ns: int, randbytes: Randbytes
) -> Changes:
    """Look at runs with limits that just grew; return those in which one was reached."""
    if not run_ids:
        return ()
    runs = list(Run.objects.filter(LIMITED, id__in=run_ids))
    return _enforce(runs, None, now_ns, randbytes)


def enforce_by_the_clock(*, now_ns: int, dated_ns: int, randbytes: Randbytes) -> Changes:
    """Look at all runs with limits that go on; return those in which one was reached.

    `dated_ns` is the time by the clock that entries are dated by, the workers' own: seconds are counted by it.
    """
    changes: Changes = ()
    after = uuid.UUID(int=0)
    for _ in range(MAX_PORTIONS):
        runs = list(Run.objects.filter(LIMITED, id__gt=after).order_by("id")[:PORTION])
        changes += _enforce(runs, dated_ns, now_ns, randbytes)
        if len(runs) < PORTION:
            break
        after = runs[-1].id
    return changes


def _enforce(
    runs: Sequence[Run], dated_ns: int | None, now_ns: int, randbytes: Randbytes
) -> Changes:
    changes: Changes = ()
    for run in runs:
        if not any(_reached(run, dated_ns)):
            continue
        try:
            changes += _act(run.id, dated_ns, now_ns, randbytes)
        except (DatabaseError, NotVisible) as error:
            log.warning("the budgets of run %s are not enforced: %s", run.id, error)
    return changes


def _act(run_id: uuid.UUID, dated_ns: int | None, now_ns: int, randbytes: Randbytes) -> Changes:
    with transaction.atomic():
        run = lock_run(run_id)
        if run.observed_state in TERMINAL:
            return ()
        lease = read_lease(run_id)
        heard = lease if lease is not None and lease.is_live(now_ns) else None
        reached = [each for each in _reached(run, dated_ns) if not _is_left(each, heard, dated_ns)]
        if not reached:
            return ()
        events = [_hit(run_id, each, now_ns) for each in reached]
        changes = tell_run(run, events, by=BY, now_ns=now_ns, randbytes=randbytes)
        ends = next((each for each in reached if each.action is OnHit.STOP), None)
        stopped = () if ends is None else _stop(run_id, ends, now_ns, randbytes)
    return stopped or changes


def _reached(run: Run | RunState, dated_ns: int | None) -> Iterator[_Reached]:
    """Yield the limits that are reached for the first time in their version; what takes a query only by the clock."""
    lines = read_lines(run.budgets)
    for dimension, spent in _spent(run, lines, dated_ns).items():
        line = lines.get(dimension)
        if line is None or spent is None:
            continue
        soft, hard = line.limit.soft, line.limit.hard
        if soft is not None and spent >= soft and not line.is_hit(LimitKind.SOFT):
            yield _Reached(dimension, LimitKind.SOFT, line, soft, spent)
        if hard is not None and spent > hard and not line.is_hit(LimitKind.HARD):
            yield _Reached(dimension, LimitKind.HARD, line, hard, spent)


def _spent(run: Run | RunState, lines: Collection[Dimension], dated_ns: int | None) -> Amounts:
    if dated_ns is None:
        return amounts_on_row(run)
    return recorded_amounts(run, lines, dated_ns)


def _is_left(reached: _Reached, heard: LeaseRow | None, dated_ns: int | None) -> bool:
    """Return True for what the program itself is to see to."""
    if heard is None or reached.dimension.value not in heard.spent:
        return False
    is_its_own = reached.action is OnHit.ASK or reached.dimension is Dimension.SECONDS
    return dated_ns is None or is_its_own


def _hit(run_id: uuid.UUID, reached: _Reached, now_ns: int) -> BudgetHit:
    return BudgetHit(
        run=str(run_id),
        key=hit_key(reached.dimension, reached.which, reached.line.version),
        at=now_ns,
        dimension=reached.dimension.value,
        which=reached.which,
        limit=reached.limit,
        spent=min(reached.spent, MOST_TOLD),
        basis=SpendBasis.RECORDED,
        action=reached.action,
        version=reached.line.version,
    )


def _stop(run_id: uuid.UUID, reached: _Reached, now_ns: int, randbytes: Randbytes) -> Changes:
    order = Order(
        command_id=f"{ESCALATED}{reached.name}",
        kind=CommandKind.STOP,
        reason=hit_words(reached.dimension, reached.which, reached.spent, reached.limit),
    )
    try:
        return issue_command(
            run_id=run_id, order=order, by=BY, now_ns=now_ns, randbytes=randbytes
        ).changes
    except Conflict:
        return ()  # it is asked to end already
