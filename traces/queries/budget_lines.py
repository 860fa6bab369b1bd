"""What a run may spend, and what it spent of that."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from deliberation.vocabulary import BudgetSource, Dimension, NodeKind, OnHit, SpendBasis
from traces.analytics.budget_line import BudgetLine, read_lines
from traces.analytics.signs import SIGNS
from traces.models import LedgerEntry, Run
from traces.queries.amounts import add_known
from traces.queries.columns import read_tree
from traces.queries.leases import LeaseRow

Amounts = dict[Dimension, Decimal | None]
EPOCH = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)
Limited = Any
"""A run's row, as a table has it or as it is being written."""


@dataclass(frozen=True, slots=True, kw_only=True)
class BudgetRow:
    """One limit, in the unit of its dimension, and where the run stands with it. Amounts that are unknown are None.

    `spent` and `reserved` are by `basis`; `recorded` is what was recorded here, whatever the program says; `hit_spent`
    is what was spent at the last hit.
    """

    dimension: Dimension
    hard: Decimal | None
    soft: Decimal | None
    on_hit: OnHit
    on_soft: OnHit
    version: int
    source: BudgetSource
    by: str | None
    reason: str | None
    policy: str | None
    set_ns: int | None
    spent: Decimal | None
    reserved: Decimal | None
    basis: SpendBasis
    recorded: Decimal | None
    soft_hit_ns: int | None
    hard_hit_ns: int | None
    hit_spent: Decimal | None


def budget_lines(run: Run, lease: LeaseRow | None, now_ns: int | None) -> list[BudgetRow]:
    """Return the limits of a run, in the vocabulary's order; without `now_ns` a run that goes on has no seconds."""
    lines = read_lines(run.budgets)
    recorded = recorded_amounts(run, lines, now_ns)
    is_heard = lease is not None and now_ns is not None and lease.is_live(now_ns)
    return [
        _row(dimension, line, recorded.get(dimension), lease if is_heard else None)
        for dimension, line in lines.items()
    ]


def told_lines(run: Run) -> list[BudgetRow]:
    """Return the limits as a runner needs to know them: without what takes another query, for it counts itself."""
    known = amounts_on_row(run)
    return [
        _row(dimension, line, known.get(dimension), None)
        for dimension, line in read_lines(run.budgets).items()
    ]


def recorded_amounts(run: Limited, wanted: Collection[Dimension], now_ns: int | None) -> Amounts:
    """Return what was recorded of the run's spending. Only what is wanted and stands on no row takes a query."""
    found = amounts_on_row(run)
    if Dimension.DEPTH in wanted:
        found[Dimension.DEPTH] = Decimal(max(read_tree(run).shape.depth, default=0))
    if Dimension.SECONDS in wanted and run.ended_ns is None and now_ns is not None:
        found[Dimension.SECONDS] = _seconds(_heard_first(run), now_ns)
    return found


def amounts_on_row(run: Limited) -> Amounts:
    """Return what the run's row says of its spending."""
    ended = run.ended_ns
    return {
        Dimension.TOKENS: _amount(add_known([run.input_tokens, run.output_tokens])),
        Dimension.REASONING_TOKENS: _amount(run.reasoning_tokens),
        Dimension.USD: run.cost,
        Dimension.SECONDS: None if ended is None else _seconds(run.started_ns, ended),
        Dimension.TOOL_CALLS: Decimal(run.tool_calls),
        Dimension.MODEL_CALLS: Decimal(run.model_calls),
        Dimension.SAMPLES: _amount(_signs(run).get(NodeKind.SAMPLE.value, 0)),
    }


def _row(
    dimension: Dimension, line: BudgetLine, recorded: Decimal | None, lease: LeaseRow | None
) -> BudgetRow:
    name = dimension.value
    is_told = lease is not None and name in lease.spent
    reserved = lease.reserved.get(name) if lease is not None and is_told else None
    same = ("version", "source", "by", "reason", "policy", "set_ns", "soft_hit_ns", "hard_hit_ns",
            "hit_spent")  # fmt: skip
    return BudgetRow(
        dimension=dimension,
        hard=line.limit.hard,
        soft=line.limit.soft,
        on_hit=line.limit.on_hit,
        on_soft=line.limit.on_soft,
        spent=Decimal(lease.spent[name]) if lease is not None and is_told else recorded,
        reserved=None if reserved is None else Decimal(reserved),
        basis=SpendBasis.RUNNER if is_told else SpendBasis.RECORDED,
        recorded=recorded,
        **{each: getattr(line, each) for each in same},
    )


def _heard_first(run: Limited) -> int | None:
    """Return when the run was first heard of, by our own clock: the program's may be a day off."""
    found = LedgerEntry.objects.filter(run_id=run.id, seq=0).values_list("recorded_at", flat=True)
    first = found.first()
    return None if first is None else (first - EPOCH) // dt.timedelta(microseconds=1) * 1000


def _seconds(began: int | None, ended: int) -> Decimal | None:
    return None if began is None else Decimal(max(0, ended - began)) / 10**9


def _signs(run: Limited) -> Mapping[str, int]:
    return dict(zip(SIGNS, run.signs, strict=False))


def _amount(count: int | None) -> Decimal | None:
    return None if count is None else Decimal(count)
