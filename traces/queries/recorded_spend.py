"""What was recorded of a run's spending, by what can be limited."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Mapping
from decimal import Decimal
from typing import Any

from deliberation.vocabulary import Dimension, NodeKind
from traces.analytics.signs import SIGNS
from traces.models import LedgerEntry
from traces.queries.amounts import add_known
from traces.queries.columns import read_tree

Amounts = dict[Dimension, Decimal | None]
EPOCH = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)
LIMIT_COLUMNS = (
    "budgets", "started_ns", "ended_ns", "cost", "input_tokens", "output_tokens",
    "reasoning_tokens", "model_calls", "tool_calls", "signs",
)  # fmt: skip
"""Of a run's row: its limits, and what was recorded against them."""
Limited = Any
"""A run's row, as a table has it or as it is being written."""


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
