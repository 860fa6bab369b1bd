"""Conversations as JSON, in the shapes that clients send, become messages to read."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
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
ROLES = {"input": "user", "output": "assistant"}
"""Who speaks in a message that does not say so."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """One message of a conversation; `direction` is input or output, `ended` why the model stopped there."""

    direction: str
    role: str
    parts: list[MessagePart]
    ended: str | None = None

    @property
    def size(self) -> int:
        """Characters of all its texts and pictures."""
        return sum(len(part.text) + len(part.picture or "") for part in self.parts)


def parse_messages(direction: str, text: str) -> list[Message]:
    """Return the messages in a text, or none when it is no conversation."""
    if text[:1] not in "[{" or len(text) > MAX_PARSED_CHARS:
        return []
    found = messages_of(_parsed(text), ROLES.get(direction, "user"))
    return [_message(direction, each) for each in found or ()]


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
    """Return the last messages whose texts come to at most `limit` characters, with a note on those left out."""
    if limit is None:
        return messages
    left, first = limit, len(messages)
    while first > 0 and messages[first - 1].size <= left:
        first -= 1
        left -= messages[first].size
    if first == 0:
        return messages
    note = MessagePart(
        kind="left out", text=f"{first} earlier messages; they are in the whole text"
    )
    return [Message(direction=messages[0].direction, role="", parts=[note]), *messages[first:]]


def _message(direction: str, said: Said) -> Message:
    return Message(
        direction=direction,
        role=showable(str(said["role"])),
        parts=[show_part(part) for part in said["parts"][:MAX_PARTS]],
        ended=_word(said.get("finish_reason")),
    )


def _word(value: Any) -> str | None:
    return showable(value) if isinstance(value, str) and value else None
