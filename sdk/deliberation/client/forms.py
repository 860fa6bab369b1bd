"""Values of calls as text, and whether the text is the value or only describes it."""

from __future__ import annotations

import json
from typing import Any

from deliberation.client.values import cut, to_text
from deliberation.vocabulary import TextForm

_encode = json.JSONEncoder(ensure_ascii=False, allow_nan=False).encode


def as_told(value: Any) -> tuple[str, TextForm]:
    """Return the text of a part, and what it stands for. A text that will be cut says so."""
    if isinstance(value, str):
        text, form = str(value), TextForm.TEXT
    else:
        try:
            text, form = _encode(value), TextForm.JSON
        except (TypeError, ValueError, RecursionError):
            text, form = to_text(value), TextForm.REPR
    return text, form if len(cut(text)) == len(text) else TextForm.CUT


def had_back(text: str, form: TextForm, value: Any) -> Any:
    """Return what a replay will have in the place of `value`: the same where it is text or exact JSON."""
    return json.loads(text) if form is TextForm.JSON else value
