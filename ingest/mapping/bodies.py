"""Inputs and outputs that a source writes whole, as JSON text: a request, a response, a function's arguments.

What is a conversation becomes messages of the one model. A request or response says more than its
messages do; then the whole stays among the attributes as well.
"""

from __future__ import annotations

from typing import Any, NamedTuple

from ingest.mapping.call_arguments import argument_in
from ingest.mapping.content import parse
from ingest.mapping.take import dump
from ingest.wire.span import Attributes
from traces.conversation import messages_of

PLAIN = frozenset({"role", "content", "name"})
"""The members of a message that says no more than the message made of it."""


class Body(NamedTuple):
    """A body as text: messages of the one model, or what it was; its value; and the messages alone."""

    text: str | None
    value: Any
    messages: list[dict[str, Any]]


NONE = Body(None, None, [])


def take_body(rest: Attributes, name: str, role: str | None) -> Body:
    """Return a body, taken out of `rest` where its text tells all of it.

    `role` is that of messages that name none; None for what is no conversation, even if it looks
    like one: a tool's arguments, a chain's state.
    """
    said = rest.get(name)
    value = value_of(said)
    if value is None and (said is None or said in ("", "null")):
        return NONE
    messages = messages_of(value, role) if role is not None else None
    if messages is not None:
        if _is_plain(value):
            del rest[name]
        return Body(dump(messages), value, messages)
    inside = argument_in(value)
    if inside is not None:
        return Body((inside if isinstance(inside, str) else dump(inside)) or None, value, [])
    del rest[name]
    if isinstance(value, str):
        return Body(value, value, [])
    return Body(said if isinstance(said, str) else dump(said), value, [])


def value_of(said: Any) -> Any:
    """Return the value of JSON text; a value that is no text, and a text that is no JSON, as it is."""
    if not isinstance(said, str):
        return said
    if said[:1] not in ("[", "{", '"'):
        return None if said in ("", "null") else said
    value = parse(said)
    return said if value is None else value


def member_of(value: Any, *path: str) -> Any:
    """Return what stands at a path of members, or None where there is none."""
    for name in path:
        if not isinstance(value, dict):
            return None
        value = value.get(name)
    return value


def _is_plain(value: Any) -> bool:
    listed = value if isinstance(value, list) else [value]
    return all(
        isinstance(each, dict)
        and "role" in each
        and each.keys() <= PLAIN
        and isinstance(each.get("content"), str)
        for each in listed
    )
