"""How one field's value becomes plain JSON and back.

The plain form is the ledger's profile (no floats, integers under 2^53, money and times as decimal strings), so
that every JSON library writes the same bytes. See `deliberation.ledger.canonical`.
"""

from __future__ import annotations

import json
import math
import types
from collections.abc import Callable
from dataclasses import fields, is_dataclass
from decimal import Decimal, InvalidOperation
from enum import Enum
from typing import Any, Union, get_args, get_origin, get_type_hints

MAX_FACT_CHARS = 256
MAX_LIST_ITEMS = 256
MAX_PLAIN_INTEGER = 2**53


class Invalid(ValueError):
    """A value that its field does not allow; the message names the field and what it takes."""


Convert = Callable[[Any], Any]


def clean(text: str, limit: int = MAX_FACT_CHARS) -> str:
    """Return text fit for a ledger line: valid Unicode, no controls, at most `limit` characters."""
    begin = text[:limit]
    if begin.isprintable():
        return begin
    kept = "".join(c if c.isprintable() else "\N{REPLACEMENT CHARACTER}" for c in begin)
    return kept.encode("utf-8", "replace").decode("utf-8")


def writer_for(kind: Any) -> Convert | None:
    """Return the function from a value to its plain form, or None where the value is plain already."""
    kind = _without_none(kind)
    if kind is str:
        return _write_text
    if kind is float:
        return lambda number: repr(float(number))
    if kind is Decimal:
        return lambda amount: format(amount, "f")
    if kind is int:
        return lambda number: (
            number if -MAX_PLAIN_INTEGER < number < MAX_PLAIN_INTEGER else str(number)
        )
    if is_dataclass(kind):
        return _record_writer(kind)
    return None


def _write_text(text: str) -> str:
    # What is written must be readable: a mapping may hand over any text as a fact.
    return text if text.isprintable() and len(text) <= MAX_FACT_CHARS else clean(text)


def reader_for(kind: Any, name: str) -> Convert:
    """Return the function from plain JSON to the value; it raises `Invalid` for anything else."""
    kind = _without_none(kind)
    if isinstance(kind, type) and issubclass(kind, Enum):
        return _enum_reader(kind, name)
    if is_dataclass(kind):
        return _record_reader(kind, name)
    if get_origin(kind) is list:
        return _list_reader(name)
    if get_origin(kind) is dict:
        return _dict_reader(name)
    return _SCALARS[kind](name)


def read_part(name: str) -> Convert:
    """Return the reader of a part: text stays as it is, any other JSON value becomes its JSON text."""

    def read(value: Any) -> str:
        return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)

    return read


def _without_none(kind: Any) -> Any:
    if get_origin(kind) in (Union, types.UnionType):
        return next(each for each in get_args(kind) if each is not type(None))
    return kind


def _text_reader(name: str) -> Convert:
    def read(value: Any) -> str:
        if not isinstance(value, str) or len(value) > MAX_FACT_CHARS:
            raise Invalid(f"{name}: must be text of at most {MAX_FACT_CHARS} characters")
        return value if value.isprintable() else clean(value)

    return read


def _integer_reader(name: str) -> Convert:
    def read(value: Any) -> int:
        if isinstance(value, bool) or not isinstance(value, (int, str)):
            raise Invalid(f"{name}: must be an integer")
        try:
            number = int(value)
        except ValueError:
            raise Invalid(f"{name}: must be an integer") from None
        if not -(2**63) <= number < 2**63:
            raise Invalid(f"{name}: must fit in 64 bits")
        return number

    return read


def _float_reader(name: str) -> Convert:
    def read(value: Any) -> float:
        try:
            number = float(value) if not isinstance(value, bool) else math.nan
        except (TypeError, ValueError, OverflowError):
            number = math.nan
        if not math.isfinite(number):
            raise Invalid(f"{name}: must be a finite number")
        return number

    return read


def _decimal_reader(name: str) -> Convert:
    def read(value: Any) -> Decimal:
        try:
            amount = Decimal(str(value))
        except InvalidOperation:
            raise Invalid(f"{name}: must be a decimal number") from None
        # Not by abs(), which rounds to 28 digits.
        fits = amount.is_finite() and -(10**12) < amount < 10**12
        if not fits or int(amount.as_tuple().exponent) < -18:
            raise Invalid(f"{name}: must be a decimal number of at most 12 + 18 digits")
        return amount

    return read


def _bool_reader(name: str) -> Convert:
    def read(value: Any) -> bool:
        if not isinstance(value, bool):
            raise Invalid(f"{name}: must be true or false")
        return value

    return read


def _enum_reader(kind: type[Enum], name: str) -> Convert:
    members = {member.value: member for member in kind}

    def read(value: Any) -> Enum:
        found = members.get(value) if isinstance(value, str) else None
        if found is None:
            raise Invalid(f"{name}: must be one of {', '.join(members)}")
        return found

    return read


def _list_reader(name: str) -> Convert:
    read_item = _text_reader(name)

    def read(value: Any) -> list[str]:
        if not isinstance(value, list) or len(value) > MAX_LIST_ITEMS:
            raise Invalid(f"{name}: must be a list of at most {MAX_LIST_ITEMS} texts")
        return [read_item(item) for item in value]

    return read


def _dict_reader(name: str) -> Convert:
    read_item = _text_reader(name)

    def read(value: Any) -> dict[str, str]:
        if not isinstance(value, dict) or len(value) > MAX_LIST_ITEMS:
            raise Invalid(f"{name}: must be an object of texts")
        return {read_item(key): read_item(item) for key, item in value.items()}

    return read


def _record_writer(kind: Any) -> Convert:
    hints = get_type_hints(kind)
    writers = [(field.name, writer_for(hints[field.name])) for field in fields(kind)]

    def write(record: Any) -> dict[str, Any]:
        plain: dict[str, Any] = {}
        for name, convert in writers:
            value = getattr(record, name)
            if value is not None:
                plain[name] = convert(value) if convert else value
        return plain

    return write


def _record_reader(kind: Any, name: str) -> Convert:
    hints = get_type_hints(kind)
    readers = {f.name: reader_for(hints[f.name], f"{name}.{f.name}") for f in fields(kind)}

    def read(value: Any) -> Any:
        if not isinstance(value, dict):
            raise Invalid(f"{name}: must be an object")
        unknown = value.keys() - readers.keys()
        if unknown:
            raise Invalid(f"{name}: has no field {min(unknown)!r}")
        return kind(**{key: readers[key](item) for key, item in value.items() if item is not None})

    return read


_SCALARS: dict[Any, Callable[[str], Convert]] = {
    str: _text_reader,
    int: _integer_reader,
    float: _float_reader,
    Decimal: _decimal_reader,
    bool: _bool_reader,
}
