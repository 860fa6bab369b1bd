"""Apply a project's policies of budgets to runs that grew: a run is known by its strategy, models and tags, which come
with its events.

A policy makes a limit tighter and never wider, and leaves alone what a person set. It sets each limit of a run at most
once: a run keeps the version that it began with.

Guarantee: under the run's lock, by a key of the policy's name and the dimension; twice at once is once. A worker that
dies before it leaves the run to its next event. Where a project has no policy this is one query for a whole pass.
"""

from __future__ import annotations

import hashlib
import logging
import uuid
from collections.abc import Iterator, Sequence

from django.db import DatabaseError, transaction

from deliberation.vocabulary import BudgetSource, Dimension, Limit
from traces.actions.set_limit import Setting, set_limit, tighter_limits
from traces.actions.tell_run import Changes, Randbytes, control_key, lock_run, tell_run
from traces.live.publish import RunChange
from traces.models import LedgerEntry, Run
from traces.models.run import FINAL
from traces.projection.states import RunState
from traces.queries.access import NotVisible
from traces.queries.budget_policies import BudgetPolicyRow, budget_policies_in_force

log = logging.getLogger(__name__)


def apply_budget_policies(
    *, grown: Sequence[RunChange], now_ns: int, randbytes: Randbytes
) -> Changes:
    """Apply what is in force to runs that just grew; return those that got a limit."""
    policies = budget_policies_in_force({each.project for each in grown})
    if not policies:
        return ()
    found = Run.objects.filter(id__in=[each.run for each in grown], project_id__in=policies)
    changes: dict[str, RunChange] = {}
    for run in found.exclude(observed_state__in=FINAL).exclude(source="import"):
        for policy in policies[run.project_id]:
            for change in _apply(run, policy, now_ns, randbytes):
                changes[change.run] = change
    return tuple(changes.values())


def _apply(run: Run, policy: BudgetPolicyRow, now_ns: int, randbytes: Randbytes) -> Changes:
    wanted = dict(_tighter(run, policy))
    if not wanted or _had(run.id, policy, list(wanted)) >= len(wanted):
        return ()
    try:
        with transaction.atomic():
            locked = lock_run(run.id)
            how = Setting(
                source=BudgetSource.POLICY,
                by=f"policy:{policy.label}",
                now_ns=now_ns,
                policy=policy.label,
            )
            events = [
                set_limit(locked, dimension, limit, how, key=_key(policy, dimension))
                for dimension, limit in _tighter(locked, policy)
            ]
            return tell_run(locked, events, by=how.by, now_ns=now_ns, randbytes=randbytes)
    except (DatabaseError, NotVisible) as error:
        log.warning("policy %s is not applied to run %s: %s", policy.label, run.id, error)
        return ()


def _tighter(run: Run | RunState, policy: BudgetPolicyRow) -> Iterator[tuple[Dimension, Limit]]:
    return tighter_limits(run, policy.limits) if policy.matches(run) else iter(())


def _had(run_id: uuid.UUID, policy: BudgetPolicyRow, dimensions: Sequence[Dimension]) -> int:
    """Return how many of these limits the policy has set before, in whichever version."""
    keys = [_key(policy, dimension) for dimension in dimensions]
    return int(LedgerEntry.objects.filter(run_id=run_id, key__in=keys).count())


def _key(policy: BudgetPolicyRow, dimension: Dimension) -> str:
    # A name may be longer than a key has room for.
    named = hashlib.sha256(f"{policy.name}:{dimension.value}".encode()).hexdigest()[:32]
    return control_key("policy", named)
