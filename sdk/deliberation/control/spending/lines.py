"""The lines of a budget as the server tells them, read with nothing taken for granted."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from deliberation.vocabulary import BudgetSource, Dimension, Limit, LimitKind, OnHit
from deliberation.vocabulary.budget import read_amount


@dataclass(frozen=True, slots=True)
class Line:
    """One dimension. `recorded` is what the server counted of it, `hits` what was reached in this version."""

    dimension: Dimension
    limit: Limit
    version: int
    source: BudgetSource
    recorded: Decimal | None
    hits: frozenset[LimitKind]


def read_lines(said: Iterable[dict[str, Any]]) -> list[Line]:
    """Return the lines; one that says nothing that could be relied on is left out."""
    lines = []
    for each in said:
        try:
            lines.append(_read(each))
        except (KeyError, TypeError, ValueError):
            continue
    return lines


def _read(plain: dict[str, Any]) -> Line:
    name = plain["dimension"]
    limit = Limit(
        hard=read_amount(plain.get("hard"), name),
        soft=read_amount(plain.get("soft"), name),
        on_hit=OnHit(plain.get("on_hit") or OnHit.STOP),
        on_soft=OnHit(plain.get("on_soft") or OnHit.WARN),
    )
    said = {LimitKind.SOFT: plain.get("soft_hit"), LimitKind.HARD: plain.get("hard_hit")}
    return Line(
        Dimension(name),
        limit,
        int(plain["version"]),
        BudgetSource(plain.get("source") or BudgetSource.RUN),
        read_amount(plain.get("recorded"), name),
        frozenset(which for which, is_hit in said.items() if is_hit is True),
    )
