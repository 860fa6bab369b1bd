"""Parts of messages as a page shows them."""

from __future__ import annotations

import json
from base64 import b64encode
from typing import Any

import pytest

from traces.queries.message_parts import BROKEN, HiddenText, MessagePart, show_part
from traces.queries.messages import parse_messages

PNG = b64encode(b"\x89PNG" + bytes(96)).decode()


def test_it_works() -> None:
    arguments = '{"a": 1}'
    part = show_part({"type": "tool_call", "id": "c1", "name": "add", "arguments": arguments})
    assert part == MessagePart(kind="tool_call", title="add · c1", text='{\n  "a": 1\n}')


def test_broken_arguments_are_shown_as_they_came_and_said_to_be() -> None:
    part = show_part({"type": "tool_call", "name": "add", "arguments": '{"a": '})
    assert (part.text, part.flags) == ('{"a": ', [BROKEN])


def test_a_tool_that_failed_says_so() -> None:
    content = [{"text": "division by zero"}]
    part = show_part({"type": "tool_result", "id": "c1", "status": "error", "result": content})
    assert (part.text, part.flags) == ("division by zero", ["error"])


def test_a_small_picture_is_shown_and_a_file_is_named_with_its_size() -> None:
    picture = show_part({"type": "image", "mime_type": "image/png", "content": PNG})
    assert picture.picture == f"data:image/png;base64,{PNG}"
    assert (picture.text, picture.title) == ("", "image/png · 102 bytes")
    inline = show_part({"type": "image", "url": f"data:image/png;base64,{PNG}"})
    assert inline.picture == picture.picture
    held = {"type": "file", "filename": "a.pdf", "mime_type": "application/pdf", "content": PNG}
    assert show_part(held) == MessagePart(
        kind="file", title="a.pdf · application/pdf · 102 bytes", text=""
    )


@pytest.mark.parametrize(
    ("mime", "content"),
    [("image/svg+xml", PNG), ("image/png", "not base64!"), ("image/png", "A" * 800_000)],
)
def test_what_could_be_more_than_a_picture_is_not_shown(mime: str, content: str) -> None:
    part = show_part({"type": "image", "mime_type": mime, "content": content})
    assert part.picture is None
    assert mime in (part.title or "")


def test_a_picture_elsewhere_is_an_address_and_is_not_fetched() -> None:
    part = show_part({"type": "image", "url": "https://example.com/y.png"})
    assert (part.picture, part.text) == (None, "https://example.com/y.png")


def test_thinking_that_is_hidden_is_said_to_be() -> None:
    assert show_part({"type": "reasoning"}).hidden == HiddenText(
        why="hidden by the provider", size_bytes=None
    )
    sealed = show_part({"type": "reasoning", "encrypted_content": "gAAA" * 100})
    assert sealed.hidden == HiddenText(why="encrypted by the provider", size_bytes=300)
    redacted = show_part({"type": "reasoning", "data": "gAAA"})
    assert redacted.hidden == HiddenText(why="redacted by the provider", size_bytes=3)


@pytest.mark.parametrize("part", [{}, {"type": 7}, {"type": "new", "x": [1]}, {"type": "image"}])
def test_unknown_parts_are_shown_as_they_came(part: dict[str, Any]) -> None:
    assert json.loads(show_part(part).text) == part


def test_what_a_program_records_in_a_provider_s_shape_reads_like_any_other() -> None:
    said = [
        {
            "role": "user",
            "content": [
                {"type": "text", "text": "What is it?"},
                {"type": "image_url", "image_url": {"url": f"data:image/png;base64,{PNG}"}},
            ],
        }
    ]
    (message,) = parse_messages("input", json.dumps(said))
    assert [part.kind for part in message.parts] == ["text", "image"]
    assert message.parts[1].picture is not None


def test_why_a_model_stopped_stands_beside_its_message() -> None:
    said = '{"choices":[{"finish_reason":"length","message":{"role":"assistant","content":"4"}}]}'
    (message,) = parse_messages("output", said)
    assert (message.role, message.ended) == ("assistant", "length")
