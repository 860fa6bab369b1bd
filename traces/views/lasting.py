"""How long something lasts, as a person types it: "1 h 30 min"."""

from __future__ import annotations

import re

from django.utils.translation import gettext_lazy as _

SECONDS = {"s": 1, "min": 60, "h": 3_600, "d": 86_400}
PART = re.compile(r"(\d{1,7})\s*(s|min|h|d)\b")
SENTENCE = _("A time is written 45 s, 30 min, 2 h or 1 d; or together, 1 h 30 min.")


def read_lasting(text: str) -> int | None:
    """Return the seconds that a text like "1 h 30 min" comes to; None for a text that says no time."""
    parts = PART.findall(text)
    if not parts or PART.sub("", text).strip():
        return None
    return sum(int(number) * SECONDS[unit] for number, unit in parts)
