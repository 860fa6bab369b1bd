"""The shapes of approvals and of their policies in the API."""

from __future__ import annotations

from typing import Any

from ninja import Field, Schema
from pydantic import ConfigDict

from deliberation.vocabulary import ApprovalStatus, Decision, Risk, SideEffect
from traces.actions.approval_conflict import ApprovalConflict
from traces.actions.decide_approval import Ruling
from traces.actions.keep_policy import Terms
from traces.api.forms import rfc3339
from traces.api.problems import Problem
from traces.queries.approval_policies import PolicyRow
from traces.queries.approvals import ApprovalRow, DecisionRow


class Opinion(Schema):
    """What somebody decided, and how long they had it before them."""

    decision: Decision
    by: str
    reason: str | None
    shown: str | None = Field(description="The digest of the action that they were shown")
    opened_at: str | None
    decided_at: str | None
    took_seconds: float | None
    digest: str | None = Field(description="What they agreed to, where they did")
    arguments: str | None = Field(description="As they changed them: JSON text")
    asked: str | None = Field(description="The role that it was passed on to")

    @classmethod
    def of(cls, row: DecisionRow) -> Opinion:
        """Return the shape of a decision."""
        same = ("by", "reason", "shown", "digest", "arguments", "asked")
        return cls(
            decision=Decision(row.decision),
            opened_at=rfc3339(row.opened_ns),
            decided_at=rfc3339(row.decided_ns),
            took_seconds=None if row.took_ns is None else row.took_ns / 1e9,
            **{name: getattr(row, name) for name in same},
        )


class Approval(Schema):
    """An action that waits for people, or did."""

    id: str
    run_id: str
    node_id: str | None
    attempt: int | None
    tool: str
    side_effect: SideEffect | None
    risk: str | None
    action: str | None = Field(description="The canonical line that was hashed; null once redacted")
    arguments: str | None = Field(description="As they stand now: JSON text")
    digest: str = Field(description="SHA-256 of the action as it was asked for")
    permit_digest: str = Field(description="SHA-256 of the action as it stands now")
    status: ApprovalStatus
    needed: int
    agreed: list[str]
    decisions: list[Opinion]
    policy: str | None
    by: str | None
    asked: str = Field(description="The least role that may decide now")
    requested_at: str | None
    expires_at: str | None
    escalates_at: str | None
    escalate_to: str | None
    escalated_at: str | None
    closed_at: str | None
    consumed_at: str | None
    refused_uses: int

    @classmethod
    def of(cls, row: ApprovalRow) -> Approval:
        """Return the shape of an approval."""
        same = (
            "node_id", "attempt", "tool", "risk", "action", "digest", "permit_digest", "needed",
            "policy", "by", "asked", "escalate_to", "refused_uses",
        )  # fmt: skip
        times = ("requested", "expires", "escalates", "escalated", "closed", "consumed")
        more: dict[str, Any] = {f"{name}_at": rfc3339(getattr(row, f"{name}_ns")) for name in times}
        return cls(
            id=row.approval_id,
            run_id=str(row.run_id),
            side_effect=SideEffect(row.side_effect) if row.side_effect else None,
            arguments=row.shown_arguments,
            status=ApprovalStatus(row.status),
            agreed=list(row.agreed),
            decisions=[Opinion.of(each) for each in row.decisions],
            **{name: getattr(row, name) for name in same},
            **more,
        )


class Approvals(Schema):
    """Some approvals, newest first; `next` is the cursor of the following page."""

    items: list[Approval]
    next: str | None


class DecisionToMake(Schema):
    """What is decided. `shown` is the digest that was shown: what was changed since is not agreed to."""

    model_config = ConfigDict(extra="forbid")

    decision: Decision
    reason: str | None = None
    arguments: Any = Field(default=None, description="For modify: the arguments instead, as JSON")
    shown: str | None = Field(default=None, max_length=64)

    def ruling(self, arguments: str | None) -> Ruling:
        """Return what is decided, for the action; `arguments` as JSON text."""
        return Ruling(
            decision=self.decision,
            reason=self.reason or "",
            shown=self.shown,
            arguments=arguments,
        )


class ApprovalConflictProblem(Problem):
    """The request as it stands, and the winner: the decision that closed it, or null where nobody did."""

    state: str
    desired_state: str
    winner: Opinion | None
    approval: Approval | None


class Policy(Schema):
    """One version of a policy. What is null in `tool`, `side_effect` or `risk` matches anything."""

    name: str
    version: int
    tool: str | None
    side_effect: SideEffect | None
    risk: Risk | None
    needed: int
    timeout_seconds: int
    escalate_to: str | None
    escalate_after_seconds: int | None
    created_by: str
    created_at: str | None
    ended_by: str | None
    ended_at: str | None

    @classmethod
    def of(cls, row: PolicyRow) -> Policy:
        """Return the shape of a policy."""
        same = (
            "name", "version", "tool", "needed", "timeout_seconds", "escalate_to",
            "escalate_after_seconds", "created_by", "ended_by",
        )  # fmt: skip
        return cls(
            side_effect=row.rule.side_effect,
            risk=row.rule.risk,
            created_at=row.created_at.isoformat() if row.created_at else None,
            ended_at=row.ended_at.isoformat() if row.ended_at else None,
            **{name: getattr(row, name) for name in same},
        )


class Policies(Schema):
    """All versions of a project's policies; there is never a next page."""

    items: list[Policy]
    next: str | None


class PolicyToKeep(Schema):
    """What a project wants to be asked about. Under a name that is in force it is that policy's next version."""

    model_config = ConfigDict(extra="forbid")

    project: str | None = Field(default=None, max_length=50, description="Of several, which")
    name: str = Field(max_length=50)
    tool: str | None = Field(default=None, max_length=256, description="A tool's exact name")
    side_effect: SideEffect | None = None
    risk: Risk | None = Field(default=None, description="The least; unknown risk is asked about")
    needed: int = 1
    timeout_seconds: int | None = None
    escalate_to: str | None = None
    escalate_after_seconds: int | None = None

    def terms(self) -> Terms:
        """Return the policy, for the action."""
        return Terms(
            side_effect=self.side_effect and self.side_effect.value,
            risk=self.risk and self.risk.value,
            **self.model_dump(exclude={"project", "side_effect", "risk"}),
        )


def told_approval(conflict: ApprovalConflict) -> dict[str, Any]:
    """Return what a conflict's problem says beside its sentence."""
    row = conflict.approval
    last = row.last if row is not None else None
    return {
        "state": conflict.state,
        "desired_state": conflict.desired_state,
        "winner": last and Opinion.of(last).model_dump(mode="json"),
        "approval": row and Approval.of(row).model_dump(mode="json"),
    }
