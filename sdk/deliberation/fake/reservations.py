"""What the processes of one run have reserved at the fake, each before it spends."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from deliberation.fake.budgets import ZERO, Budgets, Line
from deliberation.vocabulary import Dimension, LimitKind, OnHit

Answer = tuple[int, dict[str, Any]]


@dataclass(slots=True)
class Reservation:
    """What one step of one process has reserved; None once it is over."""

    holder: str
    amounts: dict[Dimension, Decimal] | None
    at: float


class Reservations:
    """Those of one run. One whose holder was not heard of for `seconds` is over; what it spent counts even then."""

    def __init__(self, budgets: Budgets, seconds: float, is_held: Callable[[], bool]) -> None:
        self.spent: dict[Dimension, Decimal] = {}
        self.most_reserved: dict[Dimension, Decimal] = {}
        self._budgets = budgets
        self._seconds = seconds
        self._is_held = is_held
        self._known: dict[str, Reservation] = {}

    def hear(self, holder: str) -> None:
        """Take in that a process lives."""
        for each in self._known.values():
            if each.holder == holder:
                each.at = time.monotonic()

    def reserve(self, said: dict[str, Any]) -> Answer:
        """Reserve all of it or nothing. The same id again is the same reservation."""
        name = str(said.get("id"))
        amounts = {Dimension(each): Decimal(much) for each, much in said["amounts"].items()}
        if name not in self._known:
            short = self._short(amounts)
            if short is not None:
                return 409, short
            self._known[name] = Reservation(str(said.get("holder")), amounts, time.monotonic())
        for dimension in amounts:
            total = self.spent.get(dimension, ZERO) + self.reserved(dimension)
            self.most_reserved[dimension] = max(total, self.most_reserved.get(dimension, ZERO))
        answer = {"reservation": name, "expires_at": None, "budgets": self.plain()}
        return 200, answer

    def settle(self, name: str, spent: dict[str, str]) -> Answer:
        """Take in what a step came to, once."""
        known = self._known.get(name)
        if known is None:
            return 404, {"title": "Not found"}
        if known.amounts is not None:
            known.amounts = None
            for each, amount in spent.items():
                dimension = Dimension(each)
                self.spent[dimension] = self.spent.get(dimension, ZERO) + Decimal(amount)
        return 200, {"budgets": self.plain()}

    def reserved(self, dimension: Dimension) -> Decimal:
        """Return what is reserved of a dimension."""
        ripe = time.monotonic() - self._seconds
        live = [each.amounts for each in self._known.values() if each.amounts and each.at > ripe]
        return sum((amounts.get(dimension, ZERO) for amounts in live), ZERO)

    def plain(self) -> list[dict[str, Any]]:
        """Return the lines with what was spent and reserved."""
        return [
            {
                **each,
                "spent": f"{self.spent.get(Dimension(each['dimension']), ZERO):f}",
                "reserved": f"{self.reserved(Dimension(each['dimension'])):f}",
            }
            for each in self._budgets.plain()
        ]

    def _short(self, amounts: dict[Dimension, Decimal]) -> dict[str, Any] | None:
        for dimension, amount in amounts.items():
            line = self._budgets.lines.get(dimension)
            if line is None or line.limit.hard is None or self._is_passed(line):
                continue
            spent, reserved = self.spent.get(dimension, ZERO), self.reserved(dimension)
            if spent + reserved + amount > line.limit.hard:
                return {
                    "title": "Short",
                    "dimension": dimension.value,
                    "which": LimitKind.HARD.value,
                    "hard": f"{line.limit.hard:f}",
                    "spent": f"{spent:f}",
                    "reserved": f"{reserved:f}",
                    "version": line.version,
                    "on_hit": line.limit.on_hit.value,
                }
        return None

    def _is_passed(self, line: Line) -> bool:
        if LimitKind.HARD not in line.hits:
            return False
        is_lifted = line.limit.on_hit is OnHit.PAUSE and not self._is_held()
        return is_lifted or line.limit.on_hit is OnHit.WARN
