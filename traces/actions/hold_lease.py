"""Write down that a process holds a run; the caller has the run's lock."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass

from deliberation.vocabulary import ObservedState
from traces.analytics.budget_line import Stated
from traces.models import Lease
from traces.queries.leases import LeaseRow, read_lease

NOTHING_SAID = LeaseRow(
    attempt=0,
    holder="",
    killable=False,
    state=ObservedState.RUNNING.value,
    in_call=False,
    spent={},
    reserved={},
    heartbeat_ns=0,
    expires_ns=0,
    lost_ns=None,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Beat:
    """What a process says of a run that it holds, or means to hold when `attempt` is None. None leaves what was said.

    `holder` names the process, and no other one ever: the same holder that attaches again is the same attempt. So a
    supervisor and the program it runs can hold one run together under one name: the supervisor says `killable`, which
    the attempt then stays, and leaves `state` and all else to the program.
    `spent` and `reserved` are by dimension, as decimal strings; `in_call` says that it is in a call that cannot be cut.
    `limits` are what the program states, in the first word on a run that others are to spend from.
    """

    run_id: uuid.UUID
    attempt: int | None
    state: ObservedState | None
    holder: str
    killable: bool = False
    in_call: bool | None = None
    spent: Mapping[str, str] | None = None
    reserved: Mapping[str, str] | None = None
    limits: Stated | None = None


def hold_lease(
    beat: Beat, *, attempt: int, state: ObservedState, now_ns: int, lease_ns: int
) -> None:
    """Give the lease to the attempt, from now on for its whole length. `state` is what it says, or last said."""
    before = read_lease(beat.run_id)
    said = before if before is not None and before.attempt == attempt else NOTHING_SAID
    Lease.objects.update_or_create(
        run_id=beat.run_id,
        defaults={
            "attempt": attempt,
            "holder": beat.holder,
            "killable": beat.killable or said.killable,
            "state": state.value,
            "in_call": said.in_call if beat.in_call is None else beat.in_call,
            "spent": dict(said.spent if beat.spent is None else beat.spent),
            "reserved": dict(said.reserved if beat.reserved is None else beat.reserved),
            "heartbeat_ns": now_ns,
            "expires_ns": now_ns + lease_ns,
            "lost_ns": None,
        },
    )


def end_lease(run_id: uuid.UUID) -> None:
    """Nobody holds the run any more."""
    Lease.objects.filter(run_id=run_id).delete()
