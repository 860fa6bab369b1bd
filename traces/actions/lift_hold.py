"""Lift a hold by a rule of the server's own: spending is below its limit again, an approval was decided.

People and machines lift one with the command resume.
"""

from __future__ import annotations

import uuid

from django.db import transaction

from deliberation.events import HoldLifted
from traces.actions.tell_run import Changes, Randbytes, control_key, lock_run, tell_run
from traces.queries.access import NotVisible
from traces.queries.holds import read_holds


def lift_hold(
    *, run_id: uuid.UUID, hold_id: str, by: str, now_ns: int, randbytes: Randbytes
) -> Changes:
    """Lift a hold; one that is lifted already stays so. Raises NotVisible for an unknown run or hold."""
    with transaction.atomic():
        run = lock_run(run_id)
        found = [each for each in read_holds(run_id, only_open=False) if each.hold_id == hold_id]
        if not found:
            raise NotVisible
        if not found[0].is_open:
            return ()
        event = HoldLifted(
            run=str(run_id), key=control_key("lift", hold_id), at=now_ns, hold=hold_id, by=by
        )
        return tell_run(run, [event], by=by, now_ns=now_ns, randbytes=randbytes)
