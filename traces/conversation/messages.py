"""One message, in the shape of a provider's API or of a framework, as a message of the one model.

    OpenAI       {"role", "content", "tool_calls", "tool_call_id", "refusal", "reasoning_content"}
    Responses    {"type": "function_call" | "function_call_output" | "reasoning" | "message", …}
    Anthropic    {"role", "content": [blocks], "stop_reason"}
    Gemini       {"role", "parts": [{"text"} | {"functionCall"} | …]}, {"content": {…}, "finishReason"}
    Bedrock      {"role", "content": [{"text"} | {"toolUse"} | …]}
    LangChain    {"lc", "id": […, "AIMessage"], "kwargs": {…}}, {"type": "ai", "data": {…}}, {"type": "ai", "content"}

Members that have no name in the model keep theirs.
"""

from __future__ import annotations

from typing import Any

from traces.conversation.parts import Part, call_of, part_of

Message = dict[str, Any]

ROLES = {"human": "user", "ai": "assistant", "model": "assistant", "function": "tool"}
"""A framework's word → the model's; other words stay."""

LANGCHAIN = {
    "human": "user",
    "ai": "assistant",
    "system": "system",
    "tool": "tool",
    "function": "tool",
    "AIMessageChunk": "assistant",
    "HumanMessageChunk": "user",
}
ITEMS = {
    "function_call": "assistant",
    "reasoning": "assistant",
    "function_call_output": "tool",
}
"""OpenAI's items that are no message and stand where one could."""

SPOKEN = frozenset(
    {"content", "parts", "tool_calls", "function_call", "refusal", "reasoning_content"}
)
FINISHED = ("finish_reason", "finishReason", "stop_reason", "stopReason", "done_reason")
THOUGHTS = ("reasoning_content", "reasoning", "thinking")


def is_message(value: Any) -> bool:
    """True for an object that is a message in one of the known shapes."""
    if not isinstance(value, dict):
        return False
    if isinstance(value.get("role"), str):
        return not SPOKEN.isdisjoint(value) or value.keys() <= {"role", "name"}
    return _class_of(value) is not None or _is_item(value) or _choice_in(value) is not None


def message_of(value: Any, role: str) -> Message:
    """Return a message in the one model. `role` is that of a message that names none."""
    if not isinstance(value, dict):
        return {"role": role, "parts": [part_of(value)]}
    chosen = _choice_in(value)
    if chosen is not None:
        return _choice(value, chosen, role)
    if _is_item(value) and "role" not in value:
        return {"role": ITEMS[value["type"]], "parts": _item(value)}
    named = _class_of(value)
    if named is not None:
        value = {**_inside(value), "role": named}
    return _message(value, role)


def _message(value: Message, role: str) -> Message:
    others = dict(value)
    said = others.pop("role", None) or role
    parts = _thoughts(others) + _content(others)
    if isinstance(others.get("refusal"), str):
        parts.append({"type": "refusal", "content": others.pop("refusal")})
    answered = others.pop("tool_call_id", None)
    if answered is not None:
        parts = [_result(answered, parts)]
    if isinstance(others.get("tool_calls"), list):
        parts += [call_of(each) for each in others.pop("tool_calls")]
    if others.get("function_call") is not None:
        parts.append(call_of(others.pop("function_call")))
    others.pop("type", None)
    if "parts" not in value:
        # Providers write null for what was not said; in the GenAI convention's own shape it stays, as in its text.
        others = {name: each for name, each in others.items() if each is not None}
    named = ROLES.get(said, said) if isinstance(said, str) else role
    return {"role": named, "parts": parts, **_with_finish(others)}


def _content(others: Message) -> list[Part]:
    """Take a message's content out, whichever way it is given; what is none says nothing."""
    name = "parts" if isinstance(others.get("parts"), list) else "content"
    content = others.pop(name, None)
    if isinstance(content, list):
        return [part_of(each) for each in content]
    return [] if content is None or content == "" else [part_of(content)]


def _thoughts(others: Message) -> list[Part]:
    for name in THOUGHTS:
        thought = others.get(name)
        if isinstance(thought, str):
            del others[name]
            return [{"type": "reasoning", "content": thought}] if thought else []
    return []


def _result(call: Any, parts: list[Part]) -> Part:
    alone = len(parts) == 1 and parts[0].keys() == {"type", "content"}
    return {"type": "tool_result", "id": call, "result": parts[0]["content"] if alone else parts}


def _with_finish(others: Message) -> Message:
    """Return the members under the model's own word for why a message ended."""
    kept = dict(others)
    for name in FINISHED:
        if name in kept and "finish_reason" not in kept:
            kept["finish_reason"] = kept.pop(name)
    return kept


def _choice_in(value: Message) -> Any:
    """Return the message inside a choice (OpenAI, Ollama), a candidate (Gemini) or a generation (LangChain)."""
    if "role" in value:
        return None
    inner = value.get("message", value.get("content"))
    return inner if is_message(inner) else None


def _choice(value: Message, chosen: Any, role: str) -> Message:
    told = ("message", "content", "text", "type", "lc")
    beside = {name: each for name, each in value.items() if name not in told}
    message = message_of(chosen, role)
    about = beside.pop("generation_info", None)
    beside |= {name: about[name] for name in FINISHED if isinstance(about, dict) and name in about}
    return {**_with_finish(beside), **message}


def _is_item(value: Message) -> bool:
    kind = value.get("type")
    return isinstance(kind, str) and kind in ITEMS


def _item(value: Message) -> list[Part]:
    if value["type"] != "reasoning":
        return [part_of(value)]
    held = (value.get("summary"), value.get("content"))
    said = [each for listed in held if isinstance(listed, list) for each in listed]
    return [part_of(each) for each in said] or [value]


def _class_of(value: Message) -> str | None:
    """Return the role of a LangChain message, by the class it was or the word it uses for it; else None."""
    kind, path = value.get("type"), value.get("id")
    if (
        kind == "constructor"
        and isinstance(path, list)
        and path
        and isinstance(value.get("kwargs"), dict)
    ):
        name = str(path[-1]).removesuffix("Chunk").removesuffix("Message").lower()
        return str(value["kwargs"].get("role") or "user") if name == "chat" else LANGCHAIN.get(name)
    if isinstance(kind, str) and kind in LANGCHAIN and ("content" in value or "data" in value):
        return LANGCHAIN[kind]
    return None


def _inside(value: Message) -> Message:
    inner = value.get("kwargs", value.get("data")) if "content" not in value else value
    fields = dict(inner) if isinstance(inner, dict) else {"content": inner}
    more = fields.get("additional_kwargs")
    # LangChain repeats a provider's tool calls there, as text; its own list has them read.
    if isinstance(more, dict) and not fields.get("tool_calls") and more.get("tool_calls"):
        fields["tool_calls"] = more["tool_calls"]
    return fields
