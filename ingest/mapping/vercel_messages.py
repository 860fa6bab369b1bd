"""The Vercel AI SDK's prompts and responses as messages of the one model (see `content`).

A request's span has the prompt as messages (`ai.prompt.messages`), an outer span what the program gave
(`ai.prompt`: system, prompt, messages). Parts are the SDK's own: `tool-call` {toolCallId, toolName,
input, before version 5 args}, `tool-result` {output, before 5 result}, `image`, `file`, `reasoning`.
The response comes in pieces: text, reasoning, tool calls, or an object.
"""

from __future__ import annotations

from typing import Any

from ingest.mapping.content import MAX_READ_CHARS, parse
from ingest.mapping.take import dump, take_text
from ingest.wire.span import Attributes
from traces.conversation.part_names import Parts, renamed

PROMPT = ("system", "prompt", "messages")
TEXTS = ("ai.response.text", "ai.result.text")
OBJECTS = ("ai.response.object", "ai.result.object")
TOOL_CALLS = ("ai.response.toolCalls", "ai.result.toolCalls")
REASONING = "ai.response.reasoning"
LOOKED_UP = ("ai.value", "ai.values", "ai.documents")

CALL = {"toolCallId": "id", "toolName": "name", "args": "arguments", "input": "arguments"}
RESULT = {"toolCallId": "id", "toolName": "name", "result": "result", "output": "result"}
WRITTEN = {"text": "content"}
CARRIED = {"mimeType": "mime_type", "mediaType": "mime_type", "image": "content", "data": "content"}
PARTS: Parts = {
    "text": ("text", WRITTEN),
    "reasoning": ("reasoning", WRITTEN),
    "tool-call": ("tool_call", CALL),
    "tool-result": ("tool_result", RESULT),
    "image": ("image", CARRIED),
    "file": ("file", CARRIED),
}
"""The SDK's type of part → ours, and its names of members → ours. What is not here stays as it came."""


def put_prompt(rest: Attributes, facts: dict[str, Any]) -> None:
    """Put what went in, the messages if they are there, and take it out of `rest`."""
    name = "ai.prompt.messages" if "ai.prompt.messages" in rest else "ai.prompt"
    said = _read(rest.get(name))
    messages = said if isinstance(said, list) else _given(said)
    if messages is None:
        facts["input"] = take_text(rest, name)
        return
    facts["input"] = dump([_message(message) for message in messages])
    if isinstance(said, list) or said.keys() <= set(PROMPT):
        del rest[name]


def put_response(rest: Attributes, facts: dict[str, Any]) -> None:
    """Put what came out as one message, and take out of `rest` what it tells."""
    parts: list[Any] = []
    reasoning = rest.get(REASONING)
    if isinstance(reasoning, str) and reasoning:
        facts["reasoning"] = reasoning
        parts.append({"type": "reasoning", "content": rest.pop(REASONING)})
    parts += [{"type": "text", "content": text} for text in _taken(rest, TEXTS)]
    calls = next((name for name in TOOL_CALLS if name in rest), None)
    asked = _read(rest.get(calls)) if calls else None
    if calls and isinstance(asked, list):
        parts += [_asked(call) for call in asked]
        del rest[calls]
    parts += [{"type": "text", "content": text} for text in _taken(rest, OBJECTS)]
    if parts:
        why = facts.get("finish_reason")
        ended = {} if why is None else {"finish_reason": why}
        facts["output"] = dump([{"role": "assistant", "parts": parts, **ended}])


def take_looked_up(rest: Attributes) -> str | None:
    """Return the texts that are embedded or ranked, each of which is JSON text, as one."""
    name = next((name for name in LOOKED_UP if name in rest), None)
    if name is None:
        return None
    value = rest[name]
    if isinstance(value, list) and all(isinstance(each, str) for each in value):
        read = [(each, parse(each)) for each in value]
        del rest[name]
        return dump([text if plain is None else plain for text, plain in read])
    plain = parse(value) if isinstance(value, str) else None
    if isinstance(plain, str):
        del rest[name]
        return plain
    return take_text(rest, name)


def _taken(rest: Attributes, names: tuple[str, ...]) -> list[str]:
    """Take out the first text; one that is empty, or repeats another under an older name, says nothing."""
    found = [name for name in names if isinstance(rest.get(name), str) and rest[name]]
    texts = list(dict.fromkeys(rest[name] for name in found))[:1]
    for name in found:
        if rest[name] in texts:
            del rest[name]
    return texts


def _read(value: Any) -> Any:
    if isinstance(value, str):
        return parse(value) if len(value) <= MAX_READ_CHARS else None
    return value


def _given(said: Any) -> list[Any] | None:
    """Return what the program gave as messages; None where it gave something else."""
    if not isinstance(said, dict) or said.keys().isdisjoint(PROMPT):
        return None
    return [
        *_spoken(said.get("system"), "system"),
        *_spoken(said.get("messages"), "user"),
        *_spoken(said.get("prompt"), "user"),
    ]


def _spoken(value: Any, role: str) -> list[Any]:
    if value is None:
        return []
    if isinstance(value, list):
        return value
    return [value if isinstance(value, dict) else {"role": role, "content": value}]


def _message(message: Any) -> Any:
    if not isinstance(message, dict):
        return {"role": None, "parts": [message]}
    others = {name: value for name, value in message.items() if name != "role"}
    content = others.pop("parts" if isinstance(others.get("parts"), list) else "content", None)
    if "parts" in others:
        return message
    parts = content if isinstance(content, list) else []
    if content is not None and not isinstance(content, list):
        parts = [{"type": "text", "text": content}]
    return {"role": message.get("role"), "parts": [_part(part) for part in parts], **others}


def _part(part: Any) -> Any:
    if not isinstance(part, dict) or not isinstance(part.get("type"), str):
        return part
    if part["type"] not in PARTS:
        return part
    kind, names = PARTS[part["type"]]
    ours = renamed(part, kind, names)
    if names is CARRIED:
        return _carried(ours)
    return _unwrapped(ours) if names is RESULT else ours


def _asked(call: Any) -> Any:
    """Return a tool call of the response, whose type is not always written, as a part."""
    if isinstance(call, dict) and call.get("type", "tool-call") == "tool-call":
        return renamed(call, "tool_call", CALL)
    return call


def _carried(part: dict[str, Any]) -> dict[str, Any]:
    """Return an image or a file with an address under `url`, and an image called so."""
    content = part.get("content")
    is_address = isinstance(content, str) and content.startswith(("http://", "https://", "data:"))
    if is_address and "url" not in part:
        part["url"] = part.pop("content")
    if str(part.get("mime_type") or "").startswith("image/"):
        part["type"] = "image"
    return part


def _unwrapped(part: dict[str, Any]) -> dict[str, Any]:
    """Take a tool's result out of the wrapper of version 5; errors keep theirs, which says so."""
    result = part.get("result")
    if isinstance(result, dict) and result.keys() == {"type", "value"}:
        plain = result["type"] in ("text", "json")
        part["result"] = result["value"] if plain else result
    return part
