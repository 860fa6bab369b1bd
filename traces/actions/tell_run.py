"""Append what people, policies and the server do to a run to its ledger."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Callable, Sequence

from django.db import transaction

from deliberation.events import Event
from deliberation.events.server_made import CONTROL_KEY
from traces.actions.announce import announce
from traces.actions.record import record, report_on
from traces.actions.run_rows import lock_runs
from traces.live.publish import RunChange
from traces.models.run import FOREIGN
from traces.projection.states import RunState
from traces.queries.access import NotVisible

Randbytes = Callable[[int], bytes]
Changes = tuple[RunChange, ...]


def lock_run(run_id: uuid.UUID, *, may_be_foreign: bool = False) -> RunState:
    """Lock one run's row, which serialises everything about the run, and return it.

    Raises NotVisible, also for a run that came in a bundle, where nothing else is said: nothing is told to its ledger.
    """
    found = lock_runs([run_id]).get(run_id)
    if found is None or (found.source == FOREIGN and not may_be_foreign):
        raise NotVisible
    return found


def control_key(*names: str | int) -> str:
    """Return the key of an event that only the server makes."""
    return CONTROL_KEY + ":".join(map(str, names))


def tell_run(
    run: RunState, events: Sequence[Event], *, by: str, now_ns: int, randbytes: Randbytes
) -> Changes:
    """Record events of one run whose row the caller has locked; `run` itself stays as it was read.

    What webhooks are to be told of them is committed with them.
    """
    report = report_on(run, events, by=by, now_ns=now_ns)
    now = dt.datetime.fromtimestamp(now_ns // 1_000_000_000, dt.UTC)
    with transaction.atomic():
        changes = record(reports=[report], now=now, randbytes=randbytes).changes
        announce(run, events, now_ns=now_ns)
    return changes
