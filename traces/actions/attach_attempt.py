"""Attach: a process takes a run under a lease, and fences off whoever had it before.

Guarantee: attempts are numbered in the run's ledger, under its lock: two that attach at once have different numbers,
and the higher one has the run. A holder whose answer was lost and who attaches again, while its lease lives, has the
number it had. A run that nothing was recorded of yet is made known by it.
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass

from django.db import transaction

from deliberation.events import AttemptAttached, Event, StateReported
from deliberation.vocabulary import ObservedState, Reporter
from traces.actions.conflict import Conflict
from traces.actions.hold_lease import Beat, hold_lease
from traces.actions.record import Report, open_runs
from traces.actions.report_state import state_event
from traces.actions.state_limits import state_limits
from traces.actions.tell_run import Changes, Randbytes, control_key, tell_run
from traces.projection.states import RunState
from traces.queries.access import NotVisible
from traces.queries.leases import read_lease
from traces.queries.patience import patience


@dataclass(frozen=True, slots=True, kw_only=True)
class Attached:
    """The number of the attempt that has the run now, and the run's state. `changes` are for live pages."""

    attempt: int
    state: ObservedState
    changes: Changes


def attach_attempt(
    *, project: int, beat: Beat, by: str, now_ns: int, randbytes: Randbytes
) -> Attached:
    """Give the run to the process. Raises NotVisible for another project's run, Conflict for one that has ended."""
    with transaction.atomic():
        run = _open(project, beat.run_id, by, now_ns)
        if ObservedState(run.observed_state).is_terminal:
            raise Conflict(f"the run has ended: {run.observed_state}", run)
        attempt, state = _number(run, beat, now_ns), said_state(run, beat)
        said = _said(run, state, attempt, now_ns)
        stands = state if said else ObservedState(run.observed_state)
        # The word comes first: what a ledger opens with says where its run begins.
        events = [said] if said else []
        if attempt > run.attempt:
            events.append(_attached(run, beat, attempt, now_ns))
        if beat.limits is not None:
            events += state_limits(run, beat.limits, by=by, now_ns=now_ns)
        changes = tell_run(run, events, by=by, now_ns=now_ns, randbytes=randbytes) if events else ()
        if not stands.is_terminal:
            hold_lease(
                beat, attempt=attempt, state=stands, now_ns=now_ns, lease_ns=patience().lease
            )
    return Attached(attempt=attempt, state=stands, changes=changes)


def said_state(run: RunState, beat: Beat) -> ObservedState:
    """Return what a holder says; of one that says nothing, what is known, or was before the run was lost."""
    if beat.state is not None:
        return beat.state
    observed = ObservedState(run.observed_state)
    if observed is not ObservedState.LOST:
        return observed
    lease = read_lease(run.id)
    return ObservedState(lease.state) if lease else ObservedState.RUNNING


def _open(project: int, run_id: uuid.UUID, by: str, now_ns: int) -> RunState:
    unheard = Report(
        project=project, run=str(run_id), source="sdk", by=by, received_at=now_ns, events=()
    )
    run = open_runs([unheard]).get(run_id)
    if run is None or run.project_id != project:
        raise NotVisible
    return run


def _number(run: RunState, beat: Beat, now_ns: int) -> int:
    lease = read_lease(run.id)
    is_again = lease is not None and lease.is_live(now_ns) and lease.holder == beat.holder
    if is_again and beat.holder and lease is not None and lease.attempt == run.attempt:
        return int(run.attempt)
    return int(run.attempt) + 1


def _said(run: RunState, state: ObservedState, attempt: int, now_ns: int) -> Event | None:
    if run.size > 1:
        return state_event(run, state, reporter=Reporter.RUNNER, now_ns=now_ns, attempt=attempt)
    return StateReported(
        run=str(run.id),
        key=control_key("state", 1),
        at=now_ns,
        state=state,
        by=Reporter.RUNNER,
        attempt=attempt,
    )


def _attached(run: RunState, beat: Beat, attempt: int, now_ns: int) -> Event:
    return AttemptAttached(
        run=str(run.id),
        key=control_key("attempt", attempt),
        at=now_ns,
        attempt=attempt,
        holder=beat.holder,
        killable=beat.killable,
    )
