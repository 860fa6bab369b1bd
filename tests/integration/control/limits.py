"""Events of budgets for tests, as short as they can be said, and the lines that they made."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from deliberation.events import BudgetHit, BudgetSet, Event, RunStarted
from deliberation.vocabulary import (
    BudgetSource,
    Cost,
    CostProvenance,
    LimitKind,
    NodeKind,
    OnHit,
    SpendBasis,
    Usage,
)
from tests.integration.build import make_event, observed
from tests.integration.control.said import run_of


def begun(run: str, hard: dict[str, str] | None = None, **facts: Any) -> Event:
    """The program begins and states its hard limits."""
    return make_event(RunStarted, run, budgets=hard, **facts)


def allowed(run: str, dimension: str, version: int, **facts: Any) -> Event:
    """Alice sets a limit."""
    said = {"by": "user:alice", "source": BudgetSource.COMMAND}
    return make_event(
        BudgetSet, run, **{"dimension": dimension, "version": version, **said, **facts}
    )


def reached(run: str, dimension: str, action: str, which: str = "hard", **facts: Any) -> Event:
    """The program reaches a limit of 2, having spent 2."""
    said = {"limit": Decimal(2), "spent": Decimal(2), "basis": SpendBasis.RUNNER}
    return make_event(
        BudgetHit, run, dimension=dimension, which=LimitKind(which), action=OnHit(action),
        **{**said, **facts},
    )  # fmt: skip


def called(run: str, node: str, cost: str | None = None, tokens: int = 1, **facts: Any) -> Event:
    """A model was called, for so many dollars and tokens."""
    paid = cost and Cost(amount=Decimal(cost), provenance=CostProvenance.REPORTED)
    said = {"node_kind": NodeKind.MODEL_CALL, "usage": Usage(input=tokens), "cost": paid or None}
    return observed(run, node, **{**said, **facts})


def line_of(run: str, dimension: str = "usd") -> dict[str, Any]:
    """What the run's row says of one limit."""
    line: dict[str, Any] = run_of(run).budgets[dimension]
    return line


def limits_of(run: str, dimension: str = "usd") -> tuple[Any, Any, int, str]:
    """The hard and the soft limit, the version and where it comes from."""
    line = line_of(run, dimension)
    return line.get("hard"), line.get("soft"), line["version"], line["source"]
