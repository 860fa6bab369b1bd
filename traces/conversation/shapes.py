"""A conversation, in whatever shape it was sent, as messages of the one model.

Besides a message and a list of messages these are known:

    requests    {"messages"}, {"system", "messages"} · {"contents", "config"} · {"input", "instructions"}
    responses   {"choices"} · {"candidates"} · {"output": [items]} · {"output": {"message"}} · {"message"}
    LangChain   {"messages": [[…]]}, {"generations": [[…]]}

Sources: the API references of OpenAI, Anthropic, Google and AWS; `langchain_core.load.dumpd`.
"""

from __future__ import annotations

from typing import Any

from traces.conversation.messages import Message, is_message, message_of
from traces.conversation.parts import is_part, part_of

INSTRUCTIONS = ("system", "instructions", "system_instruction", "systemInstruction")
ASKED = ("messages", "contents")
ANSWERED = ("choices", "candidates", "generations")


def messages_of(value: Any, role: str) -> list[Message] | None:
    """Return the messages in a parsed JSON value, or None when it is no conversation.

    `role` is that of a message that names none: `user` on the way in, `assistant` on the way out.
    """
    if isinstance(value, list):
        return _listed(value, role)
    if not isinstance(value, dict):
        return None
    if is_message(value):
        return [message_of(value, role)]
    return _asked(value, role) or _answered(value, role)


def _listed(values: list[Any], role: str) -> list[Message] | None:
    if not values:
        return None
    if all(isinstance(each, list) for each in values):
        inner = [_listed(each, role) for each in values]
        return None if None in inner else [message for each in inner for message in each or ()]
    if all(is_message(each) for each in values) and any(each.keys() != {"role"} for each in values):
        return _joined([message_of(each, role) for each in values], values)
    if all(is_part(each) for each in values):
        return [{"role": role, "parts": [part_of(each) for each in values]}]
    return None


def _joined(messages: list[Message], values: list[Any]) -> list[Message]:
    """Join the items of one turn (OpenAI's responses): thinking, words and tool calls come one by one."""
    turns: list[Message] = []
    for message, value in zip(messages, values, strict=True):
        is_item = "type" in value and "lc" not in value and "finish_reason" not in message
        before = turns[-1] if turns else None
        if before and is_item and before["role"] == message["role"] == "assistant":
            turns[-1] = {**before, **message, "parts": [*before["parts"], *message["parts"]]}
        else:
            turns.append(message)
    return turns


def _asked(value: Message, role: str) -> list[Message] | None:
    given = next((value[name] for name in ASKED if value.get(name)), None)
    if given is None:
        given = _input(value)
    if isinstance(given, str):
        given = [{"role": role, "content": given}]
    found = messages_of(given, role)
    return None if found is None else [*_instructions(value), *found]


def _input(value: Message) -> Any:
    """Return the input of a request; any function may have an argument of that name, so more must agree."""
    given = value.get("input")
    if isinstance(given, str):
        return given if "model" in value or "instructions" in value else None
    return given if isinstance(given, list) else None


def _instructions(value: Message) -> list[Message]:
    config = value.get("config")
    for place in (value, config if isinstance(config, dict) else {}):
        for name in INSTRUCTIONS:
            said = place.get(name)
            if isinstance(said, list) and said:
                return [{"role": "system", "parts": [part_of(each) for each in said]}]
            if said:
                return [{**message_of(said, "system"), "role": "system"}]
    return []


def _answered(value: Message, role: str) -> list[Message] | None:
    for name in ANSWERED:
        if isinstance(value.get(name), list):
            return _listed([_choice(each) for each in value[name]], role)
    output = value.get("output")
    if isinstance(output, dict):
        found = messages_of(output, role)
        ended = value.get("stopReason")
        return [{"finish_reason": ended, **each} for each in found] if found and ended else found
    return _listed(output, role) if isinstance(output, list) else None


def _choice(value: Any) -> Any:
    """Return a choice of a text completion as one that holds a message; others as they are."""
    if isinstance(value, list):
        return [_choice(each) for each in value]
    if isinstance(value, dict) and isinstance(value.get("text"), str) and not is_message(value):
        others = {name: each for name, each in value.items() if name not in ("text", "type")}
        return {**others, "role": "assistant", "content": value["text"]}
    return value
