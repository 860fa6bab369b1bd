"""A conversation as one attribute that lists events: Pydantic AI's first format, and Logfire's of OpenAI's responses.

    events               [{"event.name": "gen_ai.user.message", …}, …, {"event.name": "gen_ai.choice", "message": {…}}]
    all_messages_events  the same of an agent, whose answer is its last message

Sources: `pydantic_ai/models/instrumented.py` and `logfire/_internal/integrations/llm_providers/openai.py`. Items of a
response that have no event of their own are `gen_ai.unknown`, with the item in `data`.
"""

from __future__ import annotations

from typing import Any, NamedTuple

from deliberation.vocabulary import MessageDirection
from ingest.mapping.content import MAX_READ_CHARS, parse
from ingest.mapping.take import dump
from ingest.mapping.told import told_by
from ingest.wire.span import Attributes
from traces.conversation import Message, message_of

NAMES = ("events", "all_messages_events")
NAME, UNKNOWN = "event.name", "gen_ai.unknown"
BESIDE = (NAME, "gen_ai.system")
"""What each event has beside its message; the span says the second too."""


class Listed(NamedTuple):
    """A message; whether the source calls it an answer, and of several the how manieth."""

    is_answer: bool
    position: int | None
    message: Message


def take_listed(rest: Attributes) -> tuple[str | None, str | None]:
    """Return what went in and what came out, as messages in the one model; taken out of `rest` where known.

    Where no event is a choice, the answer is what stands after the last message that asks.
    """
    for name in NAMES:
        events = _events(rest.get(name))
        if events:
            asked, answered = _sides([_listed(each) for each in events])
            if all(each[NAME] != UNKNOWN for each in events) and _are_in_order(answered):
                del rest[name]
            return _text(asked), _text(answered)
    return None, None


def _events(value: Any) -> list[dict[str, Any]]:
    if isinstance(value, str):
        value = parse(value) if len(value) <= MAX_READ_CHARS else None
    is_told = isinstance(value, list) and all(
        isinstance(each, dict) and isinstance(each.get(NAME), str) for each in value
    )
    return value if is_told else []


def _listed(event: dict[str, Any]) -> Listed:
    fields = {name: _typed(value) for name, value in event.items() if name not in BESIDE}
    told = told_by(event[NAME], fields)
    if told is not None:
        return Listed(told.direction is MessageDirection.OUTPUT, told.position, told.message)
    item = fields.get("data") if event[NAME] == UNKNOWN else None
    return Listed(False, None, message_of(item if isinstance(item, dict) else fields, "assistant"))


def _sides(listed: list[Listed]) -> tuple[list[Listed], list[Listed]]:
    answers = [each for each in listed if each.is_answer]
    if answers:
        return [each for each in listed if not each.is_answer], answers
    asks = [at for at, each in enumerate(listed) if each.message["role"] != "assistant"]
    after = asks[-1] + 1 if asks else 0
    return listed[:after], listed[after:]


def _are_in_order(answers: list[Listed]) -> bool:
    """True when the places of answers say what their positions say."""
    return all(each.position in (None, place) for place, each in enumerate(answers))


def _text(side: list[Listed]) -> str | None:
    return dump([each.message for each in side]) if side else None


def _typed(value: Any) -> Any:
    """Return a content whose parts are `{"kind", "text"}` with the types that others give them."""
    if isinstance(value, dict):
        return {name: _typed(inner) for name, inner in value.items()}
    if isinstance(value, list) and all(isinstance(each, dict) and "kind" in each for each in value):
        return [_part(each) for each in value]
    return value


def _part(part: dict[str, Any]) -> dict[str, Any]:
    others = {name: value for name, value in part.items() if name != "kind"}
    kind = "reasoning" if part["kind"] == "thinking" else part["kind"]
    return {"type": kind, **others}
