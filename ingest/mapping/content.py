"""Conversations as JSON text in the one message model (`traces.conversation`).

The current GenAI convention writes nearly this, so its text is mostly passed through untouched:
parsing and writing 2 KB costs 10 µs, looking for the few names that differ 0.5 µs. What is not JSON
stays the text it is.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from typing import Any

import orjson

from ingest.mapping.take import dump
from traces.conversation import messages_of

MESSAGES, TYPED, SPOKEN = '"parts"', '"type"', '"text"'
"""What text in the GenAI convention's shape has: `SPOKEN` without `TYPED` is Gemini's."""

THINKING, TOOL_RESPONSE, BLOB, URI = '"thinking"', '"tool_call_response"', '"blob"', '"uri"'
"""The names that the GenAI convention's text has and this model has not."""

MAX_READ_CHARS = 1_000_000
SURELY_SHALLOW = 200
LONG_NUMBER = re.compile(r"[0-9]{16}")


def messages_text(value: Any, role: str) -> str | None:
    """Return messages, given as text or as values in any known shape, as text in this model.

    `role` is that of messages that name none. What is no conversation stays what it is.
    """
    if value is None:
        return None
    if not isinstance(value, str):
        return dump(messages_of(value, role) or value)
    if _is_ours(value):
        return value
    found = messages_of(parse(value), role)
    return value if found is None else dump(found)


def take_conversation(rest: dict[str, Any], role: str, *names: str) -> str | None:
    """Return the first of some attributes as messages in this model, taken out of `rest`.

    A whole request or response says more than its messages, and stays.
    """
    name = next((each for each in names if rest.get(each) is not None), None)
    if name is None:
        return None
    value = rest[name]
    text = messages_text(value, role)
    is_more = isinstance(value, dict) or (isinstance(value, str) and value[:1] == "{")
    if not is_more or text == value:
        del rest[name]
    return text


def with_instructions(messages: str | None, instructions: Any) -> str | None:
    """Return messages with system instructions put before them, or None where that cannot be done."""
    parts = parse(instructions) if isinstance(instructions, str) else instructions
    if not isinstance(parts, list):
        parts = [{"type": "text", "content": instructions}]
    system = dump({"role": "system", "parts": parts})
    if messages is None:
        return f"[{system}]"
    # Put together as text: the messages may be long, and need not be read for this.
    others = messages[1:].lstrip()
    if not messages.startswith("[") or not others.endswith("]"):
        return None
    return f"[{system}]" if others == "]" else f"[{system},{others}"


def reasoning_in(messages: str | None) -> str | None:
    """Return the visible reasoning in messages, or None."""
    if messages is None or '"reasoning"' not in messages:
        return None
    found = [
        _thought(part["content"])
        for part in _parts(parse(messages))
        if part.get("type") == "reasoning" and isinstance(part.get("content"), str)
    ]
    return "\n\n".join(text for text in found if text) or None


def parse(text: str) -> Any:
    """Return the value of JSON text, or None where it is not JSON, or nested beyond reason.

    What is returned can be written again: orjson's writer stops at 254 levels, before any recursion
    of ours does. Its reader would turn long integers into floats, so these go to the standard one.
    """
    try:
        value = json.loads(text) if LONG_NUMBER.search(text) else orjson.loads(text)
        if text.count("[") + text.count("{") > SURELY_SHALLOW:
            orjson.dumps(value)
    except (ValueError, TypeError, RecursionError):
        return None
    return value


def _thought(content: str) -> str:
    """Return the words of a thought; OpenLLMetry gives the summaries of OpenAI's responses as JSON text."""
    said = parse(content) if content.startswith('[{"') else None
    listed = said if isinstance(said, list) else []
    words = [each["text"] for each in listed if isinstance(each, dict) and "text" in each]
    is_told = words and len(words) == len(listed) and all(isinstance(word, str) for word in words)
    return "\n\n".join(words) if is_told else content


def _is_ours(text: str) -> bool:
    if MESSAGES not in text:
        # A JSON text that begins otherwise, or none at all, is not worth reading.
        return text[:1] not in ("[", "{")
    # Spelt out: a loop over the names costs 1.5 µs more for each text.
    if THINKING in text or TOOL_RESPONSE in text or BLOB in text or URI in text:
        return False
    return TYPED in text or SPOKEN not in text


def _parts(messages: Any) -> Iterable[dict[str, Any]]:
    for message in messages if isinstance(messages, list) else ():
        parts = message.get("parts") if isinstance(message, dict) else None
        for part in parts if isinstance(parts, list) else ():
            if isinstance(part, dict):
                yield part
