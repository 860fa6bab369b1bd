"""How much a call is to reserve, before anybody knows what it takes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from typing import Any

from deliberation.client.prices import price_of
from deliberation.client.values import to_text
from deliberation.control import Gate
from deliberation.control.spending import Bill, Want, limits_of
from deliberation.control.spending.bill import SIZED, UNKNOWN, ZERO, exactly
from deliberation.control.spending.till import seen_in
from deliberation.vocabulary import Dimension, Usage
from deliberation.vocabulary.budget import Amount, read_amount

BYTES_A_TOKEN = 4
"""Of text, in most languages and tokenizers; it is an estimate, and what a call says at its end counts."""

Reserve = Usage | Mapping[str, Amount]


@dataclass(frozen=True, kw_only=True)
class Request:
    """What is known of a call to a model before it begins."""

    model: Any
    provider: Any
    input: Any
    max_tokens: int | None
    stated: Mapping[Dimension, Decimal]

    @property
    def sort(self) -> str:
        """What calls it is compared with."""
        return f"model {self.model}" if isinstance(self.model, str) else "model"

    @cached_property
    def input_tokens(self) -> int:
        """Its input by length, rounded up; 0 where it is not told."""
        if self.input is None:
            return 0
        return -(-len(to_text(self.input).encode("utf-8", "replace")) // BYTES_A_TOKEN)

    def price(self, output: int) -> Decimal | None:
        """Return what it would cost with so many tokens of output."""
        usage = Usage(input=self.input_tokens, output=output)
        return price_of(self.model, self.provider, usage)


def read_reserve(given: Reserve | None) -> dict[Dimension, Decimal]:
    """Return what the caller says that a call takes at most. Raises ValueError or TypeError for what is no amount."""
    if given is None:
        return {}
    if isinstance(given, Usage):
        whole = [each for each in (given.input, given.output) if each is not None]
        said: Mapping[str, Amount] = {
            "tokens": sum(whole) if whole else None,
            "reasoning_tokens": given.reasoning,
        }
    else:
        said = given
    read = {
        Dimension(name): read_amount(amount, f"reserve.{name}") for name, amount in said.items()
    }
    return {each: amount for each, amount in read.items() if amount is not None and each in SIZED}


def wants_of(gate: Gate, request: Request) -> dict[Dimension, Want]:
    """Return what a call to a model is to reserve of what has a limit."""
    limited = limits_of(gate) & SIZED
    return {dimension: _want(gate, request, dimension) for dimension in limited}


def clamped(bill: Bill, request: Request) -> int | None:
    """Return how many tokens of output a call may ask for, with what was reserved for it."""
    most = request.max_tokens
    if most is None:
        return None
    tokens = bill.granted(Dimension.TOKENS)
    if tokens is not None and Dimension.TOKENS not in request.stated:
        most = min(most, int(tokens) - request.input_tokens)
    dollars = bill.granted(Dimension.USD)
    if dollars is not None and Dimension.USD not in request.stated:
        most = min(most, _affordable(request, dollars, most))
    return max(1, most)


def _want(gate: Gate, request: Request, dimension: Dimension) -> Want:
    if dimension in request.stated:
        return exactly(request.stated[dimension])
    if request.max_tokens is not None:
        bounded = _bounded(request, request.max_tokens, dimension)
        if bounded is not None:
            return bounded
    return seen_in(gate, request.sort, dimension) or UNKNOWN


def _bounded(request: Request, most: int, dimension: Dimension) -> Want | None:
    """Return what a call takes that asks for so much output at most."""
    if dimension is Dimension.TOKENS:
        whole = Decimal(request.input_tokens + most)
        return Want(Decimal(request.input_tokens + 1), whole, whole)
    if dimension is Dimension.USD:
        least, dollars = request.price(1), request.price(most)
        return None if least is None or dollars is None else Want(least, dollars, dollars)
    return None


def _affordable(request: Request, dollars: Decimal, most: int) -> int:
    """Return how much output so many dollars pay for."""
    whole, nothing = request.price(most), request.price(0)
    if whole is None or nothing is None or whole <= dollars or whole == nothing:
        return most
    return int(most * max(ZERO, dollars - nothing) / (whole - nothing))
