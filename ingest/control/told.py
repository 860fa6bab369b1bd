"""What a runner is told, as JSON; the shapes are those of docs/reference/http.md."""

from __future__ import annotations

from typing import Any

from traces.actions.conflict import Conflict, Fenced
from traces.api import control_shapes
from traces.queries.commands import CommandRow
from traces.queries.hearing import Hearing
from traces.queries.patience import SECOND, patience


def tell(hearing: Hearing, *, now_ns: int) -> dict[str, Any]:
    """Return the answer to a poll and to a heartbeat."""
    lease = hearing.lease
    allowed = patience()
    return {
        "control_seq": hearing.control_seq,
        "desired_state": hearing.desired_state,
        "observed_state": hearing.observed_state,
        "commands": [tell_command(command, now_ns=now_ns) for command in hearing.commands],
        "budgets": [],
        "approvals": [],
        "holds": [
            {"hold_id": hold.hold_id, "source": hold.source, "reason": hold.reason}
            for hold in hearing.holds
        ],
        "lease": lease
        and {
            "attempt": lease.attempt,
            "seconds": allowed.lease / SECOND,
            "heartbeat_seconds": allowed.heartbeat / SECOND,
        },
    }


def tell_command(command: CommandRow, *, now_ns: int) -> dict[str, Any]:
    """Return a command as the API shows it."""
    return control_shapes.Command.of(command, now_ns=now_ns).model_dump(mode="json")


def tell_conflict(conflict: Conflict, *, now_ns: int) -> dict[str, Any]:
    """Return a problem that hands whoever lost what won."""
    return {
        "type": "about:blank",
        "title": "Fenced" if isinstance(conflict, Fenced) else "Conflict",
        "status": 409,
        "detail": conflict.sentence,
        **control_shapes.told(conflict, now_ns=now_ns),
    }
