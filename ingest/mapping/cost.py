"""Money that a source states itself."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from deliberation.vocabulary import Cost, CostProvenance
from ingest.mapping.take import as_amount

ZERO_IS_UNKNOWN = frozenset({"gen_ai.usage.cost"})
"""OpenLIT writes 0 for a model that it has no price for."""


def take_cost(rest: dict[str, Any], names: Iterable[str]) -> Cost | None:
    """Return the cost that the first of some attributes reports, in US dollars."""
    for name in names:
        amount = as_amount(rest.get(name))
        if amount is not None and (amount or name not in ZERO_IS_UNKNOWN):
            if amount == Decimal(str(rest[name])):
                del rest[name]
            return Cost(amount=amount, provenance=CostProvenance.REPORTED)
    return None
