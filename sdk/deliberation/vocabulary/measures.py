"""Amounts: tokens by class, and money."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from deliberation.vocabulary.calls import CostProvenance


@dataclass(frozen=True, slots=True, kw_only=True)
class Usage:
    """Tokens of one call by class. None is not recorded; 0 is a measured zero.

    Inclusive semantics: `cache_read` and `cache_write` are part of `input`, `reasoning` is part of `output`.
    """

    input: int | None = None
    cache_read: int | None = None
    cache_write: int | None = None
    output: int | None = None
    reasoning: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Cost:
    """Money, with where the figure comes from. `amount` is None exactly when provenance is absent.

    An amount without a stated provenance is the reporter's own word.
    """

    amount: Decimal | None = None
    currency: str = "USD"
    provenance: CostProvenance = CostProvenance.ABSENT
    price_table: str | None = None

    def __post_init__(self) -> None:
        """Keep amount and provenance in step."""
        if self.amount is not None and self.provenance is CostProvenance.ABSENT:
            object.__setattr__(self, "provenance", CostProvenance.REPORTED)
