"""Members and attribute values of OTLP's JSON form, read tolerantly; what cannot be meant is `Unreadable`."""

from __future__ import annotations

import re
from functools import cache
from typing import Any

from ingest.wire.errors import Unreadable
from ingest.wire.limits import MAX_ATTRIBUTES, MAX_NESTING
from ingest.wire.protobuf import keep_repeated, number_text
from ingest.wire.span import Attributes

INTEGER = re.compile(r"[+-]?[0-9]+")
MAX_INTEGER = 2**63
NOT_FINITE = ("NaN", "Infinity", "-Infinity")


@cache
def snake(name: str) -> str:
    """Return the snake_case form of a camelCase name."""
    return re.sub(r"(?=[A-Z])", "_", name).lower()


def member(plain: Any, name: str, kind: Any) -> Any:
    """Return a member under its camelCase or snake_case name, or None. Raises `Unreadable` for another type."""
    if not isinstance(plain, dict):
        raise Unreadable(f"an object with {name} was expected")
    found = plain.get(name)
    if found is None:
        found = plain.get(snake(name))
    if found is not None and (not isinstance(found, kind) or isinstance(found, bool)):
        raise Unreadable(f"{name} is not of its type")
    return found


def text(plain: Any, name: str) -> str:
    """Return a text member, empty when absent."""
    return member(plain, name, str) or ""


def listed(plain: Any, name: str) -> list[Any]:
    """Return a list member, empty when absent."""
    return member(plain, name, list) or []


def integer(plain: Any, name: str) -> int:
    """Return a 64-bit member given as a number or as text, 0 when absent."""
    found = member(plain, name, int | str)
    if isinstance(found, str):
        if not INTEGER.fullmatch(found) or len(found) > 20:
            raise Unreadable(f"{name} must be an integer")
        return int(found)
    return found or 0


def attributes_in(plain: Any) -> Attributes:
    """Return the attributes of a record, key → value. Raises `Unreadable`."""
    return _pairs(listed(plain, "attributes"), 0)


def value_in(plain: Any, depth: int = 0) -> Any:
    """Return the value of an AnyValue object; None for an empty one. Raises `Unreadable`."""
    if depth > MAX_NESTING:
        raise Unreadable(f"a value is nested more than {MAX_NESTING} deep")
    if plain is None:
        return None
    if not isinstance(plain, dict):
        raise Unreadable('an attribute\'s value must be an object such as {"stringValue": …}')
    for name, found in plain.items():
        read = READERS.get(name)
        if read is not None and found is not None:
            return read(found, depth)
    return None


def _pairs(pairs: list[Any], depth: int) -> Attributes:
    if len(pairs) > MAX_ATTRIBUTES:
        raise Unreadable(f"a record has more than {MAX_ATTRIBUTES} attributes")
    attributes: Attributes = {}
    for pair in pairs:
        key = text(pair, "key")
        value = value_in(member(pair, "value", dict), depth)
        if key in attributes:
            keep_repeated(attributes, key, value)
        else:
            attributes[key] = value
    return attributes


def _read_string(found: Any, depth: int) -> str:
    if not isinstance(found, str):
        raise Unreadable("stringValue must be text")
    return found


def _read_integer(found: Any, depth: int) -> int | str:
    """Integers of more than 64 bits stay as their text: nothing downstream could hold them as numbers."""
    if isinstance(found, float) and found.is_integer():
        found = int(found)
    written = str(found) if isinstance(found, int) and not isinstance(found, bool) else found
    if not isinstance(written, str) or not INTEGER.fullmatch(written):
        raise Unreadable("intValue must be an integer")
    if len(written) > 20:
        return written
    number = int(written)
    return number if -MAX_INTEGER <= number < MAX_INTEGER else written


def _read_double(found: Any, depth: int) -> float | str:
    if found in NOT_FINITE:
        return str(found)
    try:
        number = float(found) if isinstance(found, int | float | str) else None
    except (ValueError, OverflowError):
        number = None
    if number is None or isinstance(found, bool):
        raise Unreadable("doubleValue must be a number")
    return number if abs(number) != float("inf") and number == number else number_text(number)


def _read_bool(found: Any, depth: int) -> bool:
    if found in ("true", "false"):
        return bool(found == "true")
    if not isinstance(found, bool):
        raise Unreadable("boolValue must be true or false")
    return found


def _read_bytes(found: Any, depth: int) -> dict[str, str]:
    if not isinstance(found, str):
        raise Unreadable("bytesValue must be base64 text")
    return {"base64": found}


def _read_array(found: Any, depth: int) -> list[Any]:
    return [value_in(item, depth + 1) for item in listed(found, "values")]


def _read_pairs(found: Any, depth: int) -> Attributes:
    return _pairs(listed(found, "values"), depth + 1)


_NAMED = {
    "stringValue": _read_string,
    "intValue": _read_integer,
    "doubleValue": _read_double,
    "boolValue": _read_bool,
    "bytesValue": _read_bytes,
    "arrayValue": _read_array,
    "kvlistValue": _read_pairs,
}
READERS = {**_NAMED, **{snake(name): read for name, read in _NAMED.items()}}
