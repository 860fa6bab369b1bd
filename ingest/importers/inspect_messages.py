"""Messages of Inspect in the one message model (`inspect_ai/model/_chat_message.py`, `_util/content.py`).

`{"role", "content": text or parts, "tool_calls": [{"id", "function", "arguments"}], "tool_call_id", "function",
"error"}`. Members that are not read here keep their names.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from ingest.importers.chat_messages import (
    Message,
    Part,
    reasoning_part,
    text_part,
    tool_call_part,
    tool_result_part,
)
from ingest.importers.json_text import json_text

READ = frozenset({"role", "content", "tool_calls", "tool_call_id", "function", "error"})
MEDIA = {"image": "image", "audio": "file", "video": "file", "document": "file"}


def message_of(plain: Any) -> Message:
    """Return a message in the model."""
    if not isinstance(plain, Mapping):
        return {"role": "unknown", "parts": [_part(plain)]}
    rest = {name: value for name, value in plain.items() if name not in READ and value is not None}
    return {"role": str(plain.get("role") or "unknown"), "parts": list(_parts(plain)), **rest}


def messages_of(plain: Any) -> list[Message]:
    """Return messages in the model; a text is a user's message."""
    if isinstance(plain, str):
        return [message_of({"role": "user", "content": plain})]
    return [message_of(each) for each in plain] if isinstance(plain, list) else []


def _parts(plain: Mapping[str, Any]) -> Iterator[Part]:
    parts = list(_content(plain.get("content")))
    if plain.get("role") == "tool":
        yield _result(plain, parts)
        return
    yield from parts
    calls = plain.get("tool_calls")
    for call in calls if isinstance(calls, list) else []:
        if isinstance(call, Mapping):
            yield _call(call)


def _content(content: Any) -> Iterator[Part]:
    for each in content if isinstance(content, list) else [content]:
        if each is not None and each != "":
            yield from _pieces(each)


def _result(plain: Mapping[str, Any], parts: list[Part]) -> Part:
    """Return what a tool gave back: its text alone, or its parts."""
    texts = [part.get("content") for part in parts if part.keys() == {"type", "content"}]
    result: Any = "\n\n".join(map(str, texts)) if len(texts) == len(parts) else parts
    named = {"name": plain["function"]} if plain.get("function") else {}
    failed = {"error": plain["error"]} if plain.get("error") else {}
    if not parts and isinstance(plain.get("error"), Mapping):
        # What the model was shown in place of a result.
        result = plain["error"].get("message")
    return {**tool_result_part(plain.get("tool_call_id"), result), **named, **failed}


def _call(plain: Mapping[str, Any]) -> Part:
    rest = {name: value for name, value in plain.items() if value is not None}
    own, name = rest.pop("id", None), rest.pop("function", None)
    if rest.get("type") == "function":
        del rest["type"]
    return {**tool_call_part(own, name, rest.pop("arguments", None)), **rest}


def _pieces(block: Any) -> Iterator[Part]:
    """Yield the parts that a block of content is: a tool that the provider ran is a call and its result."""
    if not isinstance(block, Mapping) or block.get("type") != "tool_use":
        yield _part(block)
        return
    rest = {name: value for name, value in block.items() if value is not None and name != "type"}
    own, name, result = rest.pop("id", None), rest.pop("name", None), rest.pop("result", None)
    error = {"error": rest.pop("error")} if "error" in rest else {}
    yield {**tool_call_part(own, name, rest.pop("arguments", None)), **rest}
    yield {**tool_result_part(own, result), **error}


def _part(block: Any) -> Part:
    if not isinstance(block, Mapping):
        return text_part(block if isinstance(block, str) else json_text(block))
    rest = {name: value for name, value in block.items() if value is not None}
    kind = rest.pop("type", None)
    if kind == "text" and "text" in rest:
        refused = rest.pop("refusal", None) is True
        return {**text_part(rest.pop("text")), **rest, **({"type": "refusal"} if refused else {})}
    if kind == "reasoning":
        return _reasoning(rest)
    if isinstance(kind, str) and kind in MEDIA and kind in rest:
        return {"type": MEDIA[kind], **_carried(kind, rest)}
    return dict(block)


def _reasoning(rest: dict[str, Any]) -> Part:
    """Return a thought: what can be read of it. A sealed one is a blob, and perhaps a summary."""
    thought, summary = rest.pop("reasoning", None), rest.get("summary")
    if rest.get("redacted") is False:
        del rest["redacted"]
    if rest.get("redacted") and thought:
        rest.setdefault("signature", thought)
        return {**reasoning_part(str(summary or "")), **rest}
    if not thought and summary:
        del rest["summary"]
        return {**reasoning_part(str(summary)), **rest, "is_summary": True}
    return {**reasoning_part(str(thought or "")), **rest}


def _carried(kind: str, rest: dict[str, Any]) -> dict[str, Any]:
    """Return an image or a file with its address: a data URI, a URL or a path."""
    url = rest.pop(kind)
    mime = rest.pop("mime_type", None) or (
        f"{kind}/{rest['format']}" if kind != "image" and "format" in rest else None
    )
    return {"url": url, **({"mime_type": mime} if mime else {}), **rest}
