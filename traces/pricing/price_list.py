"""What calls of one project cost: by its own prices, and by the bundled table for all other models."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from deliberation.vocabulary import Cost, Usage
from traces.pricing.override import OVERRIDE, Override
from traces.pricing.price import ABSENT, PRICE_TABLE, cost_at, price_call
from traces.pricing.rates import Rates

MAX_REMEMBERED = 4096
"""Of models: their names come from outside."""


class _Own(NamedTuple):
    """A project's own price with what is computed with, made once for all calls of a model."""

    override: Override
    rates: Rates
    price_table: str


class PriceList:
    """The prices of a project, as they stood when it was made. Not for long: whoever prices makes a new one."""

    __slots__ = ("_named", "_overrides")

    def __init__(self, overrides: Iterable[Override] = ()) -> None:
        self._overrides = sorted(overrides, key=Override.rank, reverse=True)
        self._named: dict[tuple[str, str | None], list[_Own]] = {}

    def cost_of(
        self, model: str | None, provider: str | None, usage: Usage | None, at_ns: int | None
    ) -> Cost:
        """Return what a call cost, as `price_call` does, by the project's own price where it has one."""
        if self._overrides and model is not None and usage is not None:
            for own in self._names(model, provider):
                if own.override.holds(at_ns):
                    return _cost_by(own, usage, at_ns)
        return price_call(model, provider, usage, at_ns)

    def _names(self, model: str, provider: str | None) -> list[_Own]:
        key = (model, provider)
        named = self._named.get(key)
        if named is None:
            if len(self._named) >= MAX_REMEMBERED:
                self._named.clear()
            fitting = [each for each in self._overrides if each.names(model, provider)]
            named = [_Own(each, each.rates, each.price_table) for each in fitting]
            self._named[key] = named
        return named


BUNDLED = PriceList()
"""The prices of a project that has none of its own."""


def is_computed(price_table: str | None) -> bool:
    """Return True when a cost with this source was computed from tokens here, and not stated by who reported it."""
    ours = (PRICE_TABLE.partition(" ")[0] + " ", OVERRIDE + " ")
    return price_table is not None and price_table.startswith(ours)


def _cost_by(own: _Own, usage: Usage, at_ns: int | None) -> Cost:
    if usage.input is None and usage.output is None:
        return ABSENT
    return cost_at(
        own.rates,
        usage,
        is_sure=at_ns is not None or own.override.valid_from is None,
        price_table=own.price_table,
    )
