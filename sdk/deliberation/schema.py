"""The event vocabulary as JSON Schema and as a page, both made from the event classes.

    python -m deliberation.schema docs/reference

writes `events.schema.json` and `events.md` there, and the tables of control. A test fails when they are not current.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from dataclasses import Field, dataclass, fields, is_dataclass
from decimal import Decimal
from enum import Enum
from pathlib import Path
from typing import Any, get_args, get_origin, get_type_hints

from deliberation import control_tables
from deliberation.events import EVENT_CLASSES
from deliberation.events.base import Event
from deliberation.events.codec import HEADER, MAX_ID_CHARS, PLANS, VERSION, is_identity
from deliberation.events.fields import MAX_FACT_CHARS, MAX_LIST_ITEMS
from deliberation.sentences import sentences_of, summary_of

HEADER_ABOUT = {
    "v": "The version of this vocabulary; without it, 1.",
    "kind": "What happened.",
    "run": "The run's UUID; version 7, or it is stored out of its month.",
    "key": "Names the fact within its run: the same key again is the same fact, recorded once.",
    "at": "When it happened by the source's clock, ns since 1970.",
}
INTEGER = {"anyOf": [{"type": "integer"}, {"type": "string", "pattern": r"^-?\d+$"}]}
NUMBER_TEXT = {"type": "string", "pattern": r"^-?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$"}
NUMBER = {"anyOf": [{"type": "number"}, NUMBER_TEXT]}
TEXT = {"type": "string", "maxLength": MAX_FACT_CHARS}
IDENTITY = {"type": "string", "minLength": 1, "maxLength": MAX_ID_CHARS}
SCALARS: dict[Any, tuple[dict[str, Any], str]] = {
    str: (TEXT, f"text ≤ {MAX_FACT_CHARS}"),
    int: (INTEGER, "integer"),
    float: (NUMBER, "number"),
    Decimal: (NUMBER, "decimal"),
    bool: ({"type": "boolean"}, "true or false"),
}


@dataclass(frozen=True, slots=True)
class Described:
    """One field: its name, what it is about, its type in words and as JSON Schema."""

    name: str
    about: str
    words: str
    schema: dict[str, Any]
    is_required: bool


def make_schema() -> dict[str, Any]:
    """Return the JSON Schema (2020-12) of one event in its wire form."""
    kinds = {each.KIND: _schema_of(each) for each in EVENT_CLASSES}
    shared = {kind.__name__: _schema_of_shared(kind) for kind in _shared_types()}
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": f"urn:deliberation:events:v{VERSION}",
        "title": "Event",
        "description": "One line of NDJSON as POST /v1/events takes it. A field that is null counts as absent.",
        "oneOf": [{"$ref": f"#/$defs/{kind}"} for kind in kinds],
        "$defs": {**kinds, **shared},
    }


def make_page() -> str:
    """Return the reference page, as Markdown."""
    lines = [
        "# Events",
        "",
        "<!-- Made by `python -m deliberation.schema docs/reference`; change the event classes instead. -->",
        "",
        "Everything that can be said about a deliberation is one of these. One event is one JSON object, one",
        "line of NDJSON in a `POST /v1/events`. As JSON Schema: [events.schema.json](events.schema.json).",
        "",
        "A **part** is free text: it is kept beside the ledger, under a salted commitment, so that it can be",
        "withheld or redacted later. Any JSON value is taken; what is not text is kept as its JSON text. All other",
        "fields stand in the ledger line itself. Unknown fields are refused by name; null counts as absent.",
        "",
        "Every event has:",
        "",
        *_table(_header_fields()),
    ]
    for event_class in EVENT_CLASSES:
        lines += ["", f"## `{event_class.KIND}`", "", summary_of(event_class), ""]
        lines += _table(describe(event_class))
    lines += ["", "# Words", ""]
    for kind in _shared_types():
        lines += [f"## {kind.__name__}", "", summary_of(kind), "", *_members(kind), ""]
    return "\n".join(lines).rstrip() + "\n"


def describe(event_class: type[Event]) -> list[Described]:
    """Return the fields of an event class, header left out, those that are required first."""
    hints = get_type_hints(event_class)
    needed = PLANS[event_class.KIND].required
    described = [
        _describe(each, hints[each.name], is_required=each.name in needed)
        for each in fields(event_class)
        if each.name not in HEADER
    ]
    return sorted(described, key=lambda each: not each.is_required)


def _describe(field: Field[Any], hint: Any, *, is_required: bool) -> Described:
    about = str(field.metadata["about"])
    if field.metadata.get("part"):
        words, schema = "part", {}
    elif is_identity(field.name, hint):
        words, schema = f"id ≤ {MAX_ID_CHARS}", IDENTITY
    else:
        words, schema = _type(hint)
    return Described(field.name, about, words, {**schema, "description": about}, is_required)


def _type(hint: Any) -> tuple[str, dict[str, Any]]:
    inner = _without_none(hint)
    if get_origin(inner) is list:
        items = {"type": "array", "maxItems": MAX_LIST_ITEMS, "items": TEXT}
        return f"list of text, ≤ {MAX_LIST_ITEMS}", items
    if get_origin(inner) is dict:
        values = {"type": "object", "maxProperties": MAX_LIST_ITEMS, "additionalProperties": TEXT}
        return "object of text", values
    if inner in SCALARS:
        schema, words = SCALARS[inner]
        return words, schema
    return f"[{inner.__name__}](#{inner.__name__.lower()})", {"$ref": f"#/$defs/{inner.__name__}"}


def _schema_of(event_class: type[Event]) -> dict[str, Any]:
    described = describe(event_class)
    header: dict[str, Any] = {
        "v": {"const": VERSION},
        "kind": {"const": event_class.KIND},
        "run": {"type": "string", "format": "uuid"},
        "key": IDENTITY,
        "at": INTEGER,
    }
    about = {name: {**header[name], "description": HEADER_ABOUT[name]} for name in header}
    return {
        "description": summary_of(event_class),
        "type": "object",
        "properties": {**about, **{each.name: each.schema for each in described}},
        "required": ["kind", "run", "key", *(each.name for each in described if each.is_required)],
        "additionalProperties": False,
    }


def _schema_of_shared(kind: Any) -> dict[str, Any]:
    if issubclass(kind, Enum):
        told = sentences_of(kind)
        words = [{"const": each.value, "description": told[each.name]} for each in kind]
        return {"description": summary_of(kind), "oneOf": words}
    hints = get_type_hints(kind)
    return {
        "description": summary_of(kind),
        "type": "object",
        "properties": {each.name: _type(hints[each.name])[1] for each in fields(kind)},
        "additionalProperties": False,
    }


def _shared_types() -> list[Any]:
    """Return the enums and records that fields refer to, each once, in the order of their names."""
    found: dict[str, Any] = {}
    queue: list[Any] = list(EVENT_CLASSES)
    while queue:
        for inner in _inner_types(queue.pop()):
            if inner.__name__ not in found:
                found[inner.__name__] = inner
                queue += [inner] if is_dataclass(inner) else []
    return [found[name] for name in sorted(found)]


def _inner_types(kind: Any) -> Iterator[Any]:
    for hint in get_type_hints(kind).values():
        inner = _without_none(hint)
        if isinstance(inner, type) and (issubclass(inner, Enum) or is_dataclass(inner)):
            yield inner


def _without_none(hint: Any) -> Any:
    inner = [each for each in get_args(hint) if each is not type(None)]
    return inner[0] if len(inner) == 1 and type(None) in get_args(hint) else hint


def _header_fields() -> list[Described]:
    words = {
        "v": "1",
        "kind": "text",
        "run": "UUID",
        "key": f"id ≤ {MAX_ID_CHARS}",
        "at": "integer",
    }
    needed = ("kind", "run", "key")
    return [Described(name, HEADER_ABOUT[name], words[name], {}, name in needed) for name in words]


def _members(kind: Any) -> list[str]:
    if issubclass(kind, Enum):
        told = sentences_of(kind)
        return [
            "| word | means |",
            "|---|---|",
            *(f"| `{each.value}` | {told[each.name]} |" for each in kind),
        ]
    hints = get_type_hints(kind)
    rows = [f"| `{each.name}` | {_type(hints[each.name])[0]} |" for each in fields(kind)]
    return ["| field | type |", "|---|---|", *rows]


def _table(described: list[Described]) -> list[str]:
    rows = [
        f"| `{each.name}`{' (required)' if each.is_required else ''} | {each.words} | {each.about} |"
        for each in described
    ]
    return ["| field | type | about |", "|---|---|---|", *rows]


def write(directory: Path) -> None:
    """Write the files."""
    directory.mkdir(parents=True, exist_ok=True)
    schema = json.dumps(make_schema(), indent=2, ensure_ascii=False) + "\n"
    (directory / "events.schema.json").write_text(schema, encoding="utf-8")
    (directory / "events.md").write_text(make_page(), encoding="utf-8")
    (directory / "control-states.md").write_text(control_tables.make_page(), encoding="utf-8")


if __name__ == "__main__":
    write(Path(sys.argv[1]))
