"""What a person typed to add a price, read."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation

from django.utils.translation import gettext

from traces.actions.add_price_override import NewPrice

MAX_CHARS = 300
NAMES = (
    "model", "provider", "input", "output", "cache_read", "cache_write", "valid_from", "valid_until",
)  # fmt: skip


@dataclass(slots=True)
class PriceForm:
    """The texts of the form's fields, and sentences on those that cannot be taken, by field."""

    values: dict[str, str]
    errors: dict[str, str] = field(default_factory=dict)

    @classmethod
    def of(cls, sent: Mapping[str, str]) -> PriceForm:
        """Return the form as it was filled in, by a person or by a link."""
        return cls({name: sent.get(name, "")[:MAX_CHARS].strip() for name in NAMES})

    def read(self) -> NewPrice | None:
        """Return the price; None when there are errors, which are noted then."""
        entered, came_out = self._amount("input"), self._amount("output")
        price = NewPrice(
            model=self.values["model"],
            provider=self.values["provider"] or None,
            valid_from=self.day("valid_from"),
            valid_until=self.day("valid_until"),
            input=entered or Decimal(0),
            cache_read=self._amount("cache_read"),
            cache_write=self._amount("cache_write"),
            output=came_out or Decimal(0),
        )
        for name, amount in (("input", entered), ("output", came_out)):
            if amount is None:
                self.errors.setdefault(name, gettext("A price is needed; 0 is one."))
        return None if self.errors else price

    def day(self, name: str) -> dt.date | None:
        """Return a day, None when none was given."""
        text = self.values[name]
        if not text:
            return None
        try:
            return dt.date.fromisoformat(text)
        except ValueError:
            self.errors[name] = gettext("A day is written 2026-11-24.")
            return None

    def _amount(self, name: str) -> Decimal | None:
        text = self.values[name].removeprefix("$").strip()
        if not text:
            return None
        try:
            return Decimal(text)
        except InvalidOperation:
            self.errors[name] = gettext("A price is a number such as 2.50.")
            return None
