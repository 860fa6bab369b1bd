"""What the runs of a project may spend by its policies, and which policy matches which run."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from deliberation.vocabulary import Dimension, Limit, OnHit
from traces.models import BudgetPolicy


@dataclass(frozen=True, slots=True, kw_only=True)
class BudgetPolicyRow:
    """One version of a policy; the one in force has no end. What is None in strategy, model or tag matches anything."""

    id: int
    name: str
    version: int
    strategy: str | None
    model: str | None
    tag: str | None
    limits: dict[Dimension, Limit]
    created_by: str
    created_at: dt.datetime
    ended_by: str | None
    ended_at: dt.datetime | None

    @property
    def label(self) -> str:
        """Name and version in one word."""
        return f"{self.name}@{self.version}"

    def matches(self, run: Any) -> bool:
        """Return True for a run, as its row says, that the policy is about."""
        return (
            self.strategy in (None, run.strategy)
            and (self.model is None or self.model in run.model_names)
            and (self.tag is None or self.tag in run.tags)
        )


COLUMNS = tuple(BudgetPolicyRow.__slots__)


def budget_policies_in_force(
    project_ids: Collection[int],
) -> Mapping[int, list[BudgetPolicyRow]]:
    """Return the policies that hold now, by project and there by name; projects that have none are left out."""
    found = BudgetPolicy.objects.filter(project_id__in=project_ids, ended_at=None).order_by("name")
    by_project: defaultdict[int, list[BudgetPolicyRow]] = defaultdict(list)
    for values in found.values("project_id", *COLUMNS):
        by_project[values.pop("project_id")].append(_row(values))
    return by_project


def list_budget_policies(project_id: int) -> list[BudgetPolicyRow]:
    """Return all versions of a project's policies, the newest of each name first. The caller has checked it."""
    found = BudgetPolicy.objects.filter(project_id=project_id).order_by("name", "-version")
    return [_row(values) for values in found.values(*COLUMNS)]


def _row(values: dict[str, Any]) -> BudgetPolicyRow:
    limits = values.pop("limits")
    read = {each: _limit(limits[each.value]) for each in Dimension if each.value in limits}
    return BudgetPolicyRow(**values, limits=read)


def _limit(said: Mapping[str, str]) -> Limit:
    return Limit(
        hard=Decimal(said["hard"]) if "hard" in said else None,
        soft=Decimal(said["soft"]) if "soft" in said else None,
        on_hit=OnHit(said["on_hit"]),
        on_soft=OnHit(said["on_soft"]),
    )
