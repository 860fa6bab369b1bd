"""Messages that come one by one, as log records or as events of a span: OpenTelemetry GenAI events of 1.28 to 1.36.

    gen_ai.system.message, .user.message, .developer.message   {"content"}
    gen_ai.assistant.message                                   {"content", "tool_calls"}
    gen_ai.tool.message                                        {"id", "content"}
    gen_ai.choice                                              {"index", "finish_reason", "message"}

A log's body holds the fields as structured values; a span event's attributes, and some clients' bodies,
hold structures as JSON text, some of them in the shape of the provider's API.
"""

from __future__ import annotations

from typing import Any, NamedTuple

from deliberation.vocabulary import MessageDirection
from ingest.mapping.content import parse
from traces.conversation import Message, is_part, message_of

CHOICE = "gen_ai.choice"
TOOL = "gen_ai.tool.message"
ROLES = {
    "gen_ai.system.message": "system",
    "gen_ai.developer.message": "developer",
    "gen_ai.user.message": "user",
    "gen_ai.assistant.message": "assistant",
    TOOL: "tool",
}


class Told(NamedTuple):
    """A message in our model, its side of the call, and its place there when the source numbers it."""

    direction: MessageDirection
    position: int | None
    message: Message


def is_told(name: str) -> bool:
    """True for the name of an event that tells one message."""
    return name == CHOICE or name in ROLES


def told_by(name: str, fields: dict[str, Any]) -> Told | None:
    """Return the message that an event of this name holds, or None when it is none of these."""
    if name == CHOICE:
        return _choice(fields)
    if name not in ROLES:
        return None
    said = {each: read(value) for each, value in fields.items()}
    if name == TOOL and "id" in said and not _holds_result(said.get("content")):
        said["tool_call_id"] = said.pop("id")
    return Told(MessageDirection.INPUT, None, message_of(said, ROLES[name]))


def read(value: Any) -> Any:
    """Return what JSON text says where it is a message, a list of parts or of tool calls; else the value."""
    if not isinstance(value, str) or not value.startswith(("[", "{")):
        return value
    said = parse(value)
    if isinstance(said, dict) and "role" in said:
        return said
    listed = isinstance(said, list) and said
    return said if listed and all(is_part(each) or _is_call(each) for each in said) else value


def _choice(fields: dict[str, Any]) -> Told:
    others = {name: value for name, value in fields.items() if name not in ("message", "index")}
    held = read(fields.get("message"))
    inner = held if isinstance(held, dict) else {"content": held}
    if held is None:
        inner = {"content": read(others.pop("content", None))}
    message = message_of({**others, **inner}, "assistant")
    index = fields.get("index")
    return Told(MessageDirection.OUTPUT, index if isinstance(index, int) else None, message)


def _holds_result(content: Any) -> bool:
    return isinstance(content, list) and any(
        isinstance(each, dict) and "toolResult" in each for each in content
    )


def _is_call(value: Any) -> bool:
    return isinstance(value, dict) and isinstance(value.get("function"), dict)
