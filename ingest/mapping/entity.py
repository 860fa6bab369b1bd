"""What a part of a program was given and gave back, as Traceloop's decorators and OpenLLMetry's
LangChain callbacks write it: `traceloop.entity.input` and `.output`, JSON text.

A decorated function's input is `{"args": […], "kwargs": {…}}`; a chain's is `{"inputs": …}` and its
output `{"outputs": …}`, a tool's `{"input_str": …}` and `{"output": …}`, a retriever's `{"query": …}` and
`{"documents": …}`, each with tags and metadata beside it. What is inside is what one wants to read;
the whole then stays an attribute.
"""

from __future__ import annotations

import re
from typing import Any, Literal

from ingest.mapping.call_arguments import argument_in
from ingest.mapping.content import MAX_READ_CHARS, parse
from ingest.mapping.take import dump, take_text
from ingest.wire.span import Attributes

WRAPPED = re.compile(r'\s*\{\s*"(?:args|kwargs|inputs|input_str|query|outputs?|documents)"\s*:')
INSIDE = ("inputs", "input_str", "query", "outputs", "output", "documents")
BESIDE = ("tags", "metadata", "kwargs", "count")
"""What stands in a wrapper beside it. With anything else it is no wrapper, but what it looks like."""

TWINS = {
    "input": ("gen_ai.task.input", "gen_ai.tool.call.arguments"),
    "output": ("gen_ai.task.output", "gen_ai.tool.call.result"),
}
"""Where 0.6x says the same a second time."""


def take_entity(rest: Attributes, side: Literal["input", "output"]) -> str | None:
    """Return what went in or came out, without its wrapper; taken out of `rest` unless it had one."""
    name = f"traceloop.entity.{side}"
    said = rest.get(name)
    if said is None:
        return None
    for twin in TWINS[side]:
        if twin in rest and rest[twin] == said:
            del rest[twin]
    if not isinstance(said, str) or len(said) > MAX_READ_CHARS:
        return take_text(rest, name)
    if said.startswith('"') and isinstance(plain := parse(said), str):
        del rest[name]
        return plain
    inside = _inside(parse(said)) if WRAPPED.match(said) else None
    if inside is None:
        return take_text(rest, name)
    return (inside if isinstance(inside, str) else dump(inside)) or None


def _inside(value: Any) -> Any:
    """Return what a wrapper holds, or None where there is nothing, or no wrapper."""
    if not isinstance(value, dict):
        return None
    given = argument_in(value)
    if given is not None:
        return given
    if not value.keys() <= {*INSIDE, *BESIDE}:
        return None
    return _said(next((value[name] for name in INSIDE if value.get(name) is not None), None))


def _said(value: Any) -> Any:
    """Return the text of a message that LangChain wrote whole, with its class; else the value."""
    inner = value.get("kwargs") if isinstance(value, dict) and value.get("lc") is not None else None
    content = inner.get("content") if isinstance(inner, dict) else None
    return content if isinstance(content, str) else value
