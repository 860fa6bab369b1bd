"""Texts cut to what a row may hold. The whole text stands in the ledger's parts."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

import orjson

from deliberation.events.fields import clean

PREVIEW_CHARS = 200
ANSWER_CHARS = 2_000
MAX_PARSED_CHARS = 65_536
"""Above this a preview is cut from the raw text: parsing 20 MB for 200 characters is waste."""
MAX_PREVIEW_DEPTH = 6
TEXT_KEYS = ("parts", "content", "text", "arguments", "result", "name")

_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")


def fact(text: str | None) -> str | None:
    """Return a fact as the ledger keeps it, so that a rebuild gives the same row."""
    return text if text is None or (text.isprintable() and len(text) <= 256) else clean(text)


def cut(text: str, limit: int) -> str:
    """Return at most `limit` characters that Postgres accepts: NUL and lone surrogates become U+FFFD."""
    kept = text[:limit]
    return kept if kept.isprintable() else _UNSTORABLE.sub("\N{REPLACEMENT CHARACTER}", kept)


def preview(text: str) -> str:
    """Return one line of at most 200 characters; of messages as JSON, the last message's text."""
    shown = text
    if text[:1] in "[{" and len(text) <= MAX_PARSED_CHARS:
        try:
            value = orjson.loads(text)
            # Written anew: two reports of one content differ in blanks, and either may come last.
            shown = _text_in(value) or orjson.dumps(value).decode()
        except ValueError:
            shown = text
    return cut(" ".join(shown[: PREVIEW_CHARS * 2].split()), PREVIEW_CHARS)


def _text_in(value: Any, depth: int = 0) -> str | None:
    # Plain loops: written with generators this took a tenth of a worker's time.
    if isinstance(value, str):
        return value
    if depth > MAX_PREVIEW_DEPTH:
        return None
    inner: Iterable[Any] = ()
    if isinstance(value, list):
        inner = reversed(value)
    elif isinstance(value, dict):
        if value.get("type") == "tool_call" and isinstance(value.get("name"), str):
            return _call(value["name"], value.get("arguments"))
        inner = [value[name] for name in TEXT_KEYS if name in value]
    for item in inner:
        text = _text_in(item, depth + 1) if item else None
        if text:
            return text
    return None


def _call(name: str, arguments: Any) -> str:
    if arguments is None or isinstance(arguments, str):
        return f"{name}({arguments or ''})"
    return f"{name}({orjson.dumps(arguments).decode()})"
