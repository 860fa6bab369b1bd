"""Attributes that no client should send: kept whole and found, or refused in a sentence. Never a 500."""

from __future__ import annotations

import json
import time
import tracemalloc
from typing import Any

import pytest
from opentelemetry.proto.trace.v1.trace_pb2 import TracesData

from tests.integration.build import make_project
from tests.integration.corpus.sending import (
    CHAT,
    OTHER,
    PROTOBUF,
    SPAN,
    Post,
    attribute,
    find,
    letters,
    page_of,
    protobuf_post,
    read,
    run_of,
    send,
    span_of,
    span_post,
    take,
    traces_of,
)
from traces.models import Node

pytestmark = pytest.mark.django_db(transaction=True)


def test_it_works() -> None:
    project = take(span_post({**CHAT, "some.key": "kept"}))
    node = read(project)
    assert (node.kind, node.model, node.attribute_values["some.key"]) == (
        "model_call",
        "gpt-4o",
        "kept",
    )
    assert find(project, "some.key=kept") == [SPAN]
    assert letters(project) == []


# Large.


@pytest.mark.parametrize("name", ["some.key", "gen_ai.input.messages", "gen_ai.system"])
def test_an_attribute_of_five_megabytes_is_kept_whole_and_found(name: str) -> None:
    long = "é" * 2_500_000 + "needle"
    project = take(span_post({**CHAT, name: long}))
    node = read(project)
    assert long in [*(part.text for part in node.parts), *node.attribute_values.values()]
    assert find(project, "needle") == [SPAN]
    assert letters(project) == []


def test_thirty_thousand_attributes_are_kept_and_found_in_bounded_time_and_memory() -> None:
    many = {f"key.{number}": number for number in range(30_000)}
    post = span_post({**CHAT, **many})
    begun = time.process_time()
    project = take(post)
    seconds = time.process_time() - begun
    tracemalloc.start()
    take(post, slug="measured")
    megabytes = tracemalloc.get_traced_memory()[1] / 1e6
    tracemalloc.stop()
    print(f"30,000 attributes: {seconds:.1f} s of our CPU, {megabytes:.0f} MB at the peak")
    assert seconds < 15
    assert megabytes < 90
    assert many.items() <= read(project).attribute_values.items()
    assert find(project, "key.29999=29999") == [SPAN]


def test_a_page_shows_some_of_very_many_attributes_and_says_so() -> None:
    project = take(span_post({f"key.{number}": "x" * 9_000 for number in range(600)}))
    page = page_of(project, f"nodes/{SPAN}")
    assert f"Attributes ({len(read(project).attribute_values)})" in page
    assert "The first 500." in page
    assert len(page) < 3_000_000
    assert "The first 500 of 600" in page_of(project, f"mapping/{SPAN}")


def test_more_attributes_than_the_limit_cost_only_their_span_which_is_a_dead_letter() -> None:
    many = span_of(dict.fromkeys(map(str, range(131_073)), 1))
    body = json.dumps(traces_of(many, span_of({"a": 1}, spanId=OTHER))).encode()
    project = make_project("bad")
    [answer] = send(project, Post(body))
    assert answer.status == 200
    assert json.loads(answer.body)["partialSuccess"]["rejectedSpans"] == "1"
    assert letters(project) == [
        "1 of 2 records cannot be read: a record has more than 131072 attributes"
    ]
    assert read(project, OTHER).attribute_values["a"] == 1


# Numbers.


@pytest.mark.parametrize(
    "said",
    [
        {"intValue": "12345678901234567890123"},
        {"intValue": 12345678901234567890123},
        {"stringValue": "12345678901234567890123"},
        {"intValue": "-12345678901234567890123"},
    ],
)
def test_integers_of_23_digits_lose_no_digit(said: dict[str, Any]) -> None:
    project = take(span_post({**CHAT, "some.count": said, "gen_ai.usage.input_tokens": said}))
    [written] = said.values()
    values = read(project).attribute_values
    assert [str(values[name]) for name in ("some.count", "gen_ai.usage.input_tokens")] == [
        str(written),
        str(written),
    ]
    assert find(project, f"some.count={written}") == [SPAN]
    assert run_of(project).input_tokens is None
    assert letters(project) == []


def test_integers_of_23_digits_inside_json_text_lose_no_digit() -> None:
    said = '[{"role":"user","content":[{"type":"text","text":"x","n":12345678901234567890123}]}]'
    node = read(take(span_post({**CHAT, "gen_ai.input.messages": said})))
    assert any("12345678901234567890123" in part.text for part in node.parts)


def test_integers_of_23_digits_in_a_tool_s_arguments_are_shown_whole() -> None:
    said = [{"type": "tool_call", "name": "f", "arguments": {"n": 12345678901234567890123}}]
    text = json.dumps([{"role": "assistant", "parts": said}])
    [message] = read(take(span_post({**CHAT, "gen_ai.output.messages": text}))).messages
    assert "12345678901234567890123" in message.parts[0].text


@pytest.mark.parametrize("word", ["NaN", "Infinity", "-Infinity"])
def test_doubles_that_are_no_numbers_are_kept_as_their_names(word: str) -> None:
    said = {"some.number": {"doubleValue": word}, "gen_ai.usage.cost": {"doubleValue": word}}
    by_json = take(span_post({**CHAT, **said}))
    binary = float(word)
    by_protobuf = take(
        protobuf_post(*(attribute(name, double_value=binary) for name in said)), slug="binary"
    )
    for project in (by_json, by_protobuf):
        assert read(project).attribute_values["some.number"] == word
        assert find(project, f"some.number={word}") == [SPAN]
        assert run_of(project).cost is None


@pytest.mark.parametrize("fields", [{"kind": 99}, {"status": {"code": 7}}, {"flags": 2**31}])
def test_unknown_numbers_of_enums_are_kept_as_numbers(fields: dict[str, Any]) -> None:
    project = take(span_post(CHAT, **fields))
    number = next(iter(fields.values()))
    number = number["code"] if isinstance(number, dict) else number
    assert number in read(project).attribute_values.values()
    assert find(project, str(number)) == [SPAN]


@pytest.mark.parametrize(
    "said", [{"gen_ai.operation.name": "levitate"}, {"openinference.span.kind": "ORACLE"}]
)
def test_unknown_words_for_a_kind_are_kept_and_the_node_is_a_step(said: dict[str, Any]) -> None:
    project = take(span_post(said))
    node = read(project)
    assert node.kind == "step"
    assert said.items() <= node.attribute_values.items()


# Texts.


def test_a_nul_character_is_shown_replaced_and_kept_as_it_was() -> None:
    project = take(span_post({**CHAT, "gen_ai.input.messages": "a\0b", "k\0y": "v\0w"}))
    node = read(project)
    part = node.part("input")
    assert part is not None
    assert (part.text, part.flags) == ("a\ufffdb", ["characters replaced"])
    assert node.attribute_values["k\ufffdy"] == "v\ufffdw"


def test_lone_surrogates_are_shown_replaced_and_kept_as_they_were() -> None:
    project = take(span_post({**CHAT, "gen_ai.input.messages": "a\ud800b", "k\udfff": "v\ud800"}))
    node = read(project)
    part = node.part("input")
    assert part is not None
    assert (part.text, part.flags) == ("a\ufffdb", ["characters replaced"])
    assert node.attribute_values["k\ufffd"] == "v\ufffd"


def test_half_a_character_escaped_in_json_costs_no_conversation() -> None:
    parts = '[{"type":"text","content":"cut emoji \\ud83d"},{"type":"text","content":"a\\u0000b"}]'
    said = f'[{{"role":"user","parts":{parts}}}]'
    [message] = read(take(span_post({**CHAT, "gen_ai.input.messages": said}))).messages
    assert [(part.text, part.flags) for part in message.parts] == [
        ("cut emoji \ufffd", ["characters replaced"]),
        ("a\ufffdb", ["characters replaced"]),
    ]


def test_text_that_is_no_utf_8_is_shown_replaced_and_kept_as_it_was() -> None:
    said = attribute("gen_ai.input.messages", string_value="cut here:xx")
    project = take(broken(protobuf_post(said), b"cut here:xx", b"cut here:\xe2\x82"))
    node = read(project)
    part = node.part("input")
    assert part is not None
    assert (part.text, part.flags) == ("cut here:\ufffd\ufffd", ["characters replaced"])
    assert node.attribute_values["otel.broken_texts"] == [{"base64": "Y3V0IGhlcmU64oI="}]


def broken(post: Post, whole: bytes, instead: bytes) -> Post:
    assert len(whole) == len(instead)
    return Post(post.body.replace(whole, instead), post.path, post.media)


# Shapes.


def test_a_key_given_twice_keeps_both_values() -> None:
    pairs = [("twice", "first"), ("twice", "second")]
    attributes = [{"key": key, "value": {"stringValue": value}} for key, value in pairs]
    project = take(span_post(attributes=attributes))
    values = read(project).attribute_values
    assert values["twice"] == "first"
    assert values["otel.repeated_attributes"] == [{"key": "twice", "value": "second"}]
    assert find(project, "second") == [SPAN]


def test_bytes_are_kept_in_base64() -> None:
    project = take(
        protobuf_post(attribute("raw", bytes_value=b"\x00\xff\xfe")),
        span_post({"raw": {"bytesValue": "AP/+"}}, spanId=OTHER),
    )
    for node in (SPAN, OTHER):
        assert read(project, node).attribute_values["raw"] == {"base64": "AP/+"}
    assert find(project, "AP/+") == [SPAN, OTHER]


def test_an_empty_value_and_an_empty_key_are_kept() -> None:
    project = take(span_post({"nothing": {}, "": "no name"}))
    values = read(project).attribute_values
    assert (values["nothing"], values[""]) == (None, "no name")


@pytest.mark.parametrize(
    ("depth", "by_json", "kept_as_letters"),
    [(20, 200, 0), (40, 200, 0), (70, 200, 2), (1_000, 400, 1)],
)
def test_values_nested_beyond_reason_are_a_dead_letter_or_refused(
    depth: int, by_json: int, kept_as_letters: int
) -> None:
    deep = '{"arrayValue":{"values":[' * depth + '{"stringValue":"bottom"}' + "]}}" * depth
    whole = span_of({"a": 1}, spanId=OTHER)
    body = json.dumps(traces_of(whole, span_of({"deep": {"stringValue": "here"}})))
    project = make_project("bad")
    answers = send(
        project,
        Post(body.replace('{"stringValue": "here"}', deep).encode()),
        protobuf_post_of(b"\x0a\x04deep" + sized(b"\x12", nested(depth))),
    )
    assert [answer.status for answer in answers] == [by_json, 200]
    assert len(letters(project)) == kept_as_letters
    assert all("nested" in error for error in letters(project))
    assert Node.objects.filter(node_id=OTHER).exists() == (by_json == 200)
    if not kept_as_letters:
        assert find(project, "bottom") == [SPAN]


def nested(depth: int) -> bytes:
    """The bytes of an AnyValue in lists in lists."""
    value = b"\x0a\x06bottom"
    for _ in range(depth):
        value = sized(b"\x2a", sized(b"\x0a", value))
    return value


def sized(tag: bytes, content: bytes) -> bytes:
    size, written = len(content), b""
    while size > 0x7F:
        written, size = written + bytes((size & 0x7F | 0x80,)), size >> 7
    return tag + written + bytes((size,)) + content


def protobuf_post_of(attribute: bytes) -> Post:
    """A post of the usual span with an attribute that no library would write."""
    data = TracesData.FromString(protobuf_post().body)
    span = data.resource_spans[0].scope_spans[0].spans[0].SerializeToString()
    span += sized(b"\x4a", attribute)
    return Post(sized(b"\x0a", sized(b"\x12", sized(b"\x12", span))), media=PROTOBUF)
