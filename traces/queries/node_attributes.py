"""The attributes that several entries give one node, as one object in which nothing gives way to anything.

A span's own attributes keep their names; of two reports of the span itself, a start and an end, the later word stands.
What log records say beside it (the content of a call, its messages one by one) joins them. Where that differs, under
the same name, from the span's word or from another record's, it stands in `otel.log.attributes`: a value, or a list of
them. The result does not depend on what came first.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from typing import Any

import orjson

from deliberation.events.attributes import LOG_ATTRIBUTES, LOG_NAME
from deliberation.ledger.parts import bytes_to_text
from traces.queries.ledger import showable, showable_value

Attributes = dict[str, Any]

LONG_NUMBER = re.compile(r"[0-9]{16}")
"""The fast reader would make a float of an integer beyond 64 bits."""


@dataclass(slots=True)
class AttributesRead:
    """What was read so far: of the node itself, and of log records beside it."""

    own: Attributes = field(default_factory=dict)
    of_logs: list[Attributes] = field(default_factory=list)

    def add(self, data: bytes | None) -> bool:
        """Add the `attributes` part of an entry; True when the entry is no log record but the node's own."""
        said = read_attributes(data)
        is_own = LOG_NAME not in said
        if is_own:
            self.own |= said
        else:
            self.of_logs.append(said)
        return is_own

    def united(self) -> Attributes:
        """Return all of it under one roof."""
        agreed: Attributes = {}
        apart: Attributes = {}
        for name, values in self._beside().items():
            if len(values) == 1 and name not in self.own:
                agreed[name] = values[0]
            elif values:
                apart[name] = values[0] if len(values) == 1 else values
        return {**self.own, **agreed, **({LOG_ATTRIBUTES: apart} if apart else {})}

    def _beside(self) -> dict[str, list[Any]]:
        """Return the distinct values that logs give each name, but the span's own, in an order of their own."""
        found: dict[str, dict[str, Any]] = {}
        for said in self.of_logs:
            for name, value in said.items():
                found.setdefault(name, {})[_text(value)] = value
        for name in found.keys() & self.own.keys():
            found[name].pop(_text(self.own[name]), None)
        return {name: [each[text] for text in sorted(each)] for name, each in found.items()}


def read_attributes(data: bytes | None) -> Attributes:
    """Return an `attributes` part as values fit to show; what is no object stands under `attributes`."""
    if data is None:
        return {}
    text = showable(bytes_to_text(data))
    try:
        parsed = json.loads(text) if LONG_NUMBER.search(text) else orjson.loads(text)
    except ValueError:
        return {"attributes": text}
    return (
        showable_value(parsed)
        if isinstance(parsed, dict)
        else {"attributes": showable_value(parsed)}
    )


def attribute_text(value: Any) -> str:
    """Return a value as text to show: text as it is, anything else as JSON."""
    if isinstance(value, str):
        return value
    try:
        return orjson.dumps(value).decode()
    except TypeError:  # an integer beyond 64 bits
        return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def _text(value: Any) -> str:
    # Python's equality takes 1, 1.0 and true for one value.
    return json.dumps(value, sort_keys=True)
