"""Taking typed values out of a record's attributes.

`rest` is the mapper's own copy of the attributes. A value is taken out only when the fact says all
of it; what is cut, cleaned or not of its type stays behind as well, so that nothing is lost.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from decimal import ROUND_DOWN, Context, Decimal, InvalidOperation
from math import isfinite
from typing import Any

import orjson

from deliberation.events.fields import MAX_FACT_CHARS, clean

NO_MODEL = ("unknown", "Unknown", "None", "none", "null", "N/A")
MAX_COUNT = 2**53
MIN_EXPONENT = -18
MAX_AMOUNT = 10**12
# Python's own 28 digits cannot hold 12 + 18, and rounding up could make it 13 + 18.
DIGITS = Context(prec=30, rounding=ROUND_DOWN)


def fact_text(value: Any) -> str | None:
    """Return text fit for a ledger line, or None where there is none."""
    if value is None or value == "":
        return None
    text = value if isinstance(value, str) else dump(value)
    return text if text.isprintable() and len(text) <= MAX_FACT_CHARS else clean(text)


def take_fact(rest: dict[str, Any], *names: str) -> str | None:
    """Return the first text among some attributes, fit for a ledger line."""
    for name in names:
        value = rest.get(name)
        if isinstance(value, str) and value:
            text = fact_text(value)
            if text == value:
                del rest[name]
            return text
    return None


def take_model(rest: dict[str, Any], *names: str) -> str | None:
    """Return the first of some attributes that names a model; clients' words for none stay behind."""
    return take_fact(rest, *(name for name in names if rest.get(name) not in NO_MODEL))


def take_value(rest: dict[str, Any], *names: str) -> Any:
    """Return the first of some attributes that has a value, whatever its type."""
    for name in names:
        value = rest.get(name)
        if value is not None:
            del rest[name]
            return value
    return None


def take_text(rest: dict[str, Any], *names: str) -> str | None:
    """Return the first of some attributes as text of any length; structures become their JSON."""
    value = take_value(rest, *names)
    return value if value is None or isinstance(value, str) else dump(value)


def take_count(rest: dict[str, Any], names: Iterable[str], least: int = 0) -> int | None:
    """Return the first of some attributes that is a count: an integer, or text that is one.

    One that is under `least` is returned and stays behind too.
    """
    for name in names:
        if name in rest:
            count = as_count(rest[name])
            if count is not None:
                if count >= least:
                    del rest[name]
                return count
    return None


def as_count(value: Any) -> int | None:
    """Return a value as an integer from 0 up to 2^53, or None."""
    if isinstance(value, int):
        return (
            value if 0 <= value < MAX_COUNT and value is not True and value is not False else None
        )
    if isinstance(value, float) and value.is_integer():
        return as_count(int(value))
    if isinstance(value, str) and value.isascii() and value.isdigit() and len(value) <= 16:
        return as_count(int(value))
    return None


def as_float(value: Any) -> float | None:
    """Return a finite number, given as a number or as text, or None."""
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return None
    try:
        number = float(value)
    except (ValueError, OverflowError):
        return None
    return number if isfinite(number) else None


def as_amount(value: Any) -> Decimal | None:
    """Return an amount of money ≥ 0, or None; digits beyond the ledger's 12 + 18 are rounded away."""
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return None
    try:
        amount = Decimal(str(value))
    except InvalidOperation:
        return None
    if not amount.is_finite() or not 0 <= amount < MAX_AMOUNT:
        return None
    if int(amount.as_tuple().exponent) < MIN_EXPONENT:
        amount = amount.quantize(Decimal(1).scaleb(MIN_EXPONENT), context=DIGITS)
    return amount


def dump(value: Any) -> str:
    """Return the JSON text of any attribute value, lone surrogates and large integers included."""
    try:
        return orjson.dumps(value).decode()
    except TypeError:
        return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
