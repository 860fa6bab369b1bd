"""Escalate: a stop that nobody answers becomes a kill, and then a plain statement that nobody confirmed it.

After KILL_AFTER_SECONDS without an acknowledgement, a run whose supervisor still holds its lease is killed. After
UNCONFIRMED_AFTER_SECONDS with neither acknowledgement nor lease, the run is `unconfirmed`: never "stopped". A stop
that was acknowledged is waited for as long as its holder is heard of: a call in progress cannot be cut, and pages show
the command as overdue. Commands that a run's end left open are closed: applied where the end is what they asked
for, else expired.

Guarantee: each step is taken once, under the run's lock. Dying half-way leaves the rest to the next pass.
"""

from __future__ import annotations

import logging
import uuid
from collections.abc import Callable, Iterable

from django.db import DatabaseError, connection, transaction

from deliberation.events import Event
from deliberation.vocabulary import CommandKind, CommandStage, ObservedState, Reporter
from deliberation.vocabulary.control import ENDS
from traces.actions.conflict import Conflict
from traces.actions.issue_command import issue_command
from traces.actions.order import ESCALATED, Order
from traces.actions.report_state import state_event
from traces.actions.stage_command import stage_event
from traces.actions.tell_run import Changes, Randbytes, lock_run, tell_run
from traces.models.command import OPEN_STAGES
from traces.projection.runs import TERMINAL
from traces.queries.access import NotVisible
from traces.queries.commands import CommandRow
from traces.queries.patience import Patience, patience
from traces.queries.standing import Standing, read_standing

BY = "server:escalation"
PORTION = 500
UNHEARD = (CommandStage.REQUESTED, CommandStage.DELIVERED)
DOES = {
    CommandKind.STOP: ObservedState.CANCELLED,
    CommandKind.KILL: ObservedState.KILLED,
}
"""The end that each command asks for."""
log = logging.getLogger(__name__)

UNANSWERED = """
SELECT DISTINCT run_id FROM traces_command
WHERE stage = ANY(%(open)s) AND requested_ns < %(before)s
  AND kind = ANY(%(ends)s) AND stage = ANY(%(unheard)s) LIMIT %(portion)s"""
LEFT_OPEN = """
SELECT DISTINCT command.run_id FROM traces_command AS command
JOIN traces_run AS run ON run.id = command.run_id
WHERE command.stage = ANY(%(open)s) AND command.requested_ns < %(before)s
  AND run.observed_state = ANY(%(final)s) LIMIT %(portion)s"""


def escalate_commands(*, now_ns: int, randbytes: Randbytes) -> Changes:
    """Look through all open commands; return the runs that changed, for live pages."""
    waits = patience()
    unanswered = _find(UNANSWERED, now_ns - min(waits.kill_after, waits.unconfirmed_after))
    changes = _each(unanswered, lambda run_id: _escalate(run_id, now_ns, waits, randbytes))
    # The runner's own last word on a command may be a moment behind its word on the end.
    left_open = _find(LEFT_OPEN, now_ns - waits.heartbeat)
    return changes + _each(left_open, lambda run_id: _close(run_id, now_ns, randbytes))


def _find(statement: str, before: int) -> list[uuid.UUID]:
    with connection.cursor() as cursor:
        cursor.execute(
            statement,
            {
                "before": before,
                "open": list(OPEN_STAGES),
                "unheard": [stage.value for stage in UNHEARD],
                "ends": [kind.value for kind in ENDS],
                "final": list(TERMINAL),
                "portion": PORTION,
            },
        )
        return [run_id for (run_id,) in cursor.fetchall()]


def _each(run_ids: Iterable[uuid.UUID], act: Callable[[uuid.UUID], Changes]) -> Changes:
    changes: Changes = ()
    for run_id in run_ids:
        try:
            changes += act(run_id)
        except (DatabaseError, NotVisible) as error:
            log.warning("run %s is not escalated: %s", run_id, error)
    return changes


def _escalate(run_id: uuid.UUID, now_ns: int, waits: Patience, randbytes: Randbytes) -> Changes:
    with transaction.atomic():
        run, standing = lock_run(run_id), read_standing(run_id)
        end = standing.end()
        if end is None or end.stage not in UNHEARD or run.observed_state in TERMINAL:
            return ()
        waited = now_ns - end.times.get(CommandStage.REQUESTED, now_ns)
        is_held = standing.lease is not None and standing.lease.is_live(now_ns)
        if not is_held and waited > waits.unconfirmed_after:
            state = state_event(
                run,
                ObservedState.UNCONFIRMED,
                reporter=Reporter.SERVER,
                now_ns=now_ns,
                attempt=run.attempt or None,
                detail="asked to end, and nobody ever confirmed it",
            )
            events = [
                *([state] if state else []),
                *_closing(ObservedState.UNCONFIRMED, [end], now_ns),
            ]
            return tell_run(run, events, by=BY, now_ns=now_ns, randbytes=randbytes)
        if is_held and end.kind is CommandKind.STOP and waited > waits.kill_after:
            return _kill(run_id, end, standing, now_ns, randbytes)
    return ()


def _kill(
    run_id: uuid.UUID, stop: CommandRow, standing: Standing, now_ns: int, randbytes: Randbytes
) -> Changes:
    if not standing.is_killable:
        return ()
    order = Order(
        command_id=f"{ESCALATED}{stop.seq}",
        kind=CommandKind.KILL,
        reason="the stop was not acknowledged in time",
        seen_seq=stop.seq,
    )
    try:
        return issue_command(
            run_id=run_id, order=order, by=BY, now_ns=now_ns, randbytes=randbytes
        ).changes
    except Conflict:
        return ()


def _close(run_id: uuid.UUID, now_ns: int, randbytes: Randbytes) -> Changes:
    with transaction.atomic():
        run, standing = lock_run(run_id), read_standing(run_id)
        if run.observed_state not in TERMINAL:
            return ()
        left = standing.open_of(frozenset(CommandKind))
        events = _closing(ObservedState(run.observed_state), left, now_ns)
        if not events:
            return ()
        return tell_run(run, events, by=BY, now_ns=now_ns, randbytes=randbytes)


def _closing(state: ObservedState, left: Iterable[CommandRow], now_ns: int) -> list[Event]:
    return [
        stage_event(
            command,
            CommandStage.APPLIED if DOES.get(command.kind) is state else CommandStage.EXPIRED,
            now_ns=now_ns,
            detail=f"the run has ended: {state.value}",
        )
        for command in left
    ]
