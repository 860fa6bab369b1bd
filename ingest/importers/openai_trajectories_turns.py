"""A conversation in OpenAI's messages: each assistant's message is a call, each tool message a result.

A result belongs to the latest message that called with its id: some logs use one id for many calls.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from deliberation.vocabulary import SideEffect
from ingest.importers.agent_run import ToolUse, Turn, reported
from ingest.importers.chat_messages import (
    RESULT_ROLES,
    Message,
    message_of,
    text_in,
    tool_calls_of,
)
from ingest.importers.token_counts import openai_usage

NOT_ASKED = "message {number} is the result of a tool that nobody called: it is kept as a message"
NO_MESSAGE = "message {number} is left out: it is not an object"


@dataclass(frozen=True, slots=True, kw_only=True)
class ToolSense:
    """What is known of a log's tools beyond the messages: both say None where they do not know."""

    error_of: Callable[[Mapping[str, Any]], str | None]
    side_effect_of: Callable[[str | None], SideEffect | None]


@dataclass(slots=True)
class Conversation:
    """The turns, and what came after the last of them. `answer` is the last text that the assistant said."""

    turns: list[Turn] = field(default_factory=list)
    after: list[Message] = field(default_factory=list)
    answer: str | None = None
    first_question: str | None = None
    last: Mapping[str, Any] = field(default_factory=dict)


def error_stated(message: Mapping[str, Any]) -> str | None:
    """Return the error of a result that says itself that it is one."""
    if message.get("error") is True or message.get("is_error") is True:
        return text_in(message.get("content")) or "error"
    return None


STATED = ToolSense(error_of=error_stated, side_effect_of=lambda name: None)


def read_conversation(
    messages: Sequence[Any], model: str | None, sense: ToolSense, warnings: list[str]
) -> Conversation:
    """Return the turns of a conversation; messages that cannot be read are warnings with their number, from 1."""
    found, tools = Conversation(), _Tools(sense)
    for number, message in enumerate(messages, 1):
        if not isinstance(message, Mapping):
            warnings.append(NO_MESSAGE.format(number=number))
            continue
        found.last = message
        if message.get("role") == "assistant":
            node = f"turn.{len(found.turns) + 1}"
            tools.ask(node, message)
            found.turns.append(_turn(node, message, found.after, model))
            found.after = []
            found.answer = text_in(message.get("content")) or found.answer
            continue
        found.after.append(message_of(message))
        if message.get("role") == "user" and found.first_question is None:
            found.first_question = text_in(message.get("content"))
        if message.get("role") in RESULT_ROLES and not tools.answer(message):
            warnings.append(NOT_ASKED.format(number=number))
    found.turns = [replace(turn, tools=tools.of(turn.node)) for turn in found.turns]
    return found


class _Tools:
    """The tools that were asked for, turn by turn, and which of them wait for a result."""

    def __init__(self, sense: ToolSense) -> None:
        self._sense = sense
        self._of: dict[str, list[ToolUse]] = {}
        self._waiting: dict[str | None, deque[tuple[str, int]]] = {}

    def of(self, node: str) -> list[ToolUse]:
        """Return the tools of a turn."""
        return self._of[node]

    def ask(self, node: str, message: Mapping[str, Any]) -> None:
        """Take what a message asks for."""
        calls = tool_calls_of(message)
        self._of[node] = [
            ToolUse(
                node=f"{node}.tool.{place}",
                name=call.name,
                arguments=call.arguments,
                is_done=False,
                side_effect=self._sense.side_effect_of(call.name),
                rest={"tool_call_id": call.id} if call.id else {},
            )
            for place, call in enumerate(calls, 1)
        ]
        self._waiting |= {call.id: deque() for call in calls}
        for place, call in enumerate(calls):
            self._waiting[call.id].append((node, place))

    def answer(self, message: Mapping[str, Any]) -> bool:
        """Give a result to the call that it answers; False where there is none."""
        own = message.get("tool_call_id")
        waiting = self._waiting.get(own if isinstance(own, str) else None)
        if not waiting:
            return False
        node, place = waiting.popleft()
        self._of[node][place] = replace(
            self._of[node][place],
            result=message.get("content"),
            error=self._sense.error_of(message),
            is_done=True,
        )
        return True


def _turn(
    node: str, message: Mapping[str, Any], heard: Sequence[Message], model: str | None
) -> Turn:
    own = message.get("model")
    return Turn(
        node=node,
        heard=heard,
        said=message_of(message),
        model=own if isinstance(own, str) and own else model,
        usage=openai_usage(message.get("usage")),
        cost=reported(message.get("cost")),
    )
