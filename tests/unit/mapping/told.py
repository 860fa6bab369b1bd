"""What a value says, down to its scalars: for tests that nothing is lost on the way."""

from __future__ import annotations

import json
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

GENAI = {"thinking", "tool_call_response", "blob", "uri"}
VERCEL = {"tool-call", "tool-result", "file", "json", "text"}
LISTED = {f"gen_ai.{role}.message" for role in ("system", "user", "assistant", "tool")}
PLACES = {"gen_ai.choice", "0"}
OPENAI = {"function"}
RENAMED = frozenset(GENAI | VERCEL | OPENAI | LISTED | PLACES)
"""Words of shapes, which the one message model has others for: types, roles and places."""


def leaves(value: Any) -> Iterator[str]:
    """Yield each scalar in a value as text; JSON text is opened, and also yielded as it is."""
    if isinstance(value, dict | list):
        for inner in value.values() if isinstance(value, dict) else value:
            yield from leaves(inner)
        return
    if isinstance(value, str):
        opened = _open(value)
        if opened is not None:
            yield from leaves(opened)
            return
    if isinstance(value, bool):
        yield json.dumps(value)
    elif value is not None:
        yield format(Decimal(str(value)), "f") if type(value) is float else str(value)


def _open(text: str) -> Any:
    try:
        opened = json.loads(text)
    except (ValueError, RecursionError):
        return None
    return opened if isinstance(opened, dict | list | str) else None
