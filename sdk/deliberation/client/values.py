"""Whatever a program hands over becomes an event's field, or is dropped by name.

Nothing here raises.
"""

from __future__ import annotations

import json
import operator
from dataclasses import asdict, is_dataclass
from decimal import Decimal
from typing import Any

from deliberation.client.settings import MAX_PART_BYTES
from deliberation.events.fields import clean
from deliberation.vocabulary import Cost, CostProvenance


def to_text(value: Any) -> str:
    """Return the text of a part.

    Text as it is, JSON values as their JSON text, anything else by its `repr`.
    """
    if isinstance(value, str):
        return str(value)
    try:
        return json.dumps(value, ensure_ascii=False, default=repr)
    except Exception:  # noqa: BLE001 - a program's own types may raise anything
        return _repr(value)


def cut(text: str, limit: int = MAX_PART_BYTES) -> str:
    """Return the longest beginning of `text` that takes at most `limit` bytes of UTF-8."""
    if len(text) * 4 <= limit:
        return text
    data = text.encode("utf-8", "surrogatepass")
    if len(data) <= limit:
        return text
    end = limit
    while data[end] & 0xC0 == 0x80:  # never in the middle of a character
        end -= 1
    return data[:end].decode("utf-8", "surrogatepass")


def to_plain(value: Any) -> Any:
    """Return a fact in the form that the codec's readers take."""
    if isinstance(value, str):
        return clean(value)
    if isinstance(value, (bool, int, float, Decimal)):
        return value
    if is_dataclass(value) and not isinstance(value, type):
        return {name: to_plain(item) for name, item in asdict(value).items()}
    if isinstance(value, (tuple, set, frozenset)):
        return [to_plain(item) for item in value]
    if hasattr(value, "__index__"):  # integers of array libraries
        return operator.index(value)
    return value


def to_cost(value: Cost | Decimal | str | float | None) -> Any:
    """Return a cost.

    A bare amount is in US dollars and counts as reported, as does a `Cost` that does not say.
    """
    if value is None:
        return None
    if not isinstance(value, Cost):
        return {"amount": str(value), "provenance": CostProvenance.REPORTED.value}
    if value.amount is not None and value.provenance is CostProvenance.ABSENT:
        return {**asdict(value), "provenance": CostProvenance.REPORTED.value}
    return value


def _repr(value: Any) -> str:
    try:
        return repr(value)
    except Exception:  # noqa: BLE001 - see to_text
        return f"<{type(value).__name__} without a repr>"
