"""Decide about an action that waits for a person.

Guarantee: under the run's lock the first resolution stands, and whoever comes later is handed it. Where several people
must agree they are different people, and each has agreed to the action as it stands: a change of its arguments is
another action, with another digest, that all must agree to anew. Whoever asked decides nothing. A timeout that came
first stands too, in the name of nobody.
"""

from __future__ import annotations

import json
from dataclasses import dataclass

from django.db import transaction
from django.utils.translation import gettext

from deliberation.events import ApprovalClosed, ApprovalDecided, Event
from deliberation.ledger.action import MAX_ACTION_BYTES, read_action, write_arguments
from deliberation.vocabulary import ApprovalStatus, Decision, ObservedState
from traces.actions.approval_conflict import ApprovalConflict, why_closed
from traces.actions.conflict import Unfit
from traces.actions.expire_approvals import close_event
from traces.actions.order import MAX_REASON_CHARS
from traces.actions.tell_run import Changes, Randbytes, control_key, lock_run, tell_run
from traces.projection.states import RunState
from traces.queries.access import JUDGES, NotAllowed, NotVisible, Viewer, told_roles
from traces.queries.approvals import (
    RANKS,
    ApprovalRow,
    get_approval,
    may_decide,
    read_approval,
)
from traces.queries.spoken import spoken

MAX_DECISIONS = 200
"""Of one request: passing it to and fro has an end."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Ruling:
    """What somebody decided. `shown` is the digest they were shown, `opened_ns` when, by the server's clock.

    `arguments` belong to modify: JSON text in the place of the arguments.
    """

    decision: Decision
    reason: str = ""
    shown: str | None = None
    opened_ns: int | None = None
    arguments: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Decided:
    """The request as it stands now; it may still wait for more people. `changes` are for live pages."""

    approval: ApprovalRow
    changes: Changes


def decide_approval(
    *, approval_id: str, ruling: Ruling, who: Viewer, now_ns: int, randbytes: Randbytes
) -> Decided:
    """Decide in the name of `who`.

    Raises Unfit for what has not its form, NotVisible, NotAllowed for whoever may not decide this, ApprovalConflict
    where it was resolved before, was changed since it was shown, or its run is over.
    """
    _check_form(ruling)
    seen = get_approval(who=who, approval_id=approval_id)
    with transaction.atomic():
        run = lock_run(seen.run_id)
        approval = read_approval(seen.run_id, approval_id)
        if approval is None or run.project_id not in who.project_ids:
            raise NotVisible
        _check_right(approval, who, who.roles.get(run.project_id))
        is_late = approval.is_due(now_ns)
        events: list[Event] = [close_event(approval, now_ns=now_ns)]
        if not is_late:
            _check_open(run, approval, ruling, who.by)
            events = _events(run, approval, ruling, who.by, now_ns)
        by = "server:approvals" if is_late else who.by
        changes = tell_run(run, events, by=by, now_ns=now_ns, randbytes=randbytes)
        stands = read_approval(run.id, approval_id)
    assert stands is not None
    if is_late:
        raise ApprovalConflict(why_closed(stands), run, approval=stands, changes=changes)
    return Decided(approval=stands, changes=changes)


def _check_form(ruling: Ruling) -> None:
    if len(ruling.reason) > MAX_REASON_CHARS:
        raise Unfit(
            "reason", gettext("must have at most {most} characters").format(most=MAX_REASON_CHARS)
        )
    is_change = ruling.decision is Decision.MODIFY
    if is_change and ruling.arguments is None:
        raise Unfit("arguments", gettext("say what they are to be instead, as JSON"))
    if not is_change and ruling.arguments is not None:
        raise Unfit(
            "arguments",
            gettext("belong to modify, not to {decision}").format(decision=ruling.decision.value),
        )
    if is_change:
        rewritten(ruling.arguments or "")


def rewritten(arguments: str) -> str:
    """Return arguments in the form that is hashed. Raises Unfit for what is no JSON."""
    if len(arguments) > MAX_ACTION_BYTES // 6:  # each character may take six in ASCII
        raise Unfit(
            "arguments",
            gettext("must have at most {most} characters").format(most=MAX_ACTION_BYTES // 6),
        )
    try:
        return write_arguments(json.loads(arguments))
    except (ValueError, RecursionError) as error:
        raise Unfit("arguments", gettext("must be JSON: {error}").format(error=error)) from None


def _check_right(approval: ApprovalRow, who: Viewer, role: str | None) -> None:
    if role not in JUDGES:
        raise NotAllowed(told_roles(JUDGES))
    if who.by == approval.by:
        raise NotAllowed(gettext("whoever asked may not decide"))
    if approval.is_pending and not may_decide(role, approval.asked):
        sentence = gettext("it was passed on: it takes the role {role} now")
        raise NotAllowed(sentence.format(role=approval.asked))


def _check_open(run: RunState, approval: ApprovalRow, ruling: Ruling, by: str) -> None:
    def conflict(sentence: str) -> ApprovalConflict:
        return ApprovalConflict(sentence, run, approval=approval)

    if not approval.is_pending:
        raise conflict(why_closed(approval))
    if ObservedState(run.observed_state).is_terminal:
        raise conflict(
            gettext("the run has ended: {observed_state}").format(
                observed_state=spoken(run.observed_state)
            )
        )
    if len(approval.decisions) >= MAX_DECISIONS:
        raise conflict(
            gettext("{most} decisions were made about it already").format(most=MAX_DECISIONS)
        )
    is_changed = approval.permit_digest != approval.digest
    if ruling.shown != approval.permit_digest and (ruling.shown is not None or is_changed):
        raise conflict(gettext("its arguments were changed since; look at what it would do now"))
    if ruling.decision is Decision.APPROVE and by in approval.agreed:
        raise conflict(
            gettext("{by} has agreed already; it takes {needed} different people").format(
                by=by, needed=approval.needed
            )
        )
    if ruling.decision is Decision.ESCALATE and _next_role(approval) is None:
        raise conflict(gettext("there is nobody above whoever is asked"))


def _events(
    run: RunState, approval: ApprovalRow, ruling: Ruling, by: str, now_ns: int
) -> list[Event]:
    changed = _changed(approval, ruling)
    opened = ruling.opened_ns
    decided = ApprovalDecided(
        run=str(run.id),
        key=control_key("apr", approval.approval_id, "decided", run.size),
        at=now_ns,
        approval=approval.approval_id,
        decision=ruling.decision,
        by=by,
        shown=ruling.shown,
        opened_at=opened if opened is not None and 0 < opened <= now_ns else None,
        new_digest=changed and changed[1],
        asked=_next_role(approval) if ruling.decision is Decision.ESCALATE else None,
        reason=ruling.reason or None,
        arguments=changed and changed[0],
    )
    status = _resolved(approval, ruling.decision, by, changed and changed[1])
    return [decided] if status is None else [decided, _closed(approval, status, changed, now_ns)]


def _changed(approval: ApprovalRow, ruling: Ruling) -> tuple[str, str] | None:
    """Return the arguments as they are to be, and the digest of the action with them."""
    if ruling.decision is not Decision.MODIFY:
        return None
    if approval.action is None:
        raise Unfit("arguments", gettext("cannot be changed: the action was redacted"))
    arguments = rewritten(ruling.arguments or "")
    return arguments, read_action(approval.action).changed(arguments).digest


def _resolved(
    approval: ApprovalRow, decision: Decision, by: str, new_digest: str | None
) -> ApprovalStatus | None:
    """Return what becomes of the request with this decision; None while more people must agree."""
    if decision is Decision.REJECT:
        return ApprovalStatus.REJECTED
    if decision is Decision.TERMINATE:
        return ApprovalStatus.TERMINATED
    if decision is Decision.ESCALATE:
        return None
    digest = new_digest or approval.permit_digest
    agreed = {each.by for each in approval.decisions if each.digest == digest} | {by}
    if len(agreed) < approval.needed:
        return None
    is_as_asked = digest == approval.digest
    return ApprovalStatus.APPROVED if is_as_asked else ApprovalStatus.MODIFIED


def _closed(
    approval: ApprovalRow, status: ApprovalStatus, changed: tuple[str, str] | None, now_ns: int
) -> ApprovalClosed:
    digest = changed[1] if changed else approval.permit_digest
    return ApprovalClosed(
        run=str(approval.run_id),
        key=control_key("apr", approval.approval_id, "closed"),
        at=now_ns,
        approval=approval.approval_id,
        status=status,
        digest=digest if status.is_permit else None,
    )


def _next_role(approval: ApprovalRow) -> str | None:
    """Return who is asked next: whom the policy names, else the role above the one that is asked."""
    above = RANKS[RANKS.index(approval.asked) + 1 :]
    if approval.escalate_to in above:
        return approval.escalate_to
    return above[0] if above else None
