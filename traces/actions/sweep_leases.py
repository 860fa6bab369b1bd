"""Sweep: what nobody was heard of is lost, and after a while crashed.

Guarantee: a run is called lost at the earliest when its lease has run out, and crashed at the earliest
CRASHED_AFTER_SECONDS after it was found lost here, so that an outage of the server itself crashes nothing: holders
have that long to come back. One that had been asked to end is `unconfirmed` instead: nobody ever said that it did.
Twice at once is once, by the run's lock. Dying half-way leaves the rest to the next sweep.
"""

from __future__ import annotations

import logging
import uuid
from collections.abc import Callable

from django.db import DatabaseError, connection, transaction
from django.db.models import QuerySet

from deliberation.vocabulary import ObservedState, Reporter
from deliberation.vocabulary.control import END_STATES
from traces.actions.hold_lease import end_lease
from traces.actions.report_state import state_event
from traces.actions.tell_run import Changes, Randbytes, lock_run, tell_run
from traces.models import Lease
from traces.models.run import FINAL, FOREIGN
from traces.projection.states import RunState
from traces.queries.access import NotVisible
from traces.queries.leases import LeaseRow, read_lease
from traces.queries.patience import Patience, patience

BY = "server:leases"
PORTION = 500
"""Runs in one sweep; the next one comes in seconds."""
# As literals, or Postgres would not see that the index of attached runs fits.
FINAL_STATES = ", ".join(f"'{state}'" for state in FINAL)
log = logging.getLogger(__name__)

# A lease that was lost with its table: its run would never be called lost. It gets a last one of the usual length.
RESTORE = f"""
INSERT INTO traces_lease (run_id, attempt, holder, killable, state, in_call, spent, reserved,
  heartbeat_ns, expires_ns)
SELECT id, attempt, '', false, observed_state, false, '{{}}', '{{}}', %s, %s
FROM traces_run AS run
WHERE attempt > 0 AND source <> '{FOREIGN}' AND NOT observed_state IN ({FINAL_STATES})
  AND NOT EXISTS (SELECT FROM traces_lease WHERE run_id = run.id)
LIMIT {PORTION}
ON CONFLICT DO NOTHING"""
ENDED = f"""
DELETE FROM traces_lease AS lease WHERE NOT EXISTS (
  SELECT FROM traces_run WHERE id = lease.run_id AND NOT observed_state IN ({FINAL_STATES}))"""


def sweep_leases(*, now_ns: int, randbytes: Randbytes) -> Changes:
    """Look through all leases; return the runs that changed, for live pages."""
    waits = patience()
    _tidy(now_ns, waits)
    found = Lease.objects.filter(lost_ns=None, expires_ns__lt=now_ns)
    lost = _each(found, lambda run_id: _lose(run_id, now_ns, randbytes))
    gone = Lease.objects.filter(lost_ns__lt=now_ns - waits.crashed_after)
    ended = _each(gone, lambda run_id: _end(run_id, now_ns, waits, randbytes))
    return lost + ended


def _tidy(now_ns: int, waits: Patience) -> None:
    with connection.cursor() as cursor:
        cursor.execute(ENDED)
        cursor.execute(RESTORE, [now_ns, now_ns + waits.lease])


def _each(leases: QuerySet[Lease], act: Callable[[uuid.UUID], Changes]) -> Changes:
    changes: Changes = ()
    for run_id in leases.order_by("expires_ns").values_list("run_id", flat=True)[:PORTION]:
        try:
            changes += act(run_id)
        except (DatabaseError, NotVisible) as error:
            log.warning("run %s is not swept: %s", run_id, error)  # the others must not wait for it
    return changes


def _lose(run_id: uuid.UUID, now_ns: int, randbytes: Randbytes) -> Changes:
    with transaction.atomic():
        run, lease = lock_run(run_id), read_lease(run_id, lock=True)
        if lease is None or lease.lost_ns is not None or lease.is_live(now_ns):
            return ()
        Lease.objects.filter(run_id=run_id).update(lost_ns=now_ns)
        detail = f"nothing was heard of {lease.holder or 'its holder'}"
        return _say(run, lease, ObservedState.LOST, detail, now_ns, randbytes)


def _end(run_id: uuid.UUID, now_ns: int, waits: Patience, randbytes: Randbytes) -> Changes:
    with transaction.atomic():
        run, lease = lock_run(run_id), read_lease(run_id, lock=True)
        if lease is None or lease.lost_ns is None or run.observed_state != ObservedState.LOST.value:
            return ()
        if lease.lost_ns >= now_ns - waits.crashed_after:
            return ()
        end_lease(run_id)
        if run.desired_state in END_STATES:
            detail = "it was asked to end, and nothing was heard of it since"
            return _say(run, lease, ObservedState.UNCONFIRMED, detail, now_ns, randbytes)
        detail = f"lost, and nothing was heard of {lease.holder or 'its holder'} since"
        return _say(run, lease, ObservedState.CRASHED, detail, now_ns, randbytes)


def _say(
    run: RunState,
    lease: LeaseRow,
    state: ObservedState,
    detail: str,
    now_ns: int,
    randbytes: Randbytes,
) -> Changes:
    event = state_event(
        run,
        state,
        reporter=Reporter.SERVER,
        now_ns=now_ns,
        attempt=lease.attempt,
        detail=detail,
    )
    return tell_run(run, [event], by=BY, now_ns=now_ns, randbytes=randbytes) if event else ()
