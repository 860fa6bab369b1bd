"""Expire: a request that nobody decides in time is denied, in the name of nobody.

Requests whose policy names who is asked next are passed on when that time comes; those of runs that have ended, or of
an attempt that another one followed, are closed, because nothing waits for them any more.

Guarantee: each step is taken once, under the run's lock; of a decision and a timeout in one moment the first to have
the lock stands. Dying half-way leaves the rest to the next pass.
"""

from __future__ import annotations

import logging
import uuid

from django.db import DatabaseError, connection, transaction

from deliberation.events import ApprovalClosed, ApprovalDecided, Event
from deliberation.vocabulary import ApprovalStatus, Decision, ObservedState
from traces.actions.tell_run import Changes, Randbytes, control_key, lock_run, tell_run
from traces.models.approval import PENDING
from traces.models.run import FINAL, FOREIGN
from traces.projection.states import RunState
from traces.queries.access import NotVisible
from traces.queries.approvals import ApprovalRow, read_approval

BY = "server:approvals"
PORTION = 500
FINAL_STATES = ", ".join(f"'{state}'" for state in FINAL)
DUE = f"""
SELECT approval.run_id, approval.approval_id
FROM traces_approval AS approval JOIN traces_run AS run ON run.id = approval.run_id
WHERE approval.status = '{PENDING}' AND run.source <> '{FOREIGN}' AND (
  approval.expires_ns <= %(now)s OR
  approval.escalates_ns <= %(now)s AND approval.escalated_ns IS NULL OR
  approval.attempt < run.attempt OR run.observed_state IN ({FINAL_STATES}))
ORDER BY approval.expires_ns LIMIT {PORTION}"""
log = logging.getLogger(__name__)


def expire_approvals(*, now_ns: int, randbytes: Randbytes) -> Changes:
    """Look through all that is pending; return the runs that changed, for live pages."""
    with connection.cursor() as cursor:
        cursor.execute(DUE, {"now": now_ns})
        due = cursor.fetchall()
    changes: Changes = ()
    for run_id, approval_id in due:
        changes += _one(run_id, approval_id, now_ns, randbytes)
    return changes


def close_event(
    approval: ApprovalRow, *, now_ns: int, status: ApprovalStatus = ApprovalStatus.EXPIRED
) -> ApprovalClosed:
    """Return the event that says what became of a request."""
    return ApprovalClosed(
        run=str(approval.run_id),
        key=control_key("apr", approval.approval_id, "closed"),
        at=now_ns,
        approval=approval.approval_id,
        status=status,
        digest=approval.permit_digest if status.is_permit else None,
    )


def _one(run_id: uuid.UUID, approval_id: str, now_ns: int, randbytes: Randbytes) -> Changes:
    try:
        with transaction.atomic():
            run = lock_run(run_id)
            approval = read_approval(run_id, approval_id)
            event = approval and approval.is_pending and _next(run, approval, now_ns)
            if not event:
                return ()
            return tell_run(run, [event], by=BY, now_ns=now_ns, randbytes=randbytes)
    except (DatabaseError, NotVisible) as error:
        log.warning("approval %s is not looked after: %s", approval_id, error)
        return ()


def _next(run: RunState, approval: ApprovalRow, now_ns: int) -> Event | None:
    is_over = ObservedState(run.observed_state).is_terminal
    if is_over or (approval.attempt is not None and approval.attempt < run.attempt):
        return close_event(approval, now_ns=now_ns, status=ApprovalStatus.CANCELLED)
    if approval.is_due(now_ns):
        return close_event(approval, now_ns=now_ns)
    escalates = approval.escalates_ns is not None and approval.escalates_ns <= now_ns
    if not escalates or approval.escalated_ns is not None:
        return None
    return ApprovalDecided(
        run=str(run.id),
        key=control_key("apr", approval.approval_id, "passed-on"),
        at=now_ns,
        approval=approval.approval_id,
        decision=Decision.ESCALATE,
        by=BY,
        asked=approval.escalate_to,
        reason="Nobody had decided by the time that its policy names.",
    )
