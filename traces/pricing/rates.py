"""The rates of one model at one time, and the arithmetic over them.

The package's own `calc_price` takes 66 µs a call, most of it to validate its table again; this
takes 3 µs for the four token classes that a call reports, and a test holds both equal for every
model of the table.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from genai_prices.types import ModelPrice, TieredPrices

from deliberation.vocabulary import Usage

MILLION = Decimal(1_000_000)
THOUSAND = Decimal(1000)
ZERO = Decimal(0)

Rate = Decimal | TieredPrices


@dataclass(frozen=True, slots=True)
class Rates:
    """US dollars per million tokens by class, and per thousand requests. None is not priced apart."""

    input: Rate | None
    output: Rate | None
    cache_read: Rate | None
    cache_write: Rate | None
    reasoning: Rate | None
    requests: Rate | None


def read_rates(prices: ModelPrice) -> Rates | None:
    """Return the rates of a price entry, or None where it prices no tokens (hours, characters, pages)."""
    entered, came_out = prices.input_mtok, prices.output_mtok
    if entered is None and came_out is None:
        return None
    return Rates(
        entered,
        came_out,
        prices.cache_read_mtok,
        prices.cache_write_mtok,
        prices.output_reasoning_mtok,
        prices.requests_kcount,
    )


def amount_of(rates: Rates, usage: Usage) -> Decimal | None:
    """Return US dollars for a call's tokens, or None where the parts exceed their whole.

    A class that is priced apart is taken out of the class that holds it; one that is not is paid
    with it.
    """
    entered, came_out = usage.input or 0, usage.output or 0
    read = (usage.cache_read or 0) if rates.cache_read is not None else 0
    written = (usage.cache_write or 0) if rates.cache_write is not None else 0
    thought = (usage.reasoning or 0) if rates.reasoning is not None else 0
    plain, said = entered - read - written, came_out - thought
    if (plain < 0 and rates.input is not None) or (said < 0 and rates.output is not None):
        return None
    total = _pay(rates.input, plain, entered) + _pay(rates.output, said, entered)
    if read:
        total += _pay(rates.cache_read, read, entered)
    if written:
        total += _pay(rates.cache_write, written, entered)
    if thought:
        total += _pay(rates.reasoning, thought, entered)
    total /= MILLION
    if rates.requests is not None:
        total += _pay(rates.requests, 1, entered) / THOUSAND
    return total


def _pay(rate: Rate | None, count: int, entered: int) -> Decimal:
    if rate is None:
        return ZERO
    if isinstance(rate, TieredPrices):
        # The whole call pays the rate of the highest tier that its input reaches.
        reached = [tier.price for tier in rate.tiers if entered > tier.start]
        return (reached[-1] if reached else rate.base) * count
    return rate * count
