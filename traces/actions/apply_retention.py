"""Apply the policies of retention: each night, a bounded while at a time.

Guarantee: each run in a transaction of its own, so that dying half-way leaves whole runs behind and the next pass goes
on. A run that is held, or of which something is just arriving, is passed over until the next night.
"""

from __future__ import annotations

import datetime as dt
import time
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from traces.actions.conflict import Conflict
from traces.actions.expire_run import expire_run_by_policy
from traces.actions.expire_texts import expire_by_policy
from traces.actions.tell_run import Changes, Randbytes
from traces.models import RetentionPolicy
from traces.queries.access import NotVisible
from traces.queries.retention import due_runs, due_texts, policies_in_force

AT_ONCE = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class Applied:
    """How many runs were taken away, and of how many the texts; what live pages are to be told."""

    runs: int
    texts: int
    changes: Changes


def apply_retention(
    *,
    now_ns: int,
    randbytes: Randbytes,
    seconds: float,
    read_seconds: Callable[[], float] = time.monotonic,
) -> Applied:
    """Take away what is due, for about so long."""
    until = read_seconds() + seconds
    runs = texts = 0
    changes: Changes = ()
    for policy, run_id, is_whole in _due(dt.datetime.fromtimestamp(now_ns / 10**9, dt.UTC)):
        if read_seconds() >= until:
            break
        name = f"retention, version {policy.version}"
        try:
            if is_whole:
                expire_run_by_policy(run_id=run_id, policy=name, now_ns=now_ns)
                runs += 1
            else:
                changes += expire_by_policy(
                    run_id=run_id, policy=name, now_ns=now_ns, randbytes=randbytes
                )
                texts += 1
        except (Conflict, NotVisible):
            continue
    return Applied(runs=runs, texts=texts, changes=changes)


def _due(now: dt.datetime) -> Iterator[tuple[RetentionPolicy, uuid.UUID, bool]]:
    for policy in policies_in_force():
        for run_id in due_runs(policy, now=now, limit=AT_ONCE):
            yield policy, run_id, True
        for run_id in due_texts(policy, now=now, limit=AT_ONCE):
            yield policy, run_id, False
