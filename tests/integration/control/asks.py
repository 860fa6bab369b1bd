"""Programs that ask, people who decide, and permits that are used, as short as it can be said."""

from __future__ import annotations

import uuid
from typing import Any

from deliberation.ledger.action import Action, write_arguments
from deliberation.vocabulary import Decision
from tests.integration.build import make_project
from tests.integration.control.acts import RUNNER, at, randbytes
from traces.actions.consume_permit import Consumed, Use, consume_permit
from traces.actions.decide_approval import Decided, Ruling, decide_approval
from traces.actions.expire_approvals import expire_approvals
from traces.actions.request_approval import Requested, Wish, request_approval
from traces.queries.access import Viewer
from traces.queries.approvals import ApprovalRow, read_approval

MAIL = {"to": "treasurer@example.org", "subject": "The report"}


def action_of(run: str, arguments: Any = MAIL, **facts: Any) -> Action:
    """A mail that the program is about to send."""
    known = {"tool": "send_email", "side_effect": "irreversible", "node": "ab" * 8}
    return Action(run=run, arguments=write_arguments(arguments), **{**known, **facts})


def request(
    run: str,
    action: Action | None = None,
    now: float = 0,
    text: str | None = None,
    by: str = RUNNER,
    project: str = "default",
    **more: Any,
) -> Requested:
    """The program asks about an action."""
    asked = action or action_of(run)
    return request_approval(
        project=make_project(project).pk,
        run_id=uuid.UUID(run),
        wish=Wish(**{"action": text or asked.text, "digest": asked.digest, **more}),
        by=by,
        now_ns=at(now),
        randbytes=randbytes,
    )


def somebody(name: str = "alice", role: str = "reviewer", project: str = "default") -> Viewer:
    """A person with a role in a project."""
    pk = make_project(project).pk
    return Viewer(project_ids=frozenset({pk}), by=f"user:{name}", roles={pk: role})


def decide(
    approval: ApprovalRow,
    decision: str = "approve",
    who: Viewer | None = None,
    now: float = 1,
    **more: Any,
) -> Decided:
    """Somebody decides, by default alice, who approves."""
    return decide_approval(
        approval_id=approval.approval_id,
        ruling=Ruling(decision=Decision(decision), **more),
        who=who or somebody(),
        now_ns=at(now),
        randbytes=randbytes,
    )


def use(
    approval: ApprovalRow,
    digest: str | None = None,
    now: float = 2,
    project: str = "default",
    **more: Any,
) -> Consumed:
    """The program uses its permit."""
    return consume_permit(
        project=make_project(project).pk,
        run_id=approval.run_id,
        approval_id=approval.approval_id,
        use=Use(digest=digest or approval.permit_digest, **more),
        by=RUNNER,
        now_ns=at(now),
        randbytes=randbytes,
    )


def expire(now: float) -> int:
    """Beat looks through what waits; how many runs changed."""
    return len(expire_approvals(now_ns=at(now), randbytes=randbytes))


def row_of(approval: ApprovalRow) -> ApprovalRow:
    """The request as it stands."""
    found = read_approval(approval.run_id, approval.approval_id)
    assert found is not None
    return found
