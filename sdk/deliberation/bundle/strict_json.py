"""JSON that has one form of bytes only: what is read must be what the canonical writer would have written.

Comparing bytes finds whatever a parser would smooth over: a key that stands twice, white space, another order, another
escape, a leading zero. Floats, NaN and integers from 2^53 on are refused by themselves.
"""

from __future__ import annotations

import json
from typing import Any

from deliberation.bundle.bounds import MAX_DEPTH
from deliberation.ledger.canonical import dump

MAX_INTEGER = 2**53
MAX_DIGITS = 17
NO_ONE_FORM = "is not canonical: keys sorted and once, no white space, no needless escapes"


class NotCanonical(ValueError):
    """Bytes that are not canonical JSON; the message says why."""


def read(data: bytes) -> dict[str, Any]:
    """Return the object that canonical bytes stand for. Raises `NotCanonical`."""
    try:
        text = data.decode()
    except UnicodeDecodeError:
        raise NotCanonical("is not JSON in UTF-8") from None
    value, end = read_at(text, 0, MAX_DEPTH)
    if end != len(text):
        raise NotCanonical(NO_ONE_FORM)
    return value


def read_at(text: str, start: int, depth: int) -> tuple[dict[str, Any], int]:
    """Return the canonical object that starts there, at most so many containers deep, and where it ends.

    Raises `NotCanonical`.
    """
    try:
        value, end = _decode(text, start)
        is_same = dump(value) == text[start:end].encode()
    except NotCanonical:
        raise
    except RecursionError:
        raise NotCanonical(f"is nested deeper than {depth}") from None
    except (ValueError, TypeError):  # no JSON, a lone surrogate
        raise NotCanonical("is not JSON in UTF-8") from None
    if not isinstance(value, dict):
        raise NotCanonical("is not a JSON object")
    if not is_same:
        raise NotCanonical(NO_ONE_FORM)
    may_be_deep = text.count("{", start, end) + text.count("[", start, end) > depth
    if may_be_deep and is_deeper(value, depth):  # most need no walk
        raise NotCanonical(f"is nested deeper than {depth}")
    return value, end


def is_deeper(value: Any, than: int) -> bool:
    """Return True when a value nests more containers than `than`."""
    if isinstance(value, dict):
        return than == 0 or any(
            is_deeper(each, than - 1) for each in value.values() if each.__class__ in (dict, list)
        )
    if isinstance(value, list):
        return than == 0 or any(is_deeper(each, than - 1) for each in value)
    return False


def _integer(digits: str) -> int:
    value = int(digits) if len(digits) <= MAX_DIGITS else MAX_INTEGER
    if not -MAX_INTEGER < value < MAX_INTEGER:
        raise NotCanonical("has an integer of 2^53 or more")
    return value


def _refuse_float(text: str) -> Any:
    raise NotCanonical("has a number that is no whole one")


_decode = json.JSONDecoder(
    parse_int=_integer, parse_float=_refuse_float, parse_constant=_refuse_float
).raw_decode
