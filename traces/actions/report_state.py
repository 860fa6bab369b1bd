"""Report in which state a run was observed.

Guarantee: under the run's lock, a state that may not follow the present one changes no row. A final state is written
once; what a runner says of a run that has ended stands in the ledger, once per attempt and state, for whoever wants to
know that something is still alive.
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass

from django.db import transaction

from deliberation.events import StateReported
from deliberation.vocabulary import MOVES, ObservedState, Reporter
from traces.actions.tell_run import Changes, Randbytes, control_key, lock_run, tell_run
from traces.projection.states import RunState


@dataclass(frozen=True, slots=True, kw_only=True)
class Reported:
    """The state that stands after it, and whether it is the one that was reported just now."""

    state: ObservedState
    is_new: bool
    changes: Changes


def report_state(
    *,
    run_id: uuid.UUID,
    state: ObservedState,
    reporter: Reporter,
    by: str,
    now_ns: int,
    randbytes: Randbytes,
    attempt: int | None = None,
    detail: str = "",
) -> Reported:
    """Report a state of a run. Raises NotVisible for an unknown one."""
    with transaction.atomic():
        run = lock_run(run_id)
        event = state_event(
            run, state, reporter=reporter, now_ns=now_ns, attempt=attempt, detail=detail
        )
        if event is None:
            return Reported(state=ObservedState(run.observed_state), is_new=False, changes=())
        changes = tell_run(run, [event], by=by, now_ns=now_ns, randbytes=randbytes)
    is_new = not ObservedState(run.observed_state).is_terminal
    stands = state if is_new else ObservedState(run.observed_state)
    return Reported(state=stands, is_new=is_new, changes=changes)


def state_event(
    run: RunState,
    state: ObservedState,
    *,
    reporter: Reporter,
    now_ns: int,
    attempt: int | None = None,
    detail: str = "",
) -> StateReported | None:
    """Return the event that a report comes to, or None when it says nothing new or nothing that may follow.

    The caller holds the run's lock. The key carries the entry's own number: a state may come back.
    """
    observed = ObservedState(run.observed_state)
    if state is observed:
        return None
    if state not in MOVES[observed] and not observed.is_terminal:
        return None
    is_late = observed.is_terminal
    if is_late and reporter is Reporter.SERVER:
        return None
    names = ("late", attempt or 0, state.value) if is_late else ("state", run.size)
    return StateReported(
        run=str(run.id),
        key=control_key(*names),
        at=now_ns,
        state=state,
        by=reporter,
        attempt=attempt,
        detail=detail or None,
    )
