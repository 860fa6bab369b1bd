"""Request an approval: one exact action waits for people.

Guarantee: the request is bound to the bytes of the action. The same action asked about again, by a retry or a process
that lost the answer, is the same request; any other is another one. The number of people and the time come from the
project's policies, which a program can make stricter and never milder.
"""

from __future__ import annotations

import hashlib
import uuid
from dataclasses import dataclass

from django.db import transaction

from deliberation.events import ApprovalRequested
from deliberation.ledger.action import Action, NoAction, read_action
from deliberation.vocabulary import ObservedState, SideEffect
from deliberation.vocabulary.budget import RAISE_TOOL
from deliberation.vocabulary.control import END_STATES
from traces.actions.approval_conflict import ApprovalConflict
from traces.actions.conflict import Fenced, Unfit
from traces.actions.expire_approvals import close_event
from traces.actions.tell_run import Changes, Randbytes, control_key, lock_run, tell_run
from traces.models import Approval
from traces.models.access import Role
from traces.models.approval import PENDING
from traces.projection.states import RunState
from traces.queries.access import NotVisible
from traces.queries.approval_policies import (
    PolicyRow,
    default_policy,
    policies_in_force,
    strictest,
)
from traces.queries.approvals import RANKS, ApprovalRow, read_approval
from traces.queries.patience import SECOND

MAX_PENDING = 100
"""Of a run. A program that asks more than people can answer is told so."""
MAX_NEEDED = 20
MAX_TIMEOUT_SECONDS = 30 * 24 * 3600


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """What a program asks for: the canonical action and its digest; more people or less time, if it likes."""

    action: str
    digest: str
    needed: int | None = None
    timeout_seconds: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Requested:
    """The request's row; `is_new` is False when it was known. `changes` are for live pages."""

    approval: ApprovalRow
    is_new: bool
    changes: Changes


def request_approval(
    *, project: int, run_id: uuid.UUID, wish: Wish, by: str, now_ns: int, randbytes: Randbytes
) -> Requested:
    """Ask for an approval in the name of a key.

    Raises Unfit for what is no canonical action of this run, NotVisible for an unknown run or another project's,
    Fenced for an attempt that another one followed, ApprovalConflict where nothing can be asked any more.
    """
    action = _check(wish, run_id)
    with transaction.atomic():
        run = lock_run(run_id)
        if run.project_id != project:
            raise NotVisible
        approval_id = id_of(run_id, wish.digest)
        known = read_approval(run_id, approval_id)
        if known is not None:
            return _again(run, known, now_ns, randbytes)
        _check_run(run, action)
        event = _requested(run, approval_id, action, wish, by, now_ns)
        changes = tell_run(run, [event], by=by, now_ns=now_ns, randbytes=randbytes)
        approval = read_approval(run_id, approval_id)
    assert approval is not None, "a key of control was taken"
    return Requested(approval=approval, is_new=True, changes=changes)


def id_of(run_id: uuid.UUID, digest: str) -> str:
    """Return the request's id: a UUID (version 8) that follows from the run and the digest of the action."""
    seed = hashlib.sha256(f"approval:{run_id}:{digest}".encode()).digest()[:16]
    number = int.from_bytes(seed) & ~(0xF << 76 | 0x3 << 62) | 0x8 << 76 | 0x2 << 62
    return str(uuid.UUID(int=number))


def _check(wish: Wish, run_id: uuid.UUID) -> Action:
    try:
        action = read_action(wish.action)
    except NoAction as error:
        raise Unfit("action", str(error)) from None
    if action.digest != wish.digest:
        raise Unfit("digest", "is not the SHA-256 of the action")
    if action.run != str(run_id):
        raise Unfit("action", "is about another run")
    if action.side_effect not in (None, *(each.value for each in SideEffect)):
        raise Unfit("action", "side_effect must be none, read, write or irreversible")
    if wish.needed is not None and not 1 <= wish.needed <= MAX_NEEDED:
        raise Unfit("needed", f"must be from 1 to {MAX_NEEDED}")
    if wish.timeout_seconds is not None and not 1 <= wish.timeout_seconds <= MAX_TIMEOUT_SECONDS:
        raise Unfit("timeout_seconds", f"must be from 1 to {MAX_TIMEOUT_SECONDS}")
    return action


def _again(run: RunState, known: ApprovalRow, now_ns: int, randbytes: Randbytes) -> Requested:
    """Return what is known; a request whose time is over is closed by whoever looks first."""
    if not known.is_due(now_ns):
        return Requested(approval=known, is_new=False, changes=())
    event = close_event(known, now_ns=now_ns)
    changes = tell_run(run, [event], by="server:approvals", now_ns=now_ns, randbytes=randbytes)
    closed = read_approval(run.id, known.approval_id)
    return Requested(approval=closed or known, is_new=False, changes=changes)


def _check_run(run: RunState, action: Action) -> None:
    if action.attempt is not None and action.attempt < run.attempt:
        raise Fenced(f"attempt {run.attempt} has the run", run)
    if ObservedState(run.observed_state).is_terminal:
        raise ApprovalConflict(f"the run has ended: {run.observed_state}", run)
    if run.desired_state in END_STATES:
        raise ApprovalConflict(f"the run is asked to {run.desired_state}", run)
    if Approval.objects.filter(run_id=run.id, status=PENDING).count() >= MAX_PENDING:
        raise ApprovalConflict(f"{MAX_PENDING} of its actions wait already", run)


def _requested(
    run: RunState, approval_id: str, action: Action, wish: Wish, by: str, now_ns: int
) -> ApprovalRequested:
    policy = strictest(
        policies_in_force(run.project_id),
        tool=action.tool,
        side_effect=action.side_effect,
        risk=action.risk,
    )
    terms = policy or default_policy()
    seconds = min(terms.timeout_seconds, wish.timeout_seconds or terms.timeout_seconds)
    return ApprovalRequested(
        run=str(run.id),
        key=control_key("apr", approval_id),
        at=now_ns,
        approval=approval_id,
        tool=action.tool,
        digest=wish.digest,
        needed=max(terms.needed, wish.needed or 1),
        expires_at=now_ns + seconds * SECOND,
        node=action.node,
        side_effect=SideEffect(action.side_effect) if action.side_effect else None,
        risk=action.risk,
        policy=None if policy is None else policy.label,
        by=by,
        attempt=action.attempt,
        asked=_least_role(action.tool),
        escalates_at=_escalates_at(terms, now_ns),
        escalate_to=terms.escalate_to,
        action=wish.action,
    )


def _least_role(tool: str) -> str:
    """Return who is asked first: to give more money takes whoever may raise a budget."""
    return Role.OPERATOR.value if tool == RAISE_TOOL else RANKS[0]


def _escalates_at(terms: PolicyRow, now_ns: int) -> int | None:
    after = terms.escalate_after_seconds
    return None if after is None else now_ns + after * SECOND
