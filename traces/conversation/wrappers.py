"""What a member of a part wraps, put beside the part's other members; never at the price of a value."""

from __future__ import annotations

from typing import Any

SHAPES = frozenset({"base64", "bytes", "content", "function", "url"})
"""Words that a wrapper has in `type` and that only say how the rest is written."""


def opened(part: dict[str, Any], name: str, shapes: frozenset[str]) -> dict[str, Any] | None:
    """Return a part with what its member `name` holds beside the others.

    `shapes` are words of `type` besides `SHAPES` that may go. None where the member is no object, or where
    that would lose a value: both say something different under one name, or the `type` inside is no word of shape.
    """
    inner = part.get(name)
    if not isinstance(inner, dict) or not says_shape(inner.get("type"), shapes):
        return None
    beside = {each: value for each, value in part.items() if each != name}
    merged = {each: value for each, value in inner.items() if each != "type"}
    for each, value in beside.items():
        if merged.get(each) is None:
            merged[each] = value
        elif value is not None:
            return None
    return merged


def says_shape(kind: Any, shapes: frozenset[str]) -> bool:
    """True for a `type` that may go when the part is given the model's own: it says nothing more."""
    return kind is None or (isinstance(kind, str) and (kind in SHAPES or kind in shapes))
