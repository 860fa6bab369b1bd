"""How a cell of a figure's table is written, by the unit of its column."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django import template

from traces.templatetags.fmt import UNKNOWN, money, number, percent, plain, tenths
from traces.templatetags.trace_text import one_line

register = template.Library()
NUMERIC = {"count", "number", "money", "share", "percent"}


@register.filter
def cell(value: Any, unit: str) -> str:
    """The cell as text; what is not known is a dash."""
    if value is None:
        return UNKNOWN
    if unit == "money":
        return money(Decimal(value))
    if unit == "count":
        return f"{value:,}"
    if unit == "share":
        return percent(value)
    if unit == "percent":
        return tenths(value)
    if unit == "number":
        return number(value)
    return plain(value) if unit == "word" else one_line(str(value))


@register.filter
def is_numeric(unit: str) -> bool:
    """Whether cells of this unit stand to the right."""
    return unit in NUMERIC
