"""Messages as OpenLLMetry wrote them before 0.5: one attribute for each field of each message.

    gen_ai.prompt.0.role · gen_ai.prompt.2.tool_calls.0.name · gen_ai.completion.0.finish_reason

Source: the `opentelemetry-instrumentation-*` packages of OpenLLMetry up to 0.40. Each completion is a
choice, but a `thinking` one, which belongs to the one after it. A content that is a list of parts
is its JSON text, in the shape of the provider's API.
"""

from __future__ import annotations

import re
from typing import Any

from ingest.mapping.content import MAX_READ_CHARS, parse
from ingest.wire.span import Attributes
from traces.conversation import part_of

FIELD = re.compile(
    r"(\d{1,7})\.(?:(tool_calls\.(\d{1,7})|function_call)\.)?([A-Za-z_]\w*)", re.ASCII
)
RESERVED = ("parts", "tool_calls", "function_call")
ROLES = ("user", "system", "assistant")
Planted = dict[str, Any]
"""A message's fields, and under its number each tool call's."""


def take_indexed(rest: Attributes, prefixes: tuple[str, ...], role: str) -> list[Any] | None:
    """Return the messages under the first of some prefixes that has any, taken out of `rest`.

    `role` is that of a message that names none. A key that does not fit the shape stays.
    """
    for prefix in prefixes:
        messages: dict[int, Planted] = {}
        taken = [
            key for key in rest if key.startswith(prefix) and _plant(messages, key, prefix, rest)
        ]
        if taken:
            for key in taken:
                del rest[key]
            listed = [_message(messages[index], role) for index in sorted(messages)]
            return _with_thoughts(listed)
    return None


def _plant(messages: dict[int, Planted], key: str, prefix: str, attributes: Attributes) -> bool:
    """Put a value where its key says; False when the key is none, or its place is taken."""
    found = FIELD.fullmatch(key, len(prefix))
    if found is None:
        return False
    index, group, call, field = found.groups()
    if field in (RESERVED if group is None else ("type",)):
        return False
    branch = messages.setdefault(int(index), {"fields": {}, "calls": {}})
    # A call of the oldest kind has no number, and is the only one.
    fields = branch["calls"].setdefault(int(call or 0), {}) if group else branch["fields"]
    if field in fields:
        return False
    fields[field] = attributes[key]
    return True


def _message(planted: Planted, role: str) -> dict[str, Any]:
    fields, calls = planted["fields"], planted["calls"]
    spoken = [name for name in ROLES if "content" not in fields and name in fields]
    if spoken and "role" not in fields:
        fields["role"] = spoken[0]
        fields["content"] = fields.pop(spoken[0])
    parts: list[Any] = []
    if fields.get("reasoning") is not None:
        parts.append({"type": "reasoning", "content": fields.pop("reasoning")})
    if "content" in fields:
        parts += _parts(fields.pop("content"))
    if fields.get("refusal") is not None:
        parts.append({"type": "refusal", "content": fields.pop("refusal")})
    answered = fields.pop("tool_call_id", None)
    if answered is not None:
        parts = [_result(answered, parts)]
    parts += [{"type": "tool_call", **calls[number]} for number in sorted(calls)]
    return {"role": fields.pop("role", role), "parts": parts, **fields}


def _parts(content: Any) -> list[Any]:
    """Return a content's parts: those of a list that is given as JSON text, else one text."""
    listed = None
    if isinstance(content, str) and content.startswith("[") and len(content) <= MAX_READ_CHARS:
        listed = parse(content)
    if isinstance(listed, list) and listed and all(_is_part(each) for each in listed):
        return [part_of(each) for each in listed]
    return [{"type": "text", "content": content}]


def _is_part(value: Any) -> bool:
    return isinstance(value, dict) and isinstance(value.get("type"), str)


def _result(call: Any, parts: list[Any]) -> dict[str, Any]:
    alone = len(parts) == 1 and isinstance(parts[0], dict) and set(parts[0]) == {"type", "content"}
    return {"type": "tool_result", "id": call, "result": parts[0]["content"] if alone else parts}


def _with_thoughts(messages: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Put what was thought before an answer into the answer's message."""
    joined: list[dict[str, Any]] = []
    for message in messages:
        before = joined[-1] if joined else {}
        if message["role"] == "thinking":
            joined.append({**message, "parts": [_thought(part) for part in message["parts"]]})
        elif before.get("role") == "thinking" and _agree(before, message):
            parts = [*before["parts"], *message["parts"]]
            joined[-1] = {**before, **message, "parts": parts}
        else:
            joined.append(message)
    alone = {"role": "assistant"}
    return [{**each, **alone} if each["role"] == "thinking" else each for each in joined]


def _thought(part: dict[str, Any]) -> dict[str, Any]:
    return {**part, "type": "reasoning"} if part.get("type") == "text" else part


def _agree(before: dict[str, Any], message: dict[str, Any]) -> bool:
    shared = (before.keys() & message.keys()) - {"role", "parts"}
    return all(before[name] == message[name] for name in shared)
