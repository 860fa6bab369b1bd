"""OpenInference's flattened messages (`llm.input_messages.0.message.role`) as messages again."""

from __future__ import annotations

from typing import Any

from ingest.mapping.take import dump
from ingest.wire.span import Attributes

MAX_LEVELS = 12
CONTENT_TYPES = {"text": "text", "reasoning": "reasoning", "refusal": "refusal", "image": "image"}


def take_messages(rest: Attributes, prefix: str) -> str | None:
    """Return the messages under a prefix as text in the one model, taken out of `rest`; else None.

    A key that does not fit the shape stays where it is, and so do roles that nothing is said by.
    """
    tree: dict[str, Any] = {}
    taken = [key for key in rest if key.startswith(prefix) and _plant(tree, key, prefix, rest[key])]
    if not taken or all(key.endswith(".message.role") for key in taken):
        return None
    for key in taken:
        del rest[key]
    return dump([_message(tree[index]) for index in sorted(tree, key=int)])


def _plant(tree: dict[str, Any], key: str, prefix: str, value: Any) -> bool:
    """Put a value at its dotted path; False when the path is none, or another value is in its way."""
    path = key[len(prefix) :].split(".")
    if len(path) < 3 or len(path) > MAX_LEVELS or path[1] != "message" or not _is_index(path[0]):
        return False
    branch = tree
    for step in path[:-1]:
        branch = branch.setdefault(step, {})
        if not isinstance(branch, dict):
            return False
    if path[-1] in branch:
        return False
    branch[path[-1]] = value
    return True


def _is_index(step: str) -> bool:
    return step.isascii() and step.isdigit() and len(step) < 8


def _message(planted: dict[str, Any]) -> dict[str, Any]:
    fields = planted["message"]
    role = fields.pop("role", None)
    parts = [_content(each) for each in _numbered(fields, "contents")]
    if "content" in fields:
        said = {"type": "text", "content": fields.pop("content")}
        # Some clients say a message's words twice: whole, and as one of its parts.
        parts = parts if said in parts else [said, *parts]
    answered = fields.pop("tool_call_id", None)
    if answered is not None:
        parts = [_result(answered, parts)]
    parts.extend(_tool_call(each) for each in _numbered(fields, "tool_calls"))
    return {"role": role, "parts": parts, **fields}


def _numbered(fields: dict[str, Any], name: str) -> list[Any]:
    """Take out a list given as `{"0": …, "1": …}`; anything else stays."""
    listed = fields.get(name)
    if not isinstance(listed, dict) or not all(_is_index(index) for index in listed):
        return []
    del fields[name]
    return [listed[index] for index in sorted(listed, key=int)]


def _content(planted: Any) -> Any:
    fields = planted.get("message_content") if isinstance(planted, dict) else None
    if not isinstance(fields, dict) or len(planted) > 1:
        return planted
    kind = fields.pop("type", None)
    part: dict[str, Any] = {
        "type": CONTENT_TYPES.get(kind, kind) if isinstance(kind, str) else "text"
    }
    if "text" in fields:
        part["content"] = fields.pop("text")
    image = fields.get("image")
    if isinstance(image, dict) and isinstance(image.get("image"), dict):
        part.update(fields.pop("image")["image"])
    return {**part, **fields}


def _result(call_id: Any, parts: list[Any]) -> dict[str, Any]:
    whole = len(parts) == 1 and isinstance(parts[0], dict) and set(parts[0]) == {"type", "content"}
    return {"type": "tool_result", "id": call_id, "result": parts[0]["content"] if whole else parts}


def _tool_call(planted: Any) -> Any:
    fields = planted.get("tool_call") if isinstance(planted, dict) else None
    if not isinstance(fields, dict) or len(planted) > 1:
        return planted
    function = fields.pop("function", None)
    if isinstance(function, dict):
        fields = {**fields, **function}
    elif function is not None:
        fields["function"] = function
    return {"type": "tool_call", **fields}
