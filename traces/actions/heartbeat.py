"""Heartbeat: the process that holds a run says that it lives, and in which state the run is.

Guarantee: a lower attempt than the run's is fenced off, also when the lease itself was lost. A heartbeat that says
nothing new is one statement without a lock on the run; any other goes through its ledger. A run that was thought lost
is again what its holder says. Told of a run that has ended, it changes nothing, and the answer shows the end.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

from django.db import connection, transaction

from deliberation.vocabulary import ObservedState, Reporter
from traces.actions.attach_attempt import attach_attempt, said_state
from traces.actions.conflict import Fenced, Unfit
from traces.actions.hold_lease import Beat, end_lease, hold_lease
from traces.actions.report_state import state_event
from traces.actions.tell_run import Changes, Randbytes, lock_run, tell_run
from traces.live.publish import RunChange
from traces.queries.access import NotVisible
from traces.queries.patience import patience

# Nothing new: the highest attempt, and the state that is known.
STILL = """
UPDATE traces_lease AS lease SET holder = %(holder)s, killable = lease.killable OR %(killable)s,
  state = coalesce(%(state)s, lease.state), in_call = coalesce(%(in_call)s, lease.in_call),
  spent = coalesce(%(spent)s::jsonb, lease.spent),
  reserved = coalesce(%(reserved)s::jsonb, lease.reserved),
  heartbeat_ns = %(now)s, expires_ns = %(expires)s, lost_ns = NULL
FROM traces_run AS run,
  (SELECT spent, reserved FROM traces_lease WHERE run_id = %(run)s) AS was
WHERE lease.run_id = %(run)s AND lease.attempt = %(attempt)s AND run.id = lease.run_id
  AND run.project_id = %(project)s AND run.attempt = %(attempt)s
  AND run.observed_state = coalesce(%(state)s, lease.state)
RETURNING run.observed_state, run.size - 1, run.control_seq,
  (was.spent, was.reserved) IS DISTINCT FROM (lease.spent, lease.reserved)"""

NOT_A_HOLDERS = (ObservedState.LOST, ObservedState.UNCONFIRMED)


@dataclass(frozen=True, slots=True, kw_only=True)
class Beaten:
    """The attempt that has the run, and the state that is known of it now. `changes` are for live pages."""

    attempt: int
    state: ObservedState
    changes: Changes


def heartbeat(*, project: int, beat: Beat, by: str, now_ns: int, randbytes: Randbytes) -> Beaten:
    """Take a heartbeat; one without an attempt attaches.

    Raises NotVisible for an unknown run or another project's, Fenced (a Conflict) for an attempt that another one
    followed, Unfit for one that was never given out and for a
    state that no holder can be in.
    """
    if beat.state in NOT_A_HOLDERS:
        raise Unfit("state", f"{beat.state.value} is what others say of a run, not its holder")
    if beat.attempt is None:
        attached = attach_attempt(
            project=project, beat=beat, by=by, now_ns=now_ns, randbytes=randbytes
        )
        return Beaten(attempt=attached.attempt, state=attached.state, changes=attached.changes)
    lease_ns = patience().lease
    still = _still(project, beat, now_ns, lease_ns)
    if still is not None:
        return still
    with transaction.atomic():
        return _take(project, beat, beat.attempt, by, now_ns, lease_ns, randbytes)


def _still(project: int, beat: Beat, now_ns: int, lease_ns: int) -> Beaten | None:
    """Return what goes on, or None where something is new. What was spent is no entry, and pages hear of it."""
    if beat.attempt is None or (beat.state is not None and beat.state.is_terminal):
        return None
    told: dict[str, Any] = {
        "run": beat.run_id,
        "project": project,
        "attempt": beat.attempt,
        "holder": beat.holder,
        "killable": beat.killable,
        "state": beat.state and beat.state.value,
        "in_call": beat.in_call,
        "spent": None if beat.spent is None else json.dumps(dict(beat.spent)),
        "reserved": None if beat.reserved is None else json.dumps(dict(beat.reserved)),
        "now": now_ns,
        "expires": now_ns + lease_ns,
    }
    with connection.cursor() as cursor:
        cursor.execute(STILL, told)
        found = cursor.fetchone()
    if found is None:
        return None
    state, seq, control_seq, has_spent = found
    change = RunChange(str(beat.run_id), project, seq, control_seq)
    changes = (change,) if has_spent else ()
    return Beaten(attempt=beat.attempt, state=ObservedState(state), changes=changes)


def _take(
    project: int,
    beat: Beat,
    attempt: int,
    by: str,
    now_ns: int,
    lease_ns: int,
    randbytes: Randbytes,
) -> Beaten:
    run = lock_run(beat.run_id)
    if run.project_id != project:
        raise NotVisible
    if attempt < run.attempt:
        raise Fenced(f"attempt {run.attempt} has the run", run)
    if attempt > run.attempt:
        raise Unfit("attempt", f"{attempt} was never given out; attach with null")
    said = said_state(run, beat)
    event = state_event(run, said, reporter=Reporter.RUNNER, now_ns=now_ns, attempt=attempt)
    observed = ObservedState(run.observed_state)
    stands = said if event and not observed.is_terminal else observed
    changes: Changes = ()
    if event is not None:
        changes = tell_run(run, [event], by=by, now_ns=now_ns, randbytes=randbytes)
    if stands.is_terminal:
        end_lease(run.id)
    else:
        hold_lease(beat, attempt=attempt, state=stands, now_ns=now_ns, lease_ns=lease_ns)
    return Beaten(attempt=attempt, state=stands, changes=changes)
