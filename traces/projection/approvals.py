"""What events about approvals do to their rows.

The actions check before they record: here nothing is refused, and what does not fit changes nothing. The first
resolution stands; a permit is used once.
"""

from __future__ import annotations

from deliberation.events import (
    ApprovalClosed,
    ApprovalDecided,
    ApprovalRequested,
    PermitConsumed,
    PermitRefused,
)
from deliberation.vocabulary import ApprovalStatus, Decision
from traces.projection.approval_rows import ApprovalRows
from traces.projection.states import ApprovalState, RunState
from traces.projection.texts import ANSWER_CHARS, cut, fact

PENDING = ApprovalStatus.PENDING.value
LEAST_ROLE = "reviewer"
AGREEMENTS = (Decision.APPROVE, Decision.MODIFY)


def apply_request(rows: ApprovalRows, run: RunState, event: ApprovalRequested, seq: int) -> None:
    """Fold a request; the same one again is the same row."""
    if rows.find(run, event.approval) is not None:
        return
    approval = ApprovalState(
        run_id=run.id,
        approval_id=event.approval,
        seq=seq,
        node_id=event.node,
        attempt=event.attempt,
        tool=fact(event.tool),
        side_effect=event.side_effect and event.side_effect.value,
        risk=fact(event.risk),
        digest=event.digest,
        action=_whole(event.action),
        needed=event.needed,
        policy=fact(event.policy),
        by=fact(event.by),
        requested_ns=event.at,
        expires_ns=event.expires_at,
        asked=event.asked or LEAST_ROLE,
        escalates_ns=event.escalates_at,
        escalate_to=event.escalate_to,
        status=PENDING,
        permit_digest=event.digest,
    )
    rows.touch(approval, seq)


def apply_decision(rows: ApprovalRows, run: RunState, event: ApprovalDecided, seq: int) -> None:
    """Fold what somebody decided: always a row of its own, and a change of the request while it is open."""
    approval = rows.find(run, event.approval)
    if approval is None:
        return
    if approval.status == PENDING:
        _change(rows, approval, event, seq)
    agreed = approval.permit_digest if event.decision in AGREEMENTS else None
    rows.decisions.append(
        (
            run.id,
            seq,
            approval.approval_id,
            event.decision.value,
            fact(event.by),
            None if event.reason is None else cut(event.reason, ANSWER_CHARS),
            event.shown,
            event.opened_at,
            event.at,
            agreed,
            _whole(event.arguments),
            event.asked,
        )
    )


def apply_closing(rows: ApprovalRows, run: RunState, event: ApprovalClosed, seq: int) -> None:
    """Fold a resolution. The first one stands."""
    approval = rows.find(run, event.approval)
    if approval is None or approval.status != PENDING:
        return
    approval.status, approval.closed_ns = event.status.value, event.at
    rows.touch(approval, seq)


def apply_use(rows: ApprovalRows, run: RunState, event: PermitConsumed, seq: int) -> None:
    """Fold that the permit was used."""
    approval = rows.find(run, event.approval)
    if approval is None or approval.consumed_ns is not None:
        return
    approval.consumed_ns, approval.consumed_use = event.at, event.use
    rows.touch(approval, seq)


def apply_refusal(rows: ApprovalRows, run: RunState, event: PermitRefused, seq: int) -> None:
    """Fold that somebody tried to use a permit that was not good for it."""
    approval = rows.find(run, event.approval)
    if approval is not None:
        approval.refused_uses += 1
        rows.touch(approval, seq)


def _change(rows: ApprovalRows, approval: ApprovalState, event: ApprovalDecided, seq: int) -> None:
    if event.decision is Decision.MODIFY and event.new_digest is not None:
        approval.permit_digest, approval.arguments = event.new_digest, _whole(event.arguments)
    elif event.decision is Decision.ESCALATE:
        approval.asked = event.asked or approval.asked
        approval.escalated_ns = event.at
    rows.touch(approval, seq)


def _whole(text: str | None) -> str | None:
    return None if text is None else cut(text, len(text))
