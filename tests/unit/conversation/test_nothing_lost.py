"""A part or a call, however oddly it is put together, loses no value on its way into the one model."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from traces.conversation.parts import BY_MEMBER, BY_TYPE, THOUGHT, WRAPPERS, call_of, part_of
from traces.conversation.wrappers import SHAPES

NAMES = st.sampled_from(
    sorted(
        {"type", "text", "thought", "url", "content", "id", "name", "arguments", "function"}
        | {"reasoningText", "reasoning_text", "data", "mime_type", "modality"}
        | {*BY_MEMBER, *THOUGHT, *WRAPPERS}
    )
)
SAID = st.none() | st.booleans() | st.integers(2, 9).map(lambda n: f"said {n}")
WORDS = st.sampled_from(sorted({*BY_TYPE, *SHAPES, "unheard_of"}))
INNER = st.recursive(
    SAID | WORDS, lambda inner: st.dictionaries(NAMES, inner, max_size=4), max_leaves=12
)
PARTS = st.dictionaries(NAMES, INNER, max_size=5)


def values_of(value: Any) -> set[Any]:
    if isinstance(value, dict):
        return {each for inner in value.values() for each in values_of(inner)}
    return set() if value is None else {value}


def told(value: Any) -> set[Any]:
    """What a value says that is no word of a shape, nor the mark of a thought."""
    return values_of(value) - {*BY_TYPE, *SHAPES, True}


@given(PARTS)
@example({"type": "file", "image_url": {"type": False}})
@example({"type": "file", "url": "said 2", "image_url": {"url": "said 3"}})
@example({"reasoning": {"reasoningText": "said 2", "text": "said 3"}})
def test_it_works(part: dict[str, Any]) -> None:
    assert told(part_of(part)) >= told(part)
    assert told(call_of(part)) >= told(part)


@pytest.mark.parametrize("wrapped", [{"url": "x", "type": "url"}, {"url": "x", "type": None}])
def test_a_wrapper_is_opened_beside_members_that_say_nothing(wrapped: dict[str, Any]) -> None:
    part = part_of({"type": "image", "source": wrapped, "url": None, "data": None})
    assert part == {"type": "image", "url": "x", "content": None}
