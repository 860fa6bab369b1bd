"""How policies are written."""

from __future__ import annotations

from django import template

from traces.templatetags.fmt import UNKNOWN

register = template.Library()
UNITS = ((86_400, "d"), (3_600, "h"), (60, "min"), (1, "s"))


@register.filter
def lasting(seconds: int | None) -> str:
    """Seconds as they are typed into a form, and without loss: "1 h 30 min"."""
    if seconds is None:
        return UNKNOWN
    parts = []
    for size, unit in UNITS:
        count, seconds = divmod(seconds, size)
        if count:
            parts.append(f"{count} {unit}")
    return " ".join(parts) or "0 s"
