"""Conversations as JSON, in the shapes that clients send, become messages to read."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import orjson

MAX_PARSED_CHARS = 4_000_000
MAX_PARTS = 200
TEXT_NAMES = ("content", "text", "thinking", "reasoning", "result", "output", "arguments", "input")
CALL_KINDS = ("tool_call", "tool_use", "function_call")


@dataclass(frozen=True, slots=True, kw_only=True)
class MessagePart:
    """One piece of a message; `kind` is text, reasoning, tool_call, tool_result, image, or the source's word."""

    kind: str
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """One message of a conversation; `direction` is input or output."""

    direction: str
    role: str
    parts: list[MessagePart]

    @property
    def size(self) -> int:
        """Characters of all its texts."""
        return sum(len(part.text) for part in self.parts)


def parse_messages(direction: str, text: str) -> list[Message]:
    """Return the messages in a text, or none when it is no conversation."""
    if text[:1] not in "[{" or len(text) > MAX_PARSED_CHARS:
        return []
    try:
        parsed = orjson.loads(text)
    except ValueError:
        return []
    if isinstance(parsed, dict) and isinstance(parsed.get("messages"), list):
        parsed = parsed["messages"]
    listed = [parsed] if isinstance(parsed, dict) else parsed
    if not isinstance(listed, list) or not listed or not all(map(_is_message, listed)):
        return []
    return [_message(direction, each) for each in listed]


def last_that_fit(messages: list[Message], limit: int | None) -> list[Message]:
    """Return the last messages whose texts come to at most `limit` characters, with a note on those left out."""
    if limit is None:
        return messages
    left, first = limit, len(messages)
    while first > 0 and messages[first - 1].size <= left:
        first -= 1
        left -= messages[first].size
    if first == 0:
        return messages
    note = MessagePart(
        kind="left out", text=f"{first} earlier messages; they are in the whole text"
    )
    return [Message(direction=messages[0].direction, role="", parts=[note]), *messages[first:]]


def _is_message(value: Any) -> bool:
    return (
        isinstance(value, dict) and isinstance(value.get("role"), str) and _holds_something(value)
    )


def _holds_something(value: dict[str, Any]) -> bool:
    return not value.keys().isdisjoint({"parts", "content", "tool_calls", "function_call"})


def _message(direction: str, value: dict[str, Any]) -> Message:
    parts: list[MessagePart] = []
    for name in ("parts", "content"):
        held = value.get(name)
        if isinstance(held, list):
            parts += map(_part, held[:MAX_PARTS])
        elif held not in (None, ""):
            parts.append(MessagePart(kind="text", text=_text(held)))
    for call in value.get("tool_calls") or ():
        parts.append(_call(call))
    if value.get("function_call"):
        parts.append(_call(value["function_call"]))
    return Message(direction=direction, role=value["role"], parts=parts)


def _part(value: Any) -> MessagePart:
    if not isinstance(value, dict):
        return MessagePart(kind="text", text=_text(value))
    kind = value.get("type")
    kind = kind if isinstance(kind, str) else "text"
    if kind in CALL_KINDS:
        return _call(value)
    for name in TEXT_NAMES:
        held = value.get(name)
        if held not in (None, ""):
            return MessagePart(kind=kind, text=_text(held))
    return MessagePart(kind=kind, text=_text(value))


def _call(value: Any) -> MessagePart:
    call = value.get("function", value) if isinstance(value, dict) else {}
    if not isinstance(call, dict) or not call.get("name"):
        return MessagePart(kind="tool_call", text=_text(value))
    given = call.get("arguments", call.get("input", ""))
    return MessagePart(kind="tool_call", text=f"{call['name']}({_text(given)})")


def _text(value: Any) -> str:
    return value if isinstance(value, str) else orjson.dumps(value).decode()
