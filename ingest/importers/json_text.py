"""Values of a file as JSON text again, for attributes and messages."""

from __future__ import annotations

import json
from decimal import Decimal
from math import isfinite
from typing import Any

TOO_DEEP = '{"unreadable":"nested too deeply"}'


def json_text(value: Any) -> str:
    """Return the JSON text of a value; a `Decimal` is written as the number it is."""
    try:
        return json.dumps(value, ensure_ascii=False, separators=(",", ":"), default=_number)
    except RecursionError:
        return TOO_DEEP


def rest_text(rest: Any) -> str | None:
    """Return what is left of a record as JSON text, or None where nothing is left."""
    return json_text(rest) if rest else None


def _number(value: Any) -> float | str:
    if not isinstance(value, Decimal):
        raise TypeError(f"{type(value).__name__} is no JSON value")
    number = float(value)
    return number if isfinite(number) else str(value)
