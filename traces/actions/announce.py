"""Announce: write down what a project's webhooks are to be told, in the transaction in which it happens.

Guarantee: what is on record of an approval and the messages about it are committed together, or neither is. So no crash
loses a message, and none tells of what did not happen. Sending is `deliver_webhooks`'.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
from collections.abc import Sequence

from django.conf import settings

from deliberation.events import ApprovalClosed, ApprovalDecided, ApprovalRequested, Event
from deliberation.vocabulary import ApprovalStatus, Decision
from traces.models import Delivery, Webhook
from traces.projection.states import RunState
from traces.queries.approvals import ApprovalRow, DecisionRow, read_approval

ABOUT_APPROVALS = (ApprovalRequested, ApprovalDecided, ApprovalClosed)
CLOSED = {
    ApprovalStatus.EXPIRED: "approval.expired",
    ApprovalStatus.CANCELLED: "approval.cancelled",
}
"""The others are closed by a decision, which is told."""


def announce(run: RunState, events: Sequence[Event], *, now_ns: int) -> None:
    """Write a message for each webhook of the run's project about each event that it is told of."""
    told = [(event, kind) for event in events if (kind := kind_of(event)) is not None]
    if not told:
        return
    webhooks = list(
        Webhook.objects.filter(project_id=run.project_id, ended_at=None).select_related("project")
    )
    for event, kind in told if webhooks else ():
        approval = read_approval(run.id, event.approval)  # type: ignore[attr-defined]
        if approval is None:
            continue
        Delivery.objects.bulk_create(
            (_message(webhook, event, kind, approval, now_ns) for webhook in webhooks),
            ignore_conflicts=True,
        )


def kind_of(event: Event) -> str | None:
    """Return what an event is called in a message; None for what is not told."""
    if isinstance(event, ApprovalRequested):
        return "approval.requested"
    if isinstance(event, ApprovalDecided):
        is_passed_on = event.decision is Decision.ESCALATE
        return "approval.escalated" if is_passed_on else "approval.decided"
    return CLOSED.get(event.status) if isinstance(event, ApprovalClosed) else None


def _message(
    webhook: Webhook, event: Event, kind: str, approval: ApprovalRow, now_ns: int
) -> Delivery:
    named = f"{webhook.id}:{approval.run_id}:{event.key}".encode()
    decision = approval.last if isinstance(event, ApprovalDecided) else None
    return Delivery(
        id=f"msg_{hashlib.sha256(named).hexdigest()[:32]}",
        webhook=webhook,
        run_id=approval.run_id,
        approval_id=approval.approval_id,
        kind=kind,
        body=json.dumps(
            {
                "type": kind,
                "timestamp": _time(now_ns),
                "data": {
                    "project": webhook.project.slug,
                    "run": {
                        "id": str(approval.run_id),
                        "url": f"{settings.PUBLIC_URL}/runs/{approval.run_id}",
                    },
                    "approval": _approval(approval),
                    "decision": decision and _decision(decision),
                },
            }
        ),
        made_ns=now_ns,
        due_ns=now_ns,
    )


def _approval(approval: ApprovalRow) -> dict[str, object]:
    """Return what is told of a request. Arguments and reasons are not: what they hold is for whoever may look."""
    same = (
        "tool",
        "side_effect",
        "risk",
        "digest",
        "permit_digest",
        "status",
        "needed",
        "asked",
        "policy",
    )
    times = ("requested", "expires", "escalated", "closed")
    return {
        "id": approval.approval_id,
        "url": f"{settings.PUBLIC_URL}/approvals",
        "requested_by": approval.by,
        "agreed": len(approval.agreed),
        "seq": approval.changed_seq,
        **{name: getattr(approval, name) for name in same},
        **{f"{name}_at": _time(getattr(approval, f"{name}_ns")) for name in times},
    }


def _decision(decision: DecisionRow) -> dict[str, object]:
    return {
        "decision": decision.decision,
        "by": decision.by,
        "decided_at": _time(decision.decided_ns),
    }


def _time(ns: int | None) -> str | None:
    if ns is None:
        return None
    return dt.datetime.fromtimestamp(ns // 1_000_000_000, dt.UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
