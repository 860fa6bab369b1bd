"""What single nodes or calls cost, from the cheapest to the dearest."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from deliberation.vocabulary import Dimension, NodeKind
from traces.analytics.budget_line import read_lines
from traces.models import Run
from traces.queries.access import Who, see_run
from traces.queries.amounts import add_known
from traces.queries.columns import Columns, read_tree


class Unit(StrEnum):
    """What is spread."""

    CALL = "call"
    """Calls of models."""
    NODE = "node"
    """Nodes with an amount of their own, of whatever kind."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Spent:
    """What one node spent itself: US dollars, or tokens."""

    amount: Decimal
    ordinal: int
    kind: str
    fate: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Spread:
    """Amounts in ascending order; `dimension` says of what. `without` are units that name no amount.

    `limit` is what the run as a whole may spend of it, None where nothing limits that.
    """

    unit: Unit
    dimension: Dimension
    spent: list[Spent]
    without: int
    limit: Decimal | None


def get_spread(*, who: Who, run_id: str | uuid.UUID, unit: Unit) -> Spread:
    """Return the spread of dollars where any is known, else of tokens. Raises NotVisible.

    What belongs to no branch in particular (basis "unallocated") is no node's spending, and left out as if unknown.
    """
    run = see_run(who, run_id)
    columns = read_tree(run).columns
    rows = [row for row in range(len(columns.ordinal)) if _is_unit(columns, row, unit)]
    for dimension in (Dimension.USD, Dimension.TOKENS):
        found = [(_amount(columns, row, dimension), row) for row in rows]
        known = sorted((amount, row) for amount, row in found if amount is not None)
        if known:
            break
    return Spread(
        unit=unit,
        dimension=dimension,
        spent=[_spent(columns, row, amount) for amount, row in known],
        without=len(rows) - len(known),
        limit=_limit(run, dimension),
    )


def _is_unit(columns: Columns, row: int, unit: Unit) -> bool:
    return unit is Unit.NODE or columns.kind[row] == NodeKind.MODEL_CALL


def _amount(columns: Columns, row: int, dimension: Dimension) -> Decimal | None:
    if columns.is_unallocated[row]:
        return None
    if dimension is Dimension.USD:
        return columns.cost[row]
    tokens = add_known([columns.input[row], columns.output[row]])
    return None if tokens is None else Decimal(tokens)


def _spent(columns: Columns, row: int, amount: Decimal) -> Spent:
    return Spent(
        amount=amount,
        ordinal=columns.ordinal[row],
        kind=columns.kind[row],
        fate=columns.fate[row],
    )


def _limit(run: Run, dimension: Dimension) -> Decimal | None:
    line = read_lines(run.budgets).get(dimension)
    if line is None:
        return None
    return line.limit.hard if line.limit.hard is not None else line.limit.soft
