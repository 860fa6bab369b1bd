"""Hold a run for a rule of the server's own: a budget that was hit, an approval that is awaited.

People and machines place theirs with the command pause. A run waits as long as one hold is open.
"""

from __future__ import annotations

import uuid

from django.db import transaction

from deliberation.events import HoldPlaced
from deliberation.vocabulary import CommandKind, DesiredState, ObservedState, applies
from deliberation.vocabulary.control import faced
from traces.actions.conflict import Conflict
from traces.actions.tell_run import Changes, Randbytes, control_key, lock_run, tell_run
from traces.queries.commands import read_command
from traces.queries.holds import read_holds


def place_hold(
    *,
    run_id: uuid.UUID,
    hold_id: str,
    source: str,
    reason: str,
    by: str,
    now_ns: int,
    randbytes: Randbytes,
) -> Changes:
    """Place a hold (`hold_id` ≤ 55 characters, unique in its run). The same id again changes nothing.

    Raises NotVisible for an unknown run; Conflict where a pause would not apply, or when an open hold has the same
    source and reason.
    """
    with transaction.atomic():
        run = lock_run(run_id)
        holds = read_holds(run_id, only_open=False)
        if any(each.hold_id == hold_id for each in holds):
            return ()
        state = faced(ObservedState(run.observed_state), DesiredState(run.desired_state))
        found = applies(CommandKind.PAUSE, state, holds=len(holds), killable=False)
        if isinstance(found, str):
            raise Conflict(found, run)
        for each in holds:
            if each.is_open and (each.source, each.reason) == (source, reason):
                winner = each.command_id and read_command(run_id, each.command_id)
                sentence = f"{source} holds the run for this reason already"
                raise Conflict(sentence, run, winner=winner or None)
        event = HoldPlaced(
            run=str(run_id),
            key=control_key("hold", hold_id),
            at=now_ns,
            hold=hold_id,
            source=source,
            reason=reason,
        )
        return tell_run(run, [event], by=by, now_ns=now_ns, randbytes=randbytes)
