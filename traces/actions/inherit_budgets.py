"""Inherit budgets: a run that is forked from another may spend what that one had left.

Guarantee: under the fork's lock, once, by a key for each limit; what the fork states itself stands where it is tighter,
and what a person set stands in any case. What the original spends later is not taken from it. Where nobody knows what
the original spent, the fork has its whole limit. A worker that dies before it leaves the fork to its next event.
"""

from __future__ import annotations

import logging
import uuid
from collections.abc import Collection, Iterator, Mapping
from decimal import Decimal

from django.db import DatabaseError, transaction

from deliberation.vocabulary import BudgetSource, Dimension, Limit
from traces.actions.set_limit import Setting, set_limit, tighter_limits
from traces.actions.tell_run import Changes, Randbytes, control_key, lock_run, tell_run
from traces.models import LedgerEntry, Run
from traces.models.run import FINAL
from traces.queries.access import NotVisible, as_uuid
from traces.queries.budget_lines import BudgetRow, budget_lines
from traces.queries.leases import read_lease

BY = "server:fork"
NOTHING = Decimal(0)
log = logging.getLogger(__name__)


def inherit_budgets(*, forks: Collection[uuid.UUID], now_ns: int, randbytes: Randbytes) -> Changes:
    """Give forks that just grew what their originals had left; return those that got a limit."""
    if not forks:
        return ()
    changes: Changes = ()
    for fork in Run.objects.filter(id__in=forks).exclude(observed_state__in=FINAL):
        try:
            left = dict(_left(fork, now_ns))
            if any(tighter_limits(fork, left)) and not _has_inherited(fork.id):
                changes += _inherit(fork, left, now_ns, randbytes)
        except (DatabaseError, NotVisible) as error:
            log.warning("run %s inherits no budget: %s", fork.id, error)
    return changes


def _left(fork: Run, now_ns: int) -> Iterator[tuple[Dimension, Limit]]:
    named = Run.objects.filter(id=as_uuid(fork.replay_of or ""), project_id=fork.project_id)
    for found in named.exclude(id=fork.id):
        for row in budget_lines(found, read_lease(found.id), now_ns):
            if row.dimension is not Dimension.DEPTH:  # levels are not used up
                yield row.dimension, _remainder(row)


def _remainder(row: BudgetRow) -> Limit:
    known = [amount for amount in (row.spent, row.recorded) if amount is not None]
    spent = max(known, default=NOTHING) + (row.reserved or NOTHING)
    return Limit(
        hard=None if row.hard is None else max(row.hard - spent, NOTHING),
        # One that was passed has said what it had to say.
        soft=None if row.soft is None or row.soft <= spent else row.soft - spent,
        on_hit=row.on_hit,
        on_soft=row.on_soft,
    )


def _has_inherited(run_id: uuid.UUID) -> bool:
    keys = [_key(each) for each in Dimension]
    return LedgerEntry.objects.filter(run_id=run_id, key__in=keys).exists()


def _inherit(
    fork: Run, left: Mapping[Dimension, Limit], now_ns: int, randbytes: Randbytes
) -> Changes:
    how = Setting(
        source=BudgetSource.FORK, by=BY, now_ns=now_ns, reason=f"what {fork.replay_of} had left"
    )
    with transaction.atomic():
        run = lock_run(fork.id)
        events = [
            set_limit(run, dimension, limit, how, key=_key(dimension))
            for dimension, limit in tighter_limits(run, left)
        ]
        return tell_run(run, events, by=BY, now_ns=now_ns, randbytes=randbytes)


def _key(dimension: Dimension) -> str:
    return control_key("fork", dimension.value)
