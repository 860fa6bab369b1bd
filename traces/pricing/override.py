"""A project's own price for some models: for which calls it holds, and which of several goes before."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from decimal import Decimal
from functools import lru_cache

from genai_prices.data import providers
from genai_prices.data_snapshot import find_provider_by_id

from traces.pricing.rates import Rates

ANY = "*"
OVERRIDE = "override"
EPOCH_DAY = dt.date(1970, 1, 1).toordinal()
DAY_NS = 86_400 * 10**9


@dataclass(frozen=True, slots=True, kw_only=True)
class Override:
    """US dollars per million tokens, for calls from the day `valid_from` until before `valid_until`, in UTC.

    `model` is a name or a pattern in which `*` stands for any characters; case does not matter. None of `provider`
    is any; of a day, no bound; of a cache price, that cached tokens are paid as input.
    """

    id: int
    model: str
    provider: str | None
    valid_from: dt.date | None
    valid_until: dt.date | None
    input: Decimal
    cache_read: Decimal | None
    cache_write: Decimal | None
    output: Decimal
    created_on: dt.date

    @property
    def rates(self) -> Rates:
        """The same as rates; reasoning is paid as output."""
        return Rates(self.input, self.output, self.cache_read, self.cache_write, None, None)

    @property
    def price_table(self) -> str:
        """What a cost names as its source: "override 7 of 2026-11-24"."""
        return f"{OVERRIDE} {self.id} of {self.created_on.isoformat()}"

    def names(self, model: str, provider: str | None) -> bool:
        """Return True when it is for this model of this provider, on whatever day."""
        if self.provider is not None and (
            provider is None or one_name(provider) != one_name(self.provider)
        ):
            return False
        return fits(self.model.lower(), model.lower())

    def holds(self, at_ns: int | None) -> bool:
        """Return True when it holds at a time, in ns since 1970; at one that is not known, when it has no end."""
        if at_ns is None:
            return self.valid_until is None
        day = EPOCH_DAY + at_ns // DAY_NS
        if self.valid_from is not None and day < self.valid_from.toordinal():
            return False
        return self.valid_until is None or day < self.valid_until.toordinal()

    def rank(self) -> tuple[bool, int, bool, int, int]:
        """Return what orders overrides of one call, the greatest first to be tried.

        A name goes before a pattern, a longer pattern before a shorter one, a stated provider before any; then what
        begins later, and then what was added later.
        """
        begins = self.valid_from.toordinal() if self.valid_from else 0
        letters = len(self.model.replace(ANY, ""))
        return (ANY not in self.model, letters, self.provider is not None, begins, self.id)


def fits(pattern: str, text: str) -> bool:
    """Return True when the whole text is the pattern, in which `*` stands for any characters, also none.

    By pieces from the left, in time that grows with both: no pattern makes it search again.
    """
    first, *rest = pattern.split(ANY)
    if not rest:
        return text == pattern
    *middle, last = rest
    if len(text) < len(first) + len(last) or not (text.startswith(first) and text.endswith(last)):
        return False
    at, end = len(first), len(text) - len(last)
    for piece in middle:
        found = text.find(piece, at, end)
        if found < 0:
            return False
        at = found + len(piece)
    return True


@lru_cache(maxsize=1024)
def one_name(provider: str) -> str:
    """Return one name for the many that conventions give a provider: "openai" for "azure.ai.openai"."""
    known = find_provider_by_id(providers, provider)
    return known.id if known is not None else provider.lower()
