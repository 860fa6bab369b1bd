"""Messages that come one by one, each as a log record: OpenTelemetry GenAI events of 1.28 to 1.36.

    gen_ai.system.message, .user.message, .developer.message   {"content"}
    gen_ai.assistant.message                                   {"content", "tool_calls"}
    gen_ai.tool.message                                        {"id", "content"}
    gen_ai.choice                                              {"index", "finish_reason", "message"}

Bodies are structured values; some clients send them as JSON text.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

from deliberation.vocabulary import MessageDirection
from ingest.mapping.content import parse
from ingest.wire.span import LogRecord

CHOICE = "gen_ai.choice"
ROLES = {
    "gen_ai.system.message": "system",
    "gen_ai.developer.message": "developer",
    "gen_ai.user.message": "user",
    "gen_ai.assistant.message": "assistant",
    "gen_ai.tool.message": "tool",
}


class Told(NamedTuple):
    """A message in our model, its side of the call, and its place there when the source numbers it."""

    direction: MessageDirection
    position: int | None
    message: dict[str, Any]


def message_told(record: LogRecord) -> Told | None:
    """Return the message that a log record holds, or None when it is none of these."""
    if record.event_name != CHOICE and record.event_name not in ROLES:
        return None
    body = parse(record.body) if isinstance(record.body, str) else record.body
    if not isinstance(body, dict):
        return None
    if record.event_name in ROLES:
        role = body.get("role") or ROLES[record.event_name]
        return Told(MessageDirection.INPUT, None, {"role": role, "parts": list(_parts(body))})
    return _choice(body)


def _choice(body: dict[str, Any]) -> Told:
    held = body.get("message")
    inner = (
        held
        if isinstance(held, dict)
        else {"content": held if held is not None else body.get("content")}
    )
    message = {"role": inner.get("role") or "assistant", "parts": list(_parts(inner))}
    if body.get("finish_reason") is not None:
        message["finish_reason"] = body["finish_reason"]
    index = body.get("index")
    return Told(MessageDirection.OUTPUT, index if isinstance(index, int) else None, message)


def _parts(said: dict[str, Any]) -> Iterator[dict[str, Any]]:
    content = said.get("content")
    if "id" in said and content is not None:
        yield {"type": "tool_result", "id": said["id"], "result": content}
    elif isinstance(content, list):
        yield from (each if isinstance(each, dict) else _text(each) for each in content)
    elif content is not None:
        yield _text(content)
    calls = said.get("tool_calls")
    yield from (_call(each) for each in (calls if isinstance(calls, list) else ()))


def _text(content: Any) -> dict[str, Any]:
    return {"type": "text", "content": content}


def _call(call: Any) -> dict[str, Any]:
    function = call.get("function") if isinstance(call, dict) else None
    if not isinstance(function, dict):
        return {"type": "tool_call", "arguments": call}
    return {
        "type": "tool_call",
        "id": call.get("id"),
        "name": function.get("name"),
        "arguments": function.get("arguments"),
    }
