"""Hypothesis strategies: any event of any kind, and any value of the ledger's profile."""

from __future__ import annotations

import types
from dataclasses import MISSING, fields, is_dataclass
from decimal import Decimal
from enum import Enum
from typing import Any, Union, get_args, get_origin, get_type_hints

from hypothesis import strategies as st

from deliberation.events import EVENT_CLASSES, Event
from deliberation.events.codec import HEADER, is_identity

printable = st.text().map(lambda text: "".join(c for c in text if c.isprintable())[:256])
one_printable = st.characters(
    exclude_categories=("Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp", "Zs"), include_characters=" "
)
identities = st.text(one_printable, min_size=1, max_size=64)
any_text = st.text(st.characters(exclude_categories=()))  # NUL and lone surrogates are among them
int64 = st.integers(-(2**63), 2**63 - 1)
money = st.decimals(
    min_value=-(10**11), max_value=10**11, allow_nan=False, allow_infinity=False, places=9
)

SCALARS: dict[Any, st.SearchStrategy[Any]] = {
    str: printable,
    int: int64,
    float: st.floats(allow_nan=False, allow_infinity=False),
    bool: st.booleans(),
    Decimal: money,
}


def values_of(kind: Any) -> st.SearchStrategy[Any]:
    """Return a strategy for the values of a field's type, None included where it may be None."""
    if get_origin(kind) in (Union, types.UnionType):
        inner = next(each for each in get_args(kind) if each is not type(None))
        return st.none() | values_of(inner)
    if get_origin(kind) is list:
        return st.lists(printable, max_size=5)
    if get_origin(kind) is dict:
        return st.dictionaries(printable, printable, max_size=5)
    if is_dataclass(kind):
        hints = get_type_hints(kind)
        return st.builds(kind, **{each.name: values_of(hints[each.name]) for each in fields(kind)})
    if isinstance(kind, type) and issubclass(kind, Enum):
        return st.sampled_from(list(kind))
    return SCALARS[kind]


def events_of(event_class: type[Event]) -> st.SearchStrategy[Event]:
    """Return a strategy for the events of one class."""
    hints = get_type_hints(event_class)
    given: dict[str, st.SearchStrategy[Any]] = {
        "run": st.uuids().map(str),
        "key": identities,
        "at": st.none() | int64,
    }
    for each in fields(event_class):
        if each.name in HEADER:
            continue
        if each.metadata.get("part"):
            given[each.name] = st.none() | any_text
        elif is_identity(each.name, hints[each.name]):
            is_needed = each.default is MISSING
            given[each.name] = identities if is_needed else st.none() | identities
        else:
            given[each.name] = values_of(hints[each.name])
    return st.builds(event_class, **given)


events = st.one_of([events_of(event_class) for event_class in EVENT_CLASSES])

plain_values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**53) + 1, 2**53 - 1)
    | st.text(st.characters(codec="utf-8")),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(st.text(st.characters(codec="ascii")), inner, max_size=4)
    ),
    max_leaves=12,
)
