"""Messages as OpenAI's and Anthropic's APIs write them, in the one message model (see `ingest.mapping.content`).

A message is `{"role": …, "parts": […]}`. Members and blocks that are not known stay as they came.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from ingest.importers.json_text import json_text

Message = dict[str, Any]
Part = dict[str, Any]

RESULT_ROLES = ("tool", "function")
READ = (
    "role",
    "content",
    "tool_calls",
    "tool_call_id",
    "name",
    "reasoning_content",
    "refusal",
    "function_call",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class AskedFor:
    """A tool that a message asks for; `arguments` are an object or, mostly, its text."""

    id: str | None
    name: str | None
    arguments: Any


def text_part(text: str) -> Part:
    """Return plain text as a part."""
    return {"type": "text", "content": text}


def reasoning_part(text: str) -> Part:
    """Return visible reasoning as a part."""
    return {"type": "reasoning", "content": text}


def tool_call_part(call: str | None, name: str | None, arguments: Any) -> Part:
    """Return a request for a tool as a part."""
    return {"type": "tool_call", "id": call, "name": name, "arguments": arguments}


def tool_result_part(call: str | None, result: Any) -> Part:
    """Return what a tool gave back as a part."""
    return {"type": "tool_result", "id": call, "result": result}


def message_of(plain: Mapping[str, Any]) -> Message:
    """Return a message in the model."""
    rest = {name: value for name, value in plain.items() if name not in READ}
    return {"role": str(plain.get("role") or "unknown"), "parts": list(_parts(plain)), **rest}


def tool_calls_of(plain: Mapping[str, Any]) -> list[AskedFor]:
    """Return the tools that an assistant's message asks for, the older `function_call` included."""
    found = plain.get("tool_calls")
    calls = found if isinstance(found, list) else []
    if isinstance(plain.get("function_call"), Mapping):
        calls = [*calls, plain["function_call"]]
    return [_asked_for(call) for call in calls if isinstance(call, Mapping)]


def messages_text(messages: Iterable[Message]) -> str | None:
    """Return messages as text, or None where there are none."""
    found = list(messages)
    return json_text(found) if found else None


def text_in(content: Any) -> str | None:
    """Return the text in a message's content: text as it is, of blocks the texts; None where there is none."""
    if isinstance(content, str):
        return content or None
    if not isinstance(content, list):
        return None
    texts = [block.get("text") for block in content if isinstance(block, Mapping)]
    return "\n\n".join(text for text in texts if isinstance(text, str) and text) or None


def reasoning_in(message: Message) -> str | None:
    """Return the visible reasoning of a message in the model."""
    texts = [part.get("content") for part in message["parts"] if part.get("type") == "reasoning"]
    return "\n\n".join(text for text in texts if isinstance(text, str) and text) or None


def _parts(plain: Mapping[str, Any]) -> Iterator[Part]:
    thought = plain.get("reasoning_content")
    if isinstance(thought, str) and thought:
        yield reasoning_part(thought)
    content = plain.get("content")
    if plain.get("role") in RESULT_ROLES:
        call = plain.get("tool_call_id") or _first(plain.get("tool_call_ids"))
        yield {**tool_result_part(call, content), **_named(plain)}
        return
    yield from _content(content)
    if isinstance(plain.get("refusal"), str):
        yield {"type": "refusal", "content": plain["refusal"]}
    for call in tool_calls_of(plain):
        yield tool_call_part(call.id, call.name, call.arguments)


def _content(content: Any) -> Iterator[Part]:
    if isinstance(content, str):
        if content:
            yield text_part(content)
    elif isinstance(content, list):
        for block in content:
            yield _block(block)
    elif content is not None:
        yield text_part(json_text(content))


def _block(block: Any) -> Part:
    """Return one block of a content list as a part."""
    if not isinstance(block, Mapping):
        return text_part(block if isinstance(block, str) else json_text(block))
    rest = {name: value for name, value in block.items() if value is not None}
    kind = rest.pop("type", None)
    if kind in ("text", "input_text", "output_text") and "text" in rest:
        return {**text_part(rest.pop("text")), **rest}
    if kind == "thinking" and "thinking" in rest:
        return {**reasoning_part(rest.pop("thinking")), **rest}
    if kind in ("tool_use", "server_tool_use"):
        call = tool_call_part(rest.pop("id", None), rest.pop("name", None), rest.pop("input", None))
        return {**call, **rest}
    if kind == "tool_result":
        return {
            **tool_result_part(rest.pop("tool_use_id", None), rest.pop("content", None)),
            **rest,
        }
    if kind == "image_url":
        found = rest.pop("image_url", None)
        return {"type": "image", "url": found.get("url") if isinstance(found, Mapping) else found}
    return dict(block)


def _asked_for(call: Mapping[str, Any]) -> AskedFor:
    function = call.get("function")
    asked = function if isinstance(function, Mapping) else call
    own, name = call.get("id"), asked.get("name")
    return AskedFor(
        id=own if isinstance(own, str) else None,
        name=name if isinstance(name, str) else None,
        arguments=asked.get("arguments"),
    )


def _named(plain: Mapping[str, Any]) -> dict[str, Any]:
    return {"name": plain["name"]} if plain.get("name") else {}


def _first(value: Any) -> Any:
    return value[0] if isinstance(value, list) and value else None
