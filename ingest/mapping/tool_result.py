"""What a tool gave back, of text that frameworks wrap it in.

    "42"                                                      the JSON text of a text
    {"output": {"lc": 1, …, "kwargs": {"content": "42"}}}     LangChain, as its callbacks give it
    {"type": "tool", "data": {"content": "42", …}}            LangChain, as it keeps messages

Sources: `langchain_core.load.dumpd`, `langchain_core.messages.messages_to_dict`.
"""

from __future__ import annotations

from typing import Any

from ingest.mapping.content import MAX_READ_CHARS, parse
from ingest.mapping.take import dump, take_text
from ingest.wire.span import Attributes
from traces.conversation import messages_of

KEPT = {"type", "data"}


def take_result(rest: Attributes, *names: str) -> str | None:
    """Return a tool's result from the first of some attributes; its wrapper stays, when it had one."""
    name = next((each for each in names if rest.get(each) is not None), None)
    if name is None:
        return None
    said = rest[name]
    if not isinstance(said, str) or said[:1] not in ("{", '"') or len(said) > MAX_READ_CHARS:
        return take_text(rest, name)
    value = parse(said)
    if isinstance(value, str):
        del rest[name]
        return value
    inside = _inside(value)
    return take_text(rest, name) if inside is None else inside


def _inside(value: Any) -> str | None:
    """Return what a message of LangChain says, as text; None where there is none."""
    message = value["output"] if isinstance(value, dict) and value.keys() == {"output"} else value
    if not isinstance(message, dict) or ("lc" not in message and message.keys() != KEPT):
        return None
    said = messages_of(message, "tool")
    results = [part["result"] for each in said or () for part in each["parts"] if "result" in part]
    if len(results) != 1:
        return None
    return results[0] if isinstance(results[0], str) else dump(results[0])
