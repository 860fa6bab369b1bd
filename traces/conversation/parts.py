"""One part of a message, in the shape of a provider's API or of a framework, as a part of the one model.

Known shapes: OpenAI's chat completions and responses, Anthropic's content blocks, Gemini's parts, Bedrock's
converse blocks, LangChain's standard blocks, Haystack's. Sources: the providers' API references. Members
that have no name in the model keep theirs; a part that is not known stays as it came.
"""

from __future__ import annotations

from typing import Any

from traces.conversation.part_names import Names, Parts, renamed
from traces.conversation.wrappers import opened, says_shape

Part = dict[str, Any]

WRITTEN: Names = {"text": "content"}
CALLED: Names = {
    "call_id": "id",
    "toolUseId": "id",
    "input": "arguments",
    "args": "arguments",
    "tool_name": "name",
}
ANSWERED: Names = {
    "tool_use_id": "id",
    "tool_call_id": "id",
    "call_id": "id",
    "toolUseId": "id",
    "content": "result",
    "output": "result",
    "response": "result",
}
CARRIED: Names = {
    "image_url": "url",
    "file_url": "url",
    "file_uri": "url",
    "fileUri": "url",
    "uri": "url",
    "file_data": "content",
    "bytes": "content",
    "base64": "content",
    "data": "content",
    "media_type": "mime_type",
    "mimeType": "mime_type",
}

BY_TYPE: Parts = {
    "text": ("text", WRITTEN),
    "input_text": ("text", WRITTEN),
    "output_text": ("text", WRITTEN),
    "summary_text": ("reasoning", WRITTEN),
    "reasoning_text": ("reasoning", WRITTEN),
    "reasoning": ("reasoning", {"text": "content", "reasoning": "content"}),
    "thinking": ("reasoning", {"thinking": "content"}),
    "redacted_thinking": ("reasoning", {}),
    "refusal": ("refusal", {"refusal": "content"}),
    "tool_use": ("tool_call", CALLED),
    "server_tool_use": ("tool_call", CALLED),
    "mcp_tool_use": ("tool_call", CALLED),
    "tool_call": ("tool_call", CALLED),
    "function_call": ("tool_call", CALLED),
    "tool_result": ("tool_result", ANSWERED),
    "mcp_tool_result": ("tool_result", ANSWERED),
    "tool_call_response": ("tool_result", ANSWERED),
    "function_call_output": ("tool_result", ANSWERED),
    "image": ("image", CARRIED),
    "image_url": ("image", CARRIED),
    "input_image": ("image", CARRIED),
    "file": ("file", CARRIED),
    "input_file": ("file", CARRIED),
    "blob": ("file", CARRIED),
    "uri": ("file", CARRIED),
    "document": ("file", CARRIED),
    "audio": ("file", CARRIED),
    "input_audio": ("file", CARRIED),
    "video": ("file", CARRIED),
}
"""By the word in `type`."""

BY_MEMBER: Parts = {
    "functionCall": ("tool_call", CALLED),
    "function_call": ("tool_call", CALLED),
    "toolUse": ("tool_call", CALLED),
    "tool_call": ("tool_call", CALLED),
    "functionResponse": ("tool_result", ANSWERED),
    "function_response": ("tool_result", ANSWERED),
    "toolResult": ("tool_result", ANSWERED),
    "tool_call_result": ("tool_result", {**ANSWERED, "origin": "of"}),
    "inlineData": ("file", CARRIED),
    "inline_data": ("file", CARRIED),
    "fileData": ("file", CARRIED),
    "file_data": ("file", CARRIED),
    "image": ("image", CARRIED),
    "document": ("file", CARRIED),
    "video": ("file", CARRIED),
}
"""Gemini, Bedrock and Haystack give no `type`: the one member that says what it is holds the rest."""

THOUGHT = ("reasoningContent", "reasoning_content", "reasoning")
THOUGHTS: Names = {**WRITTEN, "reasoningText": "content", "reasoning_text": "content"}
HELD = (*BY_MEMBER, *THOUGHT)
SHAPES = frozenset(BY_TYPE)

WRAPPERS = ("source", "image_url", "file", "input_audio", "image")
"""Members in which a part with a `type` carries what another has beside it."""


def part_of(value: Any) -> Part:
    """Return a part in the one model; a plain value is a text."""
    if not isinstance(value, dict):
        return {"type": "text", "content": value}
    kind = value.get("type")
    if kind is not None:
        return _typed(value, kind) if isinstance(kind, str) else value
    thought = next((name for name in THOUGHT if isinstance(value.get(name), dict)), None)
    if thought is not None:
        return _thought(value, thought)
    if isinstance(value.get("text"), str):
        return _spoken(value)
    return _held(value)


def is_part(value: Any) -> bool:
    """True for what a provider calls a part, a block or an item of content."""
    if not isinstance(value, dict) or "role" in value:
        return False
    if "type" in value:
        return isinstance(value["type"], str) and value["type"] in BY_TYPE
    spoken = "text" in value and value.keys() <= {"text", "thought"}
    return spoken or any(isinstance(value.get(name), dict) for name in HELD)


def call_of(value: Any) -> Part:
    """Return an entry of a message's `tool_calls` as a part."""
    if not isinstance(value, dict):
        return {"type": "tool_call", "arguments": value}
    call = opened(value, "function", SHAPES) or value
    if not says_shape(call.get("type"), SHAPES):
        return {"type": "tool_call", "arguments": value}
    return renamed(call, "tool_call", CALLED)


def _typed(value: Part, kind: str) -> Part:
    known = BY_TYPE.get(kind)
    if known is None:
        return value
    ours, names = known
    if names is CARRIED:
        return _carried(_unwrapped(value), ours)
    if kind == "function_call" and "call_id" in value:
        # An item of OpenAI's responses has an id of its own; results name the call's.
        value = {"item_id" if name == "id" else name: each for name, each in value.items()}
    return renamed(value, ours, names)


def _unwrapped(value: Part) -> Part:
    found = (opened(value, name, SHAPES) for name in WRAPPERS)
    return next((part for part in found if part is not None), value)


def _carried(value: Part, kind: str) -> Part:
    """Return an image or a file with its address under `url`, its bytes under `content`, and an image called so."""
    part = renamed(value, kind, CARRIED)
    content = part.get("content")
    if "url" not in part and isinstance(content, str) and content.startswith(("http", "data:")):
        part["url"] = part.pop("content")
    modality = part.get("modality") or str(part.get("mime_type") or "").partition("/")[0]
    if modality == "image":
        part["type"] = "image"
    return part


def _thought(value: Part, name: str) -> Part:
    """Return Bedrock's reasoning, `{"reasoningText": {"text", "signature"}}`, or Haystack's, `{"reasoning_text"}`."""
    thought = opened(value, name, SHAPES)
    if thought is None:
        return value
    inner = opened(thought, "reasoningText", SHAPES) or opened(thought, "reasoning_text", SHAPES)
    return renamed(inner or thought, "reasoning", THOUGHTS)


def _spoken(value: Part) -> Part:
    if value.get("thought") is not True:
        return renamed(value, "text", WRITTEN)
    others = {name: each for name, each in value.items() if name != "thought"}
    return renamed(others, "reasoning", WRITTEN)


def _held(value: Part) -> Part:
    for name, (kind, names) in BY_MEMBER.items():
        found = opened(value, name, SHAPES)
        if found is not None:
            is_carried = names is CARRIED
            return _carried(_unwrapped(found), kind) if is_carried else renamed(found, kind, names)
    return value
