"""What was said, told by the events of a span.

The GenAI convention put messages there one by one (`told`), or all of them in the event of one operation;
OpenLIT and older clients used `gen_ai.content.prompt` and `gen_ai.content.completion`.
"""

from __future__ import annotations

from typing import Any

from deliberation.vocabulary import MessageDirection, NodeKind, TextVisibility
from ingest.mapping.content import messages_text, parse, reasoning_in, with_instructions
from ingest.mapping.take import dump
from ingest.mapping.told import TOOL, Told, is_told, told_by
from ingest.mapping.visibility import visibility

DETAILS = "gen_ai.client.inference.operation.details"
WHOLE = {
    DETAILS: ("gen_ai.input.messages", "gen_ai.output.messages"),
    "gen_ai.content.prompt": ("gen_ai.prompt", ""),
    "gen_ai.content.completion": ("", "gen_ai.completion"),
}
"""Event → the attributes that hold all that went in and came out."""

HELD = "gen_ai.event.content"
"""The attribute of an event that holds its fields."""

Events = list[dict[str, Any]]


def fill(events: Events, facts: dict[str, Any]) -> Events:
    """Put what the events tell and no attribute told, and return the events that are not used up."""
    if all(each["name"] not in WHOLE and not is_told(each["name"]) for each in events):
        return events
    before = facts.get("input"), facts.get("output")
    is_tool = facts["node_kind"] is NodeKind.TOOL_CALL
    found = _of_tool(events) if is_tool else _whole(events) or _one_by_one(events)
    for name, text in zip(("input", "output"), found or (None, None), strict=True):
        if facts.get(name) is None and text is not None:
            facts[name] = text
    if facts.get("reasoning") is None:
        facts["reasoning"] = reasoning_in(facts.get("output"))
    if facts.get("text_visibility") is TextVisibility.NONE:
        facts["text_visibility"] = visibility(facts, facts.get("usage"))
    used = found is not None and before == (None, None)
    return [each for each in events if not _is_used(each)] if used else events


def _is_used(event: dict[str, Any]) -> bool:
    return event["name"] in WHOLE or is_told(event["name"])


def _whole(events: Events) -> tuple[str | None, str | None] | None:
    entered = came_out = None
    for event in events:
        said = event.get("attributes")
        if event["name"] in WHOLE and isinstance(said, dict):
            asked, answered = WHOLE[event["name"]]
            held = said.get(HELD)
            text = messages_text(said.get(asked, held if asked else None), "user")
            if said.get("gen_ai.system_instructions") is not None:
                text = with_instructions(text, said["gen_ai.system_instructions"]) or text
            entered = entered or text
            answer = said.get(answered, held if answered else None)
            came_out = came_out or messages_text(answer, "assistant")
    return None if entered is came_out is None else (entered, came_out)


def _one_by_one(events: Events) -> tuple[str | None, str | None] | None:
    told = _told(events)
    if not told:
        return None
    sides = (MessageDirection.INPUT, MessageDirection.OUTPUT)
    listed = ([each.message for each in told if each.direction is side] for side in sides)
    entered, came_out = (dump(messages) if messages else None for messages in listed)
    return entered, came_out


def _told(events: Events) -> list[Told]:
    found = (told_by(each["name"], _fields(each)) for each in events)
    return [each for each in found if each is not None]


def _fields(event: dict[str, Any]) -> dict[str, Any]:
    """Return what an event says; Azure's clients and Semantic Kernel put it into one attribute, as JSON text."""
    said: dict[str, Any] = event.get("attributes") or {}
    held = said.get(HELD)
    inner = parse(held) if isinstance(held, str) else held
    if not isinstance(inner, dict):
        return said
    return {**{name: value for name, value in said.items() if name != HELD}, **inner}


def _of_tool(events: Events) -> tuple[str | None, str | None] | None:
    """Return a tool's arguments and result: the message that asks for it, and the choice that answers."""
    entered = came_out = None
    for event in events:
        said = _fields(event)
        if event["name"] == TOOL:
            entered = _plain(said.get("content"))
        elif is_told(event["name"]):
            came_out = _plain(said.get("message", said.get("content")))
    return None if entered is came_out is None else (entered, came_out)


def _plain(value: Any) -> str | None:
    return value if value is None or isinstance(value, str) else dump(value)
