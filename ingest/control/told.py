"""What a runner is told, as JSON; the shapes are those of docs/reference/http.md."""

from __future__ import annotations

from typing import Any

from ingest.control.spending import tell_budget
from traces.actions.approval_conflict import ApprovalConflict
from traces.actions.conflict import Conflict, Fenced
from traces.api import approval_shapes, control_shapes
from traces.queries.approval_policies import PolicyRow
from traces.queries.approvals import ApprovalRow
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
        "budgets": [tell_budget(row) for row in hearing.budgets],
        "approvals": [tell_approval(approval) for approval in hearing.approvals],
        "approval_rules": [tell_rule(policy) for policy in hearing.policies],
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


def tell_approval(approval: ApprovalRow) -> dict[str, Any]:
    """Return an approval as its program needs to know it: what became of it, who said so, and what may be done."""
    last = approval.last
    return {
        "approval_id": approval.approval_id,
        "status": approval.status,
        "digest": approval.digest,
        "permit_digest": approval.permit_digest,
        "arguments": approval.arguments,
        "by": last and last.by,
        "reason": last and last.reason,
        "needed": approval.needed,
        "agreed": len(approval.agreed),
        "expires_at": approval.expires_ns,
        "consumed": approval.consumed_ns is not None,
    }


def tell_rule(policy: PolicyRow) -> dict[str, Any]:
    """Return what a program must ask about."""
    names = ("name", "version", "tool", "side_effect", "risk")
    return {name: getattr(policy, name) for name in names}


def tell_conflict(conflict: Conflict, *, now_ns: int) -> dict[str, Any]:
    """Return a problem that hands whoever lost what won."""
    return {
        "type": "about:blank",
        "title": "Fenced" if isinstance(conflict, Fenced) else "Conflict",
        "status": 409,
        "detail": conflict.sentence,
        **_stands(conflict, now_ns),
    }


def _stands(conflict: Conflict, now_ns: int) -> dict[str, Any]:
    if isinstance(conflict, ApprovalConflict):
        return approval_shapes.told_approval(conflict)
    return control_shapes.told(conflict, now_ns=now_ns)
