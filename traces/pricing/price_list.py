"""What calls of one project cost: by its own prices, and by the bundled table for all other models."""

from __future__ import annotations

from collections.abc import Iterable

from deliberation.vocabulary import Cost, Usage
from traces.pricing.override import OVERRIDE, Override
from traces.pricing.price import ABSENT, PRICE_TABLE, cost_at, price_call

MAX_REMEMBERED = 4096
"""Of models: their names come from outside."""


class PriceList:
    """The prices of a project, as they stood when it was made. Not for long: whoever prices makes a new one."""

    __slots__ = ("_named", "_overrides")

    def __init__(self, overrides: Iterable[Override] = ()) -> None:
        self._overrides = sorted(overrides, key=Override.rank, reverse=True)
        self._named: dict[tuple[str, str | None], list[Override]] = {}

    def cost_of(
        self, model: str | None, provider: str | None, usage: Usage | None, at_ns: int | None
    ) -> Cost:
        """Return what a call cost, as `price_call` does, by the project's own price where it has one."""
        if self._overrides and model is not None and usage is not None:
            chosen = self.choose(model, provider, at_ns)
            if chosen is not None:
                return _cost_by(chosen, usage, at_ns)
        return price_call(model, provider, usage, at_ns)

    def choose(self, model: str, provider: str | None, at_ns: int | None) -> Override | None:
        """Return the project's own price for a call, or None where the bundled table stands."""
        return next((each for each in self._names(model, provider) if each.holds(at_ns)), None)

    def _names(self, model: str, provider: str | None) -> list[Override]:
        key = (model, provider)
        named = self._named.get(key)
        if named is None:
            if len(self._named) >= MAX_REMEMBERED:
                self._named.clear()
            named = [each for each in self._overrides if each.names(model, provider)]
            self._named[key] = named
        return named


BUNDLED = PriceList()
"""The prices of a project that has none of its own."""


def is_computed(price_table: str | None) -> bool:
    """Return True when a cost with this source was computed from tokens here, and not stated by who reported it."""
    ours = (PRICE_TABLE.partition(" ")[0] + " ", OVERRIDE + " ")
    return price_table is not None and price_table.startswith(ours)


def _cost_by(override: Override, usage: Usage, at_ns: int | None) -> Cost:
    if usage.input is None and usage.output is None:
        return ABSENT
    return cost_at(
        override.rates,
        usage,
        is_of_its_time=at_ns is not None or override.valid_from is None,
        price_table=override.price_table,
    )
