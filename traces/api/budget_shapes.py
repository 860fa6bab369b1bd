"""The shapes of budgets in the API."""

from __future__ import annotations

from typing import Any

from ninja import Field, Schema

from deliberation.vocabulary import BudgetSource, Dimension, OnHit, SpendBasis
from traces.api.forms import decimal_text, rfc3339
from traces.queries.budget_lines import BudgetRow

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
