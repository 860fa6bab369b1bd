"""A record's facts, as one or several conventions tell them."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Any, NamedTuple

from deliberation.vocabulary import NodeKind, TextVisibility
from ingest.mapping.choose import Chosen, Convention, choose
from ingest.mapping.source import Source
from ingest.mapping.take import fact_text
from ingest.mapping.visibility import visibility
from ingest.wire.span import Attributes

NUMBERED = re.compile(r"\.\d+(?=\.|$)")
MAX_UNNUMBERED = 8_192
MAX_NAMED = 64
"""Of the attributes that a rule used: their names are kept with the node."""

CALLS = (NodeKind.MODEL_CALL, NodeKind.RETRIEVAL)
CONCLUDED = ("node_kind", "text_visibility")
"""What a convention concludes from all it sees: two may differ there over the same attributes."""

UNNAMED = "unnamed"
"""An instrumentation that does not say who it is."""

Facts = dict[str, Any]
Used = dict[str, list[str]]


class Reading(NamedTuple):
    """What was read: the facts, what no fact says, by convention the attributes that it used, and the conventions."""

    facts: Facts
    rest: Attributes
    used: Used
    chosen: Chosen


def read(record: Source) -> Reading:
    """Return what the conventions that a record follows say of its node.

    The first one's word stands. A later one adds what is missing; where it says again what is known
    and more, its attributes stay, because they are not wholly told by facts.
    """
    rest = record.attributes.copy()
    chosen = choose(rest, record.origin.scope_name)
    facts = chosen[0].fill(rest, record)
    used = {chosen[0].name: _used(chosen[0], record.attributes, rest)}
    for other in chosen[1:]:
        rest = _add(other, record, facts, rest, used)
    if facts.get("text_visibility") is TextVisibility.NONE:
        # One convention may have the text that another one misses.
        facts["text_visibility"] = visibility(facts, facts.get("usage"))
    if facts["node_kind"] in CALLS:
        facts["instrumentation"] = fact_text(record.origin.scope_name) or UNNAMED
    return Reading(facts, rest, used, chosen)


def _add(
    other: Convention, record: Source, facts: Facts, rest: Attributes, used: Used
) -> Attributes:
    """Add a further convention's facts, and return what is then left."""
    left = rest.copy()
    said = {name: value for name, value in other.fill(left, record).items() if value is not None}
    differs = False
    for name, value in said.items():
        known = facts.get(name)
        if known is None or (name == "node_kind" and known is NodeKind.STEP):
            facts[name] = value
        elif known != value and name not in CONCLUDED:
            differs = True
    used[other.name] = _used(other, rest, left)
    return rest if differs else left


def _used(convention: Convention, before: Attributes, after: Attributes) -> list[str]:
    """Return the names of the attributes that a convention took, and of those that it judged by."""
    names = [_unnumbered(key) if "." in key else key for key in before if key not in after]
    if not convention.reads.isdisjoint(after):
        names += [key for key in after if key in convention.reads]
    if convention.reads_like is not None:
        names += [NUMBERED.sub(".N", key) for key in after if convention.reads_like.search(key)]
    return list(dict.fromkeys(names))[:MAX_NAMED]


@lru_cache(maxsize=MAX_UNNUMBERED)
def _unnumbered(name: str) -> str:
    """Return a name with N for each number in it. There are few names, and looking one up takes a tenth of the time."""
    return NUMBERED.sub(".N", name)
