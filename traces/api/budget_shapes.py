"""The shapes of budgets in the API."""

from __future__ import annotations

from typing import Any

from ninja import Field, Schema
from pydantic import ConfigDict

from deliberation.vocabulary import BudgetSource, Dimension, OnHit, SpendBasis, Strategy
from traces.actions.keep_budget_policy import BudgetTerms
from traces.api.forms import decimal_text, rfc3339
from traces.queries.budget_lines import BudgetRow
from traces.queries.budget_policies import BudgetPolicyRow

AMOUNTS = ("hard", "soft", "spent", "reserved", "recorded")
SAME_NAMES = ("dimension", "on_hit", "on_soft", "version", "source", "by", "reason", "policy",
              "basis")  # fmt: skip


class Budget(Schema):
    """One limit of a run in its latest version, and where the run stands with it. Amounts are decimal strings."""

    dimension: Dimension
    hard: str | None
    soft: str | None
    on_hit: OnHit
    on_soft: OnHit
    version: int
    source: BudgetSource
    by: str | None
    reason: str | None
    policy: str | None = Field(description="The policy that it comes from, as name@version")
    set_at: str | None
    spent: str | None
    reserved: str | None
    basis: SpendBasis = Field(description="What `spent` was counted from")
    recorded: str | None = Field(description="What was recorded here, whatever the program says")
    soft_hit_at: str | None
    hard_hit_at: str | None

    @classmethod
    def of(cls, row: BudgetRow) -> Budget:
        """Return the shape of a limit. A hit whose time nobody told has the first moment of 1970."""
        amounts: dict[str, Any] = {name: decimal_text(getattr(row, name)) for name in AMOUNTS}
        return cls(
            set_at=rfc3339(row.set_ns),
            soft_hit_at=rfc3339(row.soft_hit_ns),
            hard_hit_at=rfc3339(row.hard_hit_ns),
            **{name: getattr(row, name) for name in SAME_NAMES},
            **amounts,
        )


class Budgets(Schema):
    """The limits of a run, in the order of their dimensions; there is never a next page."""

    items: list[Budget]
    next: str | None


class PolicyLimit(Schema):
    """The limits of one dimension, as decimal strings, and what happens at each."""

    model_config = ConfigDict(extra="forbid")

    hard: str | None = None
    soft: str | None = None
    on_hit: OnHit = OnHit.STOP
    on_soft: OnHit = OnHit.WARN


class BudgetPolicy(Schema):
    """One version of a policy of budgets. What is null in `strategy`, `model` or `tag` matches anything."""

    name: str
    version: int
    strategy: Strategy | None
    model: str | None
    tag: str | None
    limits: dict[Dimension, PolicyLimit]
    created_by: str
    created_at: str
    ended_by: str | None
    ended_at: str | None

    @classmethod
    def of(cls, row: BudgetPolicyRow) -> BudgetPolicy:
        """Return the shape of a policy."""
        same = ("name", "version", "model", "tag", "created_by", "ended_by")
        limits = {
            dimension: PolicyLimit(
                hard=decimal_text(limit.hard),
                soft=decimal_text(limit.soft),
                on_hit=limit.on_hit,
                on_soft=limit.on_soft,
            )
            for dimension, limit in row.limits.items()
        }
        return cls(
            strategy=Strategy(row.strategy) if row.strategy else None,
            limits=limits,
            created_at=row.created_at.isoformat(),
            ended_at=row.ended_at.isoformat() if row.ended_at else None,
            **{name: getattr(row, name) for name in same},
        )


class BudgetPolicies(Schema):
    """All versions of a project's policies of budgets; there is never a next page."""

    items: list[BudgetPolicy]
    next: str | None


class BudgetPolicyToKeep(Schema):
    """What runs may spend. Under a name that is in force it is that policy's next version."""

    model_config = ConfigDict(extra="forbid")

    project: str | None = Field(default=None, max_length=50, description="Of several, which")
    name: str = Field(max_length=50)
    strategy: Strategy | None = None
    model: str | None = Field(default=None, description="A model's exact name")
    tag: str | None = None
    limits: dict[str, PolicyLimit] = Field(examples=[{"usd": {"hard": "2.50", "on_hit": "pause"}}])

    def terms(self) -> BudgetTerms:
        """Return the policy, for the action."""
        limits = {
            dimension: limit.model_dump(mode="json", exclude_none=True)
            for dimension, limit in self.limits.items()
        }
        return BudgetTerms(
            name=self.name,
            limits=limits,
            strategy=self.strategy and self.strategy.value,
            model=self.model,
            tag=self.tag,
        )
