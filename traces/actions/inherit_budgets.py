"""Inherit budgets: a run that is forked from another may spend what that one had left.

Guarantee: under the fork's lock, once, by a key for each limit; what the fork states itself stands where it is tighter,
and what a person set stands in any case. What the original spends later is not taken from it. Where nobody knows what
the original spent, the fork has its whole limit. A worker that dies before it leaves the fork to its next event.
"""

from __future__ import annotations

import logging
import uuid
from collections.abc import Collection, Mapping
from dataclasses import replace
from decimal import Decimal

from django.db import DatabaseError, transaction

from deliberation.vocabulary import BudgetSource, Dimension, Limit, ReplayMode
from traces.actions.set_limit import Setting, set_limit, tighter_limits
from traces.actions.tell_run import Changes, Randbytes, control_key, lock_run, tell_run
from traces.models import LedgerEntry, Replay, Run
from traces.models.run import FINAL
from traces.queries.access import NotVisible, as_uuid
from traces.queries.fidelity import fork_seq
from traces.queries.fork_budgets import read_remainder

BY = "server:fork"
RAISED = "asked for with the replay"
log = logging.getLogger(__name__)


def inherit_budgets(*, forks: Collection[uuid.UUID], now_ns: int, randbytes: Randbytes) -> Changes:
    """Give forks that just grew what their originals had left; return those that got a limit.

    What was asked for with a replay is set in the name of whoever asked, and nothing else is inherited of it.
    """
    if not forks:
        return ()
    changes: Changes = ()
    jobs = {each.run_id: each for each in Replay.objects.filter(run_id__in=forks)}
    for fork in Run.objects.filter(id__in=forks).exclude(observed_state__in=FINAL):
        try:
            changes += _give(fork, jobs.get(fork.id), now_ns, randbytes)
        except (DatabaseError, NotVisible) as error:
            log.warning("run %s inherits no budget: %s", fork.id, error)
    return changes


def _give(fork: Run, job: Replay | None, now_ns: int, randbytes: Randbytes) -> Changes:
    if _has_inherited(fork.id):
        return ()
    raised = raised_limits(job)
    left = _left(fork, now_ns) if fork.replay_mode == ReplayMode.FORK.value else {}
    left = {dimension: limit for dimension, limit in left.items() if dimension not in raised}
    if not raised and not any(tighter_limits(fork, left)):
        return ()
    return _inherit(fork, job, left, now_ns, randbytes)


def raised_limits(job: Replay | None) -> dict[Dimension, Limit]:
    """Return the limits that were asked for with a replay."""
    asked = {} if job is None else job.overrides.get("budget", {})
    return {Dimension(name): Limit(hard=Decimal(limit)) for name, limit in asked.items()}


def _left(fork: Run, now_ns: int) -> dict[Dimension, Limit]:
    named = Run.objects.filter(id=as_uuid(fork.replay_of or ""), project_id=fork.project_id)
    found = named.exclude(id=fork.id).first()
    return {} if found is None else read_remainder(found, fork_seq(found, fork), now_ns)


def _has_inherited(run_id: uuid.UUID) -> bool:
    keys = [_key(word, each) for each in Dimension for word in ("fork", "replay")]
    return LedgerEntry.objects.filter(run_id=run_id, key__in=keys).exists()


def _inherit(
    fork: Run,
    job: Replay | None,
    left: Mapping[Dimension, Limit],
    now_ns: int,
    randbytes: Randbytes,
) -> Changes:
    how = Setting(
        source=BudgetSource.FORK, by=BY, now_ns=now_ns, reason=f"what {fork.replay_of} had left"
    )
    with transaction.atomic():
        run = lock_run(fork.id)
        events = [
            set_limit(run, dimension, limit, how, key=_key("fork", dimension))
            for dimension, limit in tighter_limits(run, left)
        ]
        if job is not None:
            asked = replace(how, source=BudgetSource.COMMAND, by=job.by, reason=RAISED)
            events += [
                set_limit(run, dimension, limit, asked, key=_key("replay", dimension))
                for dimension, limit in raised_limits(job).items()
            ]
        return tell_run(run, events, by=BY, now_ns=now_ns, randbytes=randbytes)


def _key(word: str, dimension: Dimension) -> str:
    return control_key(word, dimension.value)
