"""budget.set"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import ClassVar

from deliberation.events.base import Event, fact, part, required
from deliberation.vocabulary import BudgetSource, OnHit


@dataclass(frozen=True, slots=True, kw_only=True)
class BudgetSet(Event):
    """A limit of the run was set. The highest version of a dimension stands."""

    KIND: ClassVar[str] = "budget.set"

    dimension: str = required("What is limited.")
    version: int = required("The version of this limit, from 1.")
    by: str = required("Who set it.")
    source: BudgetSource = required("Where it comes from.")
    hard: Decimal | None = fact("The hard limit, in units of the dimension; absent is none.")
    soft: Decimal | None = fact("The soft limit.")
    on_hit: OnHit | None = fact("What happens at the hard limit.")
    on_soft: OnHit | None = fact("What happens at the soft limit.")
    policy: str | None = fact("The policy that it comes from, with its version: name@version.")
    command: str | None = fact("The command that set it.")
    reason: str | None = part("Why.")
