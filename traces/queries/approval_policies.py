"""What a project wants to be asked about, and for how long, and who is asked next."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from django.conf import settings

from deliberation.vocabulary import ALWAYS, ApprovalRule, Risk, SideEffect
from traces.models import ApprovalPolicy


@dataclass(frozen=True, slots=True, kw_only=True)
class PolicyRow:
    """One version of a policy; the one in force has no end."""

    id: int
    name: str
    version: int
    tool: str | None
    side_effect: str | None
    risk: str | None
    needed: int
    timeout_seconds: int
    escalate_to: str | None
    escalate_after_seconds: int | None
    created_by: str
    created_at: dt.datetime | None
    ended_by: str | None = None
    ended_at: dt.datetime | None = None

    @property
    def rule(self) -> ApprovalRule:
        """What it asks about."""
        return ApprovalRule(
            tool=self.tool,
            side_effect=SideEffect(self.side_effect) if self.side_effect else None,
            risk=Risk(self.risk) if self.risk else None,
        )

    @property
    def label(self) -> str:
        """Name and version in one word."""
        return f"{self.name}@{self.version}"


COLUMNS = tuple(PolicyRow.__slots__)


def policies_in_force(project_id: int) -> list[PolicyRow]:
    """Return the policies of a project that hold now, by name."""
    found = ApprovalPolicy.objects.filter(project_id=project_id, ended_at=None).order_by("name")
    return [PolicyRow(**values) for values in found.values(*COLUMNS)]


def list_policies(project_id: int) -> list[PolicyRow]:
    """Return all versions of a project's policies, the newest of each name first. The caller has checked it."""
    found = ApprovalPolicy.objects.filter(project_id=project_id).order_by("name", "-version")
    return [PolicyRow(**values) for values in found.values(*COLUMNS)]


def default_policy() -> PolicyRow:
    """Return what holds in every project, and for whatever a program asks about of its own accord."""
    return PolicyRow(
        id=0,
        name="irreversible",
        version=1,
        tool=None,
        side_effect=ALWAYS.side_effect and ALWAYS.side_effect.value,
        risk=None,
        needed=1,
        timeout_seconds=settings.APPROVAL_TIMEOUT_SECONDS,
        escalate_to=None,
        escalate_after_seconds=None,
        created_by="server",
        created_at=None,
    )


def strictest(
    policies: list[PolicyRow], *, tool: str, side_effect: str | None, risk: str | None
) -> PolicyRow | None:
    """Return, of those that ask about such an action, the one that asks most people, for the shortest time."""
    asking = [each for each in policies if each.rule.asks_about(tool, side_effect, risk)]
    return max(asking, key=lambda each: (each.needed, -each.timeout_seconds), default=None)
