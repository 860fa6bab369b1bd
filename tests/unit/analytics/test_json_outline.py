"""JSON as lines that fold: read by token, asked for by place."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from traces.analytics.json_outline import (
    INNER_SHOWN,
    MEMBERS_SHOWN,
    STRING_CHARS,
    Members,
    read_members,
)

VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=30,
)


def outline_of(text: str) -> Members:
    return read_members(text, 1, len(text))


def told(members: Members) -> list[tuple[str | None, Any]]:
    return [(line.name, line.opens or line.text) for line in members.lines]


def unfolded(text: str, members: Members) -> list[Any]:
    """Every member as (name, value), asked for by place until nothing is left."""
    found: list[Any] = []
    for line in members.lines:
        value: Any = json.loads(text[line.start : line.end])
        if line.opens:
            inside = unfolded(text, read_members(text, line.start + 1, line.end))
            assert len(inside) == line.count
            value = dict(inside) if line.opens == "{" else [each for _, each in inside]
        found.append((line.name, value))
    if members.next is not None:
        rest = unfolded(text, read_members(text, members.next, members.end))
        assert len(rest) == members.left
        found += rest
    return found


def test_it_works() -> None:
    text = '{"a": 1, "b": [true, {"c": {"d": {}}}], "e": "x\\ny"}'
    members = outline_of(text)
    assert told(members) == [("a", "1"), ("b", "["), ("e", "x\ny")]
    inner = members.lines[1].inside
    assert inner is not None
    assert told(inner) == [(None, "true"), (None, "{")]
    deeper = inner.lines[1].inside
    assert deeper is not None
    assert [(line.name, line.inside, line.count) for line in deeper.lines] == [("c", None, 1)]


def test_what_was_written_stays_as_it_was_written() -> None:
    members = outline_of('{"n": 123456789012345678901234, "f": 1.50, "n": "twice"}')
    assert told(members) == [("n", "123456789012345678901234"), ("f", "1.50"), ("n", "twice")]


@settings(max_examples=40)
@given(st.lists(VALUES) | st.dictionaries(st.text(), VALUES))
def test_nothing_is_lost_between_what_is_shown_and_what_is_asked_for(value: Any) -> None:
    text = json.dumps(value)
    found = unfolded(text, outline_of(text))
    assert (dict(found) if isinstance(value, dict) else [each for _, each in found]) == value


def test_long_lists_are_shown_in_part_and_the_rest_is_named_by_its_place() -> None:
    text = json.dumps({f"k{n}": list(range(40)) for n in range(250)})
    members = outline_of(text)
    assert (len(members.lines), members.left) == (MEMBERS_SHOWN, 150)
    inner = members.lines[0].inside
    assert inner is not None
    assert (len(inner.lines), inner.left) == (INNER_SHOWN, 40 - INNER_SHOWN)
    assert members.next is not None
    assert text[members.next :].startswith('"k100"')
    names = [name for name, _ in unfolded(text, members)]
    assert names == [f"k{n}" for n in range(250)]


def test_no_depth_is_too_deep() -> None:
    text = '{"k":' * 5_000 + '"x"' + "}" * 5_000
    members = outline_of(text)
    for _ in range(50):
        [line] = members.lines
        assert (line.name, line.count) == ("k", 1)
        members = read_members(text, line.start + 1, line.end)


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ('{"a": [1, "cut', [("a", "[")]),
        ('["a" "b"', [(None, "a"), (None, "b")]),
        ("[1, 2]]]}", [(None, "1"), (None, "2")]),
        ("[,,]", []),
        ("{:::}", []),
        ('{"a', [(None, '"a')]),
    ],
)
def test_broken_json_is_shown_as_far_as_it_goes(text: str, shown: list[Any]) -> None:
    assert told(outline_of(text)) == shown


def test_a_long_string_says_that_it_goes_on() -> None:
    [line] = outline_of(json.dumps(["x" * (STRING_CHARS + 1)])).lines
    assert (len(line.text), line.is_cut, line.is_string) == (STRING_CHARS, True, True)
