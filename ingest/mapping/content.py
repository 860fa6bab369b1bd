"""One message model for all conventions, as JSON text.

    [{"role": "user", "parts": [{"type": "text", "content": "…"}]}]

Part types: `text`, `reasoning`, `refusal` {content} · `tool_call` {id, name, arguments} ·
`tool_result` {id, result} · `image`, `file` {url, or what the source gives in its place}. Arguments
are an object or, as many clients send them, its text. Members and part types that are not listed
stay as they came.

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

THINKING, TOOL_RESPONSE, BLOB, URI = '"thinking"', '"tool_call_response"', '"blob"', '"uri"'
"""The names that the GenAI convention's text has and this model has not."""

RENAMED = {"thinking": "reasoning", "tool_call_response": "tool_result"}
CARRIED = ("blob", "uri", "file")
MAX_READ_CHARS = 1_000_000
SURELY_SHALLOW = 200
LONG_NUMBER = re.compile(r"[0-9]{16}")
USER_ROLES = ("user", "human")
ASSISTANT_ROLES = ("assistant", "ai", "model")
TASK_NAMES = ("task", "question", "query", "input", "prompt", "text")
ANSWER_NAMES = ("answer", "final_answer", "output", "result", "response", "content", "text")


def messages_text(value: Any) -> str | None:
    """Return messages, given as text or as values in GenAI's shape, as text in this model."""
    if value is None:
        return None
    if not isinstance(value, str):
        return dump(normalise(value))
    # Spelt out: a loop over the names costs 1.5 µs more for each text.
    if not (THINKING in value or TOOL_RESPONSE in value or BLOB in value or URI in value):
        return value
    parsed = parse(value)
    return value if parsed is None else dump(normalise(parsed))


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


def normalise(value: Any) -> Any:
    """Return messages in GenAI's shape with their parts in this model."""
    if not isinstance(value, list):
        return value
    return [_message(message) for message in value]


def reasoning_in(messages: str | None) -> str | None:
    """Return the visible reasoning in messages, or None."""
    if messages is None or '"reasoning"' not in messages:
        return None
    found = [
        part["content"]
        for part in _parts(parse(messages))
        if part.get("type") == "reasoning" and isinstance(part.get("content"), str)
    ]
    return "\n\n".join(text for text in found if text) or None


def task_in(text: str | None) -> str | None:
    """Return what was asked: the last user's text in messages, a named member, or the text itself."""
    return _said(text, USER_ROLES, TASK_NAMES)


def answer_in(text: str | None) -> str | None:
    """Return what was answered: the last assistant's text in messages, a named member, or the text."""
    return _said(text, ASSISTANT_ROLES, ANSWER_NAMES)


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


def _message(message: Any) -> Any:
    if not isinstance(message, dict) or not isinstance(message.get("parts"), list):
        return message
    return {**message, "parts": [_part(part) for part in message["parts"]]}


def _part(part: Any) -> Any:
    if not isinstance(part, dict):
        return part
    kind = part.get("type")
    if kind in RENAMED:
        part = {**part, "type": RENAMED[kind]}
    if kind == "tool_call_response" and "result" not in part and "response" in part:
        part["result"] = part.pop("response")
    if kind in CARRIED:
        return _carried(part)
    return part


def _carried(part: dict[str, Any]) -> dict[str, Any]:
    modality = part.get("modality") or str(part.get("mime_type") or "").partition("/")[0]
    renamed = {"url" if name == "uri" else name: value for name, value in part.items()}
    return {**renamed, "type": "image" if modality == "image" else "file"}


def _parts(messages: Any) -> Iterable[dict[str, Any]]:
    for message in messages if isinstance(messages, list) else ():
        parts = message.get("parts") if isinstance(message, dict) else None
        for part in parts if isinstance(parts, list) else ():
            if isinstance(part, dict):
                yield part


def _said(text: str | None, roles: tuple[str, ...], names: tuple[str, ...]) -> str | None:
    if not text:
        return None
    if text[0] not in '[{"' or len(text) > MAX_READ_CHARS:
        return text
    value = parse(text)
    if value is None:
        return text
    found = _said_in(value, roles, names)
    if found is None and not _is_messages(value):
        return text
    return found or None


def _said_in(value: Any, roles: tuple[str, ...], names: tuple[str, ...]) -> str | None:
    if isinstance(value, str):
        return value
    if isinstance(value, dict):
        if isinstance(value.get("messages"), list):
            return _said_in(value["messages"], roles, names)
        return next((value[name] for name in names if isinstance(value.get(name), str)), None)
    if not isinstance(value, list):
        return None
    if len(value) == 1 and isinstance(value[0], list):
        value = value[0]
    spoken = [message for message in value if isinstance(message, dict)]
    said = (
        text for message in reversed(spoken) if _role(message) in roles and (text := _text(message))
    )
    return next(said, None)


def _is_messages(value: Any) -> bool:
    # Messages in which nobody of that role says anything are no answer; other JSON may be one.
    return isinstance(value, list) and any(
        isinstance(each, dict) and "parts" in each for each in value
    )


def _role(message: dict[str, Any]) -> Any:
    return message.get("role") or message.get("type")


def _text(message: dict[str, Any]) -> str | None:
    """Return the text of a message of this model, of the OpenAI API or of LangChain."""
    inner = message.get("data") or message.get("kwargs")
    if isinstance(inner, dict) and "content" in inner:
        message = inner
    content = message.get("parts", message.get("content"))
    if isinstance(content, str):
        return content
    texts = [
        part.get("content", part.get("text"))
        for part in (content if isinstance(content, list) else ())
        if isinstance(part, dict) and part.get("type") in ("text", "input_text", "output_text")
    ]
    return "\n".join(text for text in texts if isinstance(text, str)) or None
