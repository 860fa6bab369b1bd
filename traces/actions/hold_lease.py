"""Write down that a process holds a run; the caller has the run's lock."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field

from deliberation.vocabulary import ObservedState
from traces.models import Lease


@dataclass(frozen=True, slots=True, kw_only=True)
class Beat:
    """What a process says of a run that it holds, or means to hold when `attempt` is None.

    `holder` names the process, no other one ever: the same holder that attaches again is the same attempt. `spent`
    and `reserved` are by dimension, as decimal strings; `in_call` says that it is in a call that cannot be cut.
    """

    run_id: uuid.UUID
    attempt: int | None
    state: ObservedState
    holder: str
    killable: bool = False
    in_call: bool = False
    spent: Mapping[str, str] = field(default_factory=dict)
    reserved: Mapping[str, str] = field(default_factory=dict)


def hold_lease(beat: Beat, *, attempt: int, now_ns: int, lease_ns: int) -> None:
    """Give the lease to the attempt, from now on for its whole length."""
    Lease.objects.update_or_create(
        run_id=beat.run_id,
        defaults={
            "attempt": attempt,
            "holder": beat.holder,
            "killable": beat.killable,
            "state": beat.state.value,
            "in_call": beat.in_call,
            "spent": dict(beat.spent),
            "reserved": dict(beat.reserved),
            "heartbeat_ns": now_ns,
            "expires_ns": now_ns + lease_ns,
            "lost_ns": None,
        },
    )


def end_lease(run_id: uuid.UUID) -> None:
    """Nobody holds the run any more."""
    Lease.objects.filter(run_id=run_id).delete()
