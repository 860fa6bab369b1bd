"""Consume a permit: the program is about to do what people agreed to.

Guarantee: a permit is used once, for the very action that was agreed to, by the attempt that asked, in the transaction
whose answer says so. Whatever else is tried is refused and stands in the ledger. The same use asked about again, after
an answer that was lost, is the same use: `use` is a name that the program makes up for it. Leave to spend more
raises the limit in that transaction.
"""

from __future__ import annotations

import re
import uuid
from dataclasses import dataclass

from django.db import transaction

from deliberation.events import Event, PermitConsumed, PermitRefused
from deliberation.vocabulary import ObservedState, PermitRefusal
from deliberation.vocabulary.control import END_STATES
from traces.actions.approval_conflict import ApprovalConflict
from traces.actions.conflict import Unfit
from traces.actions.raise_budget import raise_by_permit
from traces.actions.tell_run import Changes, Randbytes, control_key, lock_run, tell_run
from traces.projection.states import RunState
from traces.queries.access import NotVisible
from traces.queries.approvals import ApprovalRow, read_approval

DIGEST = re.compile(r"[0-9a-f]{64}")
USE = re.compile(r"[A-Za-z0-9._:-]{1,64}")
MAX_REFUSALS = 50
"""Recorded of one request; whoever goes on trying adds nothing to the ledger."""
SENTENCES = {
    PermitRefusal.NOT_APPROVED: "nobody agreed to it",
    PermitRefusal.CHANGED: "this is not the action that was agreed to",
    PermitRefusal.USED: "the permit was used already",
    PermitRefusal.FENCED: "another attempt has the run",
    PermitRefusal.ENDED: "the run has ended, or is asked to",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Use:
    """What a program is about to do: the digest of the action, its attempt, and its own name for this use."""

    digest: str
    attempt: int | None = None
    name: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Consumed:
    """The request whose permit is used now. `changes` are for live pages."""

    approval: ApprovalRow
    changes: Changes


class PermitInvalid(ApprovalConflict):
    """409: the permit is not good for this."""

    def __init__(
        self, refusal: PermitRefusal, run: RunState, approval: ApprovalRow, changes: Changes
    ) -> None:
        super().__init__(SENTENCES[refusal], run, approval=approval, changes=changes)
        self.refusal = refusal


def consume_permit(
    *,
    project: int,
    run_id: uuid.UUID,
    approval_id: str,
    use: Use,
    by: str,
    now_ns: int,
    randbytes: Randbytes,
) -> Consumed:
    """Use a permit. Raises Unfit, NotVisible, and PermitInvalid for whatever it is not good for."""
    _check_form(use)
    with transaction.atomic():
        run = lock_run(run_id)
        approval = read_approval(run_id, approval_id)
        if approval is None or run.project_id != project:
            raise NotVisible
        if use.name is not None and approval.consumed_use == use.name:
            return Consumed(approval=approval, changes=())
        refusal = _refusal(run, approval, use)
        events = _events(run, approval, use, refusal, by, now_ns)
        changes = tell_run(run, events, by=by, now_ns=now_ns, randbytes=randbytes) if events else ()
        stands = read_approval(run_id, approval_id)
    assert stands is not None
    if refusal is not None:
        raise PermitInvalid(refusal, run, stands, changes)
    return Consumed(approval=stands, changes=changes)


def _check_form(use: Use) -> None:
    if not DIGEST.fullmatch(use.digest):
        raise Unfit("digest", "must be 64 hex digits")
    if use.name is not None and not USE.fullmatch(use.name):
        raise Unfit("use", "must be 1 to 64 letters, digits and . _ : -")


def _refusal(run: RunState, approval: ApprovalRow, use: Use) -> PermitRefusal | None:
    attempts = [each for each in (use.attempt, approval.attempt) if each is not None]
    if not approval.is_permit:
        return PermitRefusal.NOT_APPROVED
    if use.digest != approval.permit_digest:
        return PermitRefusal.CHANGED
    if approval.consumed_ns is not None:
        return PermitRefusal.USED
    if any(each != run.attempt for each in attempts):
        return PermitRefusal.FENCED
    if ObservedState(run.observed_state).is_terminal or run.desired_state in END_STATES:
        return PermitRefusal.ENDED
    return None


def _events(
    run: RunState,
    approval: ApprovalRow,
    use: Use,
    refusal: PermitRefusal | None,
    by: str,
    now_ns: int,
) -> list[Event]:
    names = ("apr", approval.approval_id)
    if refusal is None:
        consumed = PermitConsumed(
            run=str(run.id),
            key=control_key(*names, "used"),
            at=now_ns,
            approval=approval.approval_id,
            digest=use.digest,
            use=use.name,
        )
        return [consumed, *raise_by_permit(run, approval, by=by, now_ns=now_ns)]
    if approval.refused_uses >= MAX_REFUSALS:
        return []
    refused = PermitRefused(
        run=str(run.id),
        key=control_key(*names, "refused", approval.refused_uses),
        at=now_ns,
        approval=approval.approval_id,
        refusal=refusal,
        digest=use.digest,
        attempt=use.attempt,
        by=by,
    )
    return [refused]
