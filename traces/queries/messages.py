"""Conversations as JSON, in the shapes that clients send, become messages to read."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, replace
from typing import Any

import orjson

from traces.conversation import Message as Said
from traces.conversation import messages_of
from traces.queries.ledger import showable
from traces.queries.message_parts import MessagePart, show_part
from traces.queries.node_attributes import LONG_NUMBER

HALF_CHARACTER = re.compile(r"\\u[dD][89a-fA-F]")
MAX_PARSED_CHARS = 4_000_000
MAX_PARTS = 200
MESSAGES_SHOWN = 100
"""At once; the earlier ones are asked for."""

ROLES = {"input": "user", "output": "assistant"}
"""Who speaks in a message that does not say so."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """One message of a conversation; `direction` is input or output, `ended` why the model stopped there.

    `number` is its place in the conversation, from 0; `left` how many parts it has beyond those that are shown.
    """

    direction: str
    role: str
    parts: list[MessagePart]
    ended: str | None = None
    number: int = 0
    left: int = 0

    @property
    def size(self) -> int:
        """Characters of what is shown of its texts, and of its pictures."""
        return sum(len(part.beginning) + len(part.picture or "") for part in self.parts)


def parse_messages(direction: str, text: str) -> list[Message]:
    """Return the messages in a text, or none when it is no conversation."""
    if text[:1] not in "[{" or len(text) > MAX_PARSED_CHARS:
        return []
    found = messages_of(_parsed(text), ROLES.get(direction, "user"))
    return [_message(direction, number, each) for number, each in enumerate(found or ())]


def _parsed(text: str) -> Any:
    """Return the value of JSON text, None where it is none.

    The fast reader rounds integers beyond 64 bits, and refuses a text for half a character that is escaped in it.
    """
    try:
        if not LONG_NUMBER.search(text):
            return orjson.loads(text)
    except ValueError:
        if not HALF_CHARACTER.search(text):
            return None
    try:
        return json.loads(text)
    except (ValueError, RecursionError):
        return None


def last_that_fit(messages: list[Message], limit: int | None) -> list[Message]:
    """Return the last messages whose texts come to at most `limit` characters, at least one and at most 100."""
    if limit is None:
        return messages
    left, first = limit, len(messages)
    while first > 0 and len(messages) - first < MESSAGES_SHOWN:
        left -= messages[first - 1].size
        if left < 0 and first < len(messages):
            break
        first -= 1
    return messages[first:]


def _message(direction: str, number: int, said: Said) -> Message:
    parts = said["parts"]
    return Message(
        direction=direction,
        role=showable(str(said["role"])),
        parts=[replace(show_part(part), index=at) for at, part in enumerate(parts[:MAX_PARTS])],
        ended=_word(said.get("finish_reason")),
        number=number,
        left=max(0, len(parts) - MAX_PARTS),
    )


def _word(value: Any) -> str | None:
    return showable(value) if isinstance(value, str) and value else None
