"""A conversation in OpenAI's messages: each assistant's message is a call, each tool message a result.

A result belongs to the first call with its id that has none yet: some logs use one id for many calls.
"""

from __future__ import annotations

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

MAX_TURNS_BACK = 64
"""Within which a result's call is looked for."""
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
    found = Conversation()
    for number, message in enumerate(messages, 1):
        if not isinstance(message, Mapping):
            warnings.append(NO_MESSAGE.format(number=number))
            continue
        found.last = message
        if message.get("role") == "assistant":
            found.turns.append(_turn(message, len(found.turns) + 1, found.after, model, sense))
            found.after = []
            found.answer = text_in(message.get("content")) or found.answer
            continue
        found.after.append(message_of(message))
        if message.get("role") == "user" and found.first_question is None:
            found.first_question = text_in(message.get("content"))
        if message.get("role") in RESULT_ROLES and not _answered(found.turns, message, sense):
            warnings.append(NOT_ASKED.format(number=number))
    return found


def _turn(
    message: Mapping[str, Any],
    number: int,
    heard: Sequence[Message],
    model: str | None,
    sense: ToolSense,
) -> Turn:
    own = message.get("model")
    return Turn(
        node=f"turn.{number}",
        heard=heard,
        said=message_of(message),
        model=own if isinstance(own, str) and own else model,
        usage=openai_usage(message.get("usage")),
        cost=reported(message.get("cost")),
        tools=[
            ToolUse(
                node=f"turn.{number}.tool.{place}",
                name=call.name,
                arguments=call.arguments,
                is_done=False,
                side_effect=sense.side_effect_of(call.name),
                rest={"tool_call_id": call.id} if call.id else {},
            )
            for place, call in enumerate(tool_calls_of(message), 1)
        ],
    )


def _answered(turns: list[Turn], message: Mapping[str, Any], sense: ToolSense) -> bool:
    """Give a result to the call that it answers; False where there is none."""
    own = message.get("tool_call_id")
    for place in range(len(turns) - 1, max(-1, len(turns) - 1 - MAX_TURNS_BACK), -1):
        tools = list(turns[place].tools)
        for index, tool in enumerate(tools):
            if not tool.is_done and own in (None, tool.rest.get("tool_call_id")):
                tools[index] = replace(
                    tool, result=message.get("content"), error=sense.error_of(message), is_done=True
                )
                turns[place] = replace(turns[place], tools=tools)
                return True
    return False
