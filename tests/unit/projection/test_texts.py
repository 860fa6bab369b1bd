"""A row shows what was said last, and a tool call by its name."""

from __future__ import annotations

import json

import pytest

from traces.projection.texts import preview


def test_it_works() -> None:
    assert preview("two\n lines") == "two lines"


@pytest.mark.parametrize(
    ("arguments", "shown"),
    [
        ('{"city":"Paris"}', 'weather({"city":"Paris"})'),
        ({"city": "Paris"}, 'weather({"city":"Paris"})'),
        (None, "weather()"),
    ],
)
def test_a_tool_call_is_shown_with_its_name(arguments: object, shown: str) -> None:
    part = {"type": "tool_call", "id": "call_1", "name": "weather", "arguments": arguments}
    assert preview(json.dumps([{"role": "assistant", "parts": [part]}])) == shown


def test_the_last_message_that_says_something_is_shown() -> None:
    said = [{"type": "text", "content": "done"}]
    messages = [{"role": "user", "parts": said}, {"role": "assistant", "parts": []}]
    assert preview(json.dumps(messages)) == "done"
