"""How much of a call's text can be read."""

from __future__ import annotations

import re
from typing import Any

from deliberation.vocabulary import TextVisibility, Usage

CONTENT = re.compile(r'"(?:content|arguments|result|text|url|data|summary)"\s*:')
"""A member of a message's parts that says something. Clients that may not send content send parts without it."""


def visibility(facts: dict[str, Any], usage: Usage | None) -> TextVisibility | None:
    """Return how much of a call's text can be read, where that is certain; else None."""
    generated = (usage.output or 0) if usage else 0
    hidden = bool(usage and usage.reasoning and not facts.get("reasoning"))
    if not _says_something(facts.get("output")) and facts.get("reasoning") is None:
        return TextVisibility.NONE if generated else None
    return None if hidden else TextVisibility.FULL


def _says_something(output: str | None) -> bool:
    return output is not None and ('"parts"' not in output or CONTENT.search(output) is not None)
