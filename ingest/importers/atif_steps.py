"""The steps of an ATIF trajectory as calls, tools and messages."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from ingest.importers.agent_run import ToolUse, Turn
from ingest.importers.atif_metrics import cost_of, usage_of
from ingest.importers.chat_messages import (
    Message,
    message_of,
    text_in,
    tool_call_part,
    tool_result_part,
)
from ingest.importers.iso_time import nanoseconds

ROLES = {"system": "system", "user": "user", "agent": "assistant"}
READ = frozenset(
    {
        *("step_id", "timestamp", "source", "message", "reasoning_content", "tool_calls"),
        *("observation", "model_name", "is_copied_context"),
    }
)
ACTION = "action"
"""The name of what an agent did without naming a tool."""


@dataclass(slots=True, kw_only=True)
class Steps:
    """What the steps hold. `refs` are (reference to a sub-agent, the node that it works under)."""

    turns: list[Turn] = field(default_factory=list)
    dispatched: list[ToolUse] = field(default_factory=list)
    after: list[Message] = field(default_factory=list)
    task: str | None = None
    answer: str | None = None
    effort: str | None = None
    refs: list[tuple[Mapping[str, Any], str]] = field(default_factory=list)


def read_steps(steps: Sequence[Any], agent: str, model: str | None, warnings: list[str]) -> Steps:
    """Return what an agent's steps hold; `agent` is its node. A step that is none is a warning with its place."""
    found = Steps()
    for number, step in enumerate(steps, 1):
        if not isinstance(step, Mapping):
            warnings.append(f"step {number} is left out: it is not an object")
        elif step.get("source") == "agent" and not step.get("is_copied_context"):
            _act(found, step, f"{agent}:{number}", agent, model)
        else:
            _hear(found, step, f"{agent}:{number}", agent)
    return found


def _hear(found: Steps, step: Mapping[str, Any], node: str, agent: str) -> None:
    """Take a message, or what was copied from a trajectory before: context, and no call again."""
    tools = _tools(step, node, agent)
    said = _message(step, tools)
    is_copied = bool(step.get("is_copied_context"))
    if is_copied:
        said["is_copied_context"] = True
    else:
        found.dispatched += tools
    found.after.append(said)
    if step.get("source") == "user" and found.task is None:
        found.task = text_in(step.get("message"))
    _note_results(found, tools)


def _act(found: Steps, step: Mapping[str, Any], node: str, agent: str, model: str | None) -> None:
    tools = _tools(step, node, agent)
    effort = step.get("reasoning_effort")
    found.effort = found.effort or (str(effort) if effort is not None else None)
    found.answer = text_in(step.get("message")) or found.answer
    heard, found.after = found.after, []
    if step.get("llm_call_count") == 0:
        # A rule dispatched these tools: no model was asked.
        found.after = [*heard, _message(step, tools)]
        found.dispatched += tools
    else:
        found.turns.append(_turn(step, node, agent, model, heard, tools))
    _note_results(found, tools)


def _turn(
    step: Mapping[str, Any],
    node: str,
    agent: str,
    model: str | None,
    heard: Sequence[Message],
    tools: Sequence[ToolUse],
) -> Turn:
    metrics = step.get("metrics")
    stated = metrics if isinstance(metrics, Mapping) else {}
    own = step.get("model_name")
    return Turn(
        node=node,
        parent=agent,
        heard=heard,
        said=_message(step, tools),
        model=own if isinstance(own, str) and own else model,
        usage=usage_of(stated),
        cost=cost_of(stated.get("cost_usd")),
        started_at=nanoseconds(step.get("timestamp")),
        tools=tools,
        rest={
            name: value for name, value in step.items() if name not in READ and value is not None
        },
    )


def _message(step: Mapping[str, Any], tools: Sequence[ToolUse]) -> Message:
    """Return what a step says, in the message model."""
    source = str(step.get("source"))
    said = message_of(
        {
            "role": ROLES.get(source, source),
            "content": step.get("message"),
            "reasoning_content": step.get("reasoning_content"),
        }
    )
    said["parts"] += [
        tool_call_part(tool.rest.get("tool_call_id"), tool.name, tool.arguments)
        for tool in tools
        if tool.arguments is not None
    ]
    return said


def _tools(step: Mapping[str, Any], node: str, agent: str) -> list[ToolUse]:
    """Return the tools of a step with their results.

    A result is of the tool that it names. Those that name none are of the tools without one, in order; of fewer results
    than tools they are what was seen after the last of them: Terminus sends some keystrokes, then looks at the screen.
    """
    calls = [call for call in _list(step.get("tool_calls")) if isinstance(call, Mapping)]
    tools = [_asked(call, f"{node}.{place}", agent) for place, call in enumerate(calls, 1)]
    places = {str(tool.rest.get("tool_call_id")): place for place, tool in enumerate(tools)}
    unnamed = []
    for result in _results(step):
        place = places.pop(str(result.get("source_call_id")), None)
        if place is None:
            unnamed.append(result)
        else:
            tools[place] = _answered(tools[place], result)
    waiting = [place for place, tool in enumerate(tools) if not tool.is_done]
    seen_later = max(0, len(waiting) - len(unnamed)) if unnamed else 0
    for place in waiting[:seen_later]:
        tools[place] = replace(tools[place], is_done=True)
    others = iter(waiting[seen_later:])
    for result in unnamed:
        place = next(others, len(tools))
        if place == len(tools):
            name = f"{node}.{place + 1}"
            tools.append(ToolUse(node=name, parent=agent, name=ACTION, is_done=False))
        tools[place] = _answered(tools[place], result)
    return tools


def _asked(call: Mapping[str, Any], node: str, agent: str) -> ToolUse:
    name = call.get("function_name")
    rest = {key: value for key, value in call.items() if key not in ("function_name", "arguments")}
    return ToolUse(
        node=node,
        parent=agent,
        name=name if isinstance(name, str) else None,
        arguments=call.get("arguments"),
        is_done=False,
        rest=rest,
    )


def _answered(tool: ToolUse, result: Mapping[str, Any]) -> ToolUse:
    content = result.get("content")
    extra = result.get("extra")
    failed = result.get("is_error") or (isinstance(extra, Mapping) and extra.get("is_error"))
    rest = {key: value for key, value in result.items() if key != "content" and value is not None}
    return replace(
        tool,
        result=text_in(content) or content,
        error=(text_in(content) or "error") if failed is True else None,
        is_done=True,
        rest={**tool.rest, **({"observation": rest} if rest else {})},
    )


def _note_results(found: Steps, tools: Sequence[ToolUse]) -> None:
    """Let the next call hear the results, and note the sub-agents that they name."""
    results = [
        tool_result_part(tool.rest.get("tool_call_id"), tool.result)
        for tool in tools
        if tool.is_done
    ]
    if results:
        found.after.append({"role": "tool", "parts": results})
    for tool in tools:
        named = tool.rest.get("observation", {}).get("subagent_trajectory_ref")
        for ref in named if isinstance(named, list) else [named]:
            if isinstance(ref, Mapping):
                found.refs.append((ref, tool.node))


def _results(step: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    observation = step.get("observation")
    results = observation.get("results") if isinstance(observation, Mapping) else None
    return [each for each in _list(results) if isinstance(each, Mapping)]


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []
