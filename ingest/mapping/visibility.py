"""How much of a call's text can be read."""

from __future__ import annotations

from typing import Any

from deliberation.vocabulary import TextVisibility, Usage


def visibility(facts: dict[str, Any], usage: Usage | None) -> TextVisibility | None:
    """Return how much of a call's text can be read, where that is certain; else None."""
    generated = (usage.output or 0) if usage else 0
    hidden = bool(usage and usage.reasoning and not facts.get("reasoning"))
    if facts.get("output") is None and facts.get("reasoning") is None:
        return TextVisibility.NONE if generated else None
    return None if hidden else TextVisibility.FULL
