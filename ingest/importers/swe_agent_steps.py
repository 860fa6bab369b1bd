"""The steps of a SWE-agent trajectory: what the model was told, what it answered, what its action gave.

A step has no time, no tokens and no id. Its answer is found again in the `history`, whose messages say what the model
had heard by then, and which tool it called.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from deliberation.vocabulary import SideEffect
from ingest.importers.agent_run import ToolUse, Turn
from ingest.importers.chat_messages import (
    Message,
    message_of,
    text_in,
    text_part,
    tool_call_part,
)
from ingest.importers.json_text import json_text

LOOKS = frozenset(
    {
        *("open", "goto", "scroll_up", "scroll_down", "search_dir", "search_file", "find_file"),
        *("ls", "cat", "head", "tail", "grep", "pwd"),
    }
)
WRITES = frozenset({"create", "edit", "insert", "append", "str_replace"})
"""SWE-agent's own commands, and shell commands that only look. What a script does is not known."""
MANY_COMMANDS = frozenset(";|&>`$\n")
MAX_NAME_CHARS = 64
TOLD = ("action", "observation", "response", "thought", "query", "messages", "thinking_blocks")


def read_turns(plain: Mapping[str, Any], model: str | None, warnings: list[str]) -> Iterator[Turn]:
    """Yield a turn for each step that can be read; the others are warnings with their number, from 1."""
    history = _Heard(plain.get("history"))
    steps = plain.get("trajectory")
    for number, step in enumerate(steps if isinstance(steps, list) else [], 1):
        if isinstance(step, Mapping):
            yield _turn(step, number, model, history)
        else:
            warnings.append(f"step {number} is left out: it is not an object")


class _Heard:
    """The messages of the history, handed out up to each answer."""

    def __init__(self, history: Any) -> None:
        items = history if isinstance(history, list) else []
        self._items = [item for item in items if isinstance(item, Mapping)]
        self._next = 0

    def up_to(self, answer: str) -> tuple[list[Message], Mapping[str, Any]] | None:
        """Return the messages before an answer and the answer's own item; None where it is not there."""
        for index in range(self._next, len(self._items)):
            item = self._items[index]
            is_said = item.get("role") == "assistant" and not item.get("is_demo")
            if is_said and (text_in(item.get("content")) or "").strip() == answer.strip():
                before = self._items[self._next : index]
                self._next = index + 1
                return [message_of(_shown(each)) for each in before], item
        return None


def _turn(step: Mapping[str, Any], number: int, model: str | None, history: _Heard) -> Turn:
    answer = _text(step.get("response"))
    heard, item = history.up_to(answer) or (_asked(step), {})
    thought = _text(step.get("thought"))
    rest = {
        name: value for name, value in step.items() if name not in TOLD and value not in ({}, "")
    }
    if "state" in rest:
        rest["state"] = _state(rest["state"])
    if thought and not answer.strip().startswith(thought.strip()):
        rest["thought"] = thought
    calls = item.get("tool_calls")
    tool = _tool(step, number, calls if isinstance(calls, list) else [])
    blocks = step.get("thinking_blocks") or item.get("thinking_blocks")
    return Turn(
        node=f"step.{number}",
        heard=heard,
        said=_answer(answer, tool, blocks if isinstance(blocks, list) else []),
        model=model,
        tools=[tool] if tool else [],
        rest=rest,
    )


def _answer(answer: str, tool: ToolUse | None, blocks: Sequence[Any]) -> Message:
    said = message_of({"role": "assistant", "content": [*blocks]})
    if answer:
        said["parts"].append(text_part(answer))
    if tool and tool.rest.get("tool_call_id"):
        said["parts"].append(
            tool_call_part(tool.rest["tool_call_id"], tool.name, tool.rest["arguments"])
        )
    return said


def _tool(step: Mapping[str, Any], number: int, calls: Sequence[Any]) -> ToolUse | None:
    action = _text(step.get("action"))
    call = calls[0] if calls and isinstance(calls[0], Mapping) else {}
    function = call.get("function")
    function = function if isinstance(function, Mapping) else {}
    if not action.strip() and not function:
        return None
    word = (action.split() or [""])[0]
    name = function.get("name") if isinstance(function.get("name"), str) else word
    rest: dict[str, Any] = {}
    if function:
        rest = {"tool_call_id": call.get("id"), "arguments": function.get("arguments")}
    if step.get("execution_time") is not None:
        rest["execution_time"] = step["execution_time"]
    observation = step.get("observation")
    return ToolUse(
        node=f"step.{number}.action",
        name=str(name)[:MAX_NAME_CHARS],
        arguments=action or function.get("arguments"),
        result=observation,
        is_done=observation is not None,
        side_effect=_side_effect(action, word),
        rest=rest,
    )


def _side_effect(action: str, word: str) -> SideEffect | None:
    if word in WRITES:
        return SideEffect.WRITE
    is_one_command = not MANY_COMMANDS & set(action.strip())
    return SideEffect.READ if word in LOOKS and is_one_command else None


def _asked(step: Mapping[str, Any]) -> list[Message]:
    """Return the end of what the step says it asked: what follows the last answer."""
    query = step.get("query") or step.get("messages")
    found: list[Message] = []
    for each in reversed(query if isinstance(query, list) else []):
        if not isinstance(each, Mapping) or each.get("role") == "assistant":
            break
        found.append(message_of(_shown(each)))
    return found[::-1]


def _shown(item: Mapping[str, Any]) -> dict[str, Any]:
    """Return a message without what its own text says again."""
    return {name: value for name, value in item.items() if name not in ("thought", "action")}


def _text(value: Any) -> str:
    if value is None or isinstance(value, str):
        return value or ""
    return json_text(value)


def _state(state: Any) -> Any:
    """Return a step's state as values; older files write it as text."""
    if not isinstance(state, str):
        return state
    try:
        return json.loads(state)
    except (ValueError, RecursionError):
        return state
