"""From what a program said to an event: bad values are left out and named, never raised."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from deliberation.client.settings import MAX_PART_BYTES
from deliberation.client.values import cut, to_plain, to_text
from deliberation.events.base import Event
from deliberation.events.codec import PLANS, encode
from deliberation.events.fields import Invalid

TRUNCATED = "deliberation.truncated"


@dataclass(slots=True)
class Built:
    """An event, or None when a field it needs was missing or bad.

    And a sentence for each value left out.
    """

    event: Event | None = None
    problems: list[str] = field(default_factory=list)


def build(
    event_class: type[Event],
    *,
    run: str,
    make_key: Callable[[], str],
    at: int,
    given: dict[str, Any],
) -> Built:
    """Return the event with these fields, values of None left out. `make_key` is called only for a
    whole event.

    A text over `MAX_PART_BYTES` is cut: a node then says so in its attributes under
    `deliberation.truncated`, any other event in the text's own last line.
    """
    plan = PLANS[event_class.KIND]
    built = Built()
    values: dict[str, Any] = {"run": run, "key": "", "at": at}
    parts = {name: given[name] for name in plan.parts if given.get(name) is not None}
    values.update(_parts(parts, has_attributes="attributes" in plan.parts))
    for name, value in given.items():
        if value is None or name in plan.parts:
            continue
        try:
            values[name] = plan.readers[name](to_plain(value))
        except (Invalid, TypeError, ValueError) as error:
            built.problems.append(f"{event_class.KIND} {str(error) or name}")
    if plan.required <= values.keys():
        built.event = event_class(**{**values, "key": make_key()})
    else:
        built.problems.append(f"{event_class.KIND} needs {min(plan.required - values.keys())}")
    return built


def to_line(event: Event) -> bytes:
    """Return the event as one line of NDJSON, without its line feed."""
    plain = encode(event)
    try:
        return json.dumps(plain, ensure_ascii=False, separators=(",", ":")).encode("utf-8")
    except UnicodeEncodeError:  # a lone surrogate: JSON's escapes can carry it, UTF-8 cannot
        return json.dumps(plain, separators=(",", ":")).encode("ascii")


def _parts(given: dict[str, Any], *, has_attributes: bool) -> dict[str, str]:
    parts: dict[str, str] = {}
    truncated: list[str] = []
    for name, value in given.items():
        whole = to_text(value)
        kept = cut(whole)
        if len(kept) < len(whole):
            truncated.append(name)
            if not has_attributes:
                kept += f"\n[cut by the client after {MAX_PART_BYTES} bytes]"
        parts[name] = kept
    if truncated and has_attributes:
        said = given.get("attributes")
        more = said if isinstance(said, dict) and "attributes" not in truncated else {}
        parts["attributes"] = to_text({**more, TRUNCATED: truncated})
    return parts
