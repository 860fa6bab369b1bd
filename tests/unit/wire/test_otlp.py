"""OTLP bodies become records; what cannot be read costs only itself."""

from __future__ import annotations

from base64 import b64decode
from math import inf, nan

import pytest
from opentelemetry.proto.common.v1.common_pb2 import AnyValue, ArrayValue, KeyValue, KeyValueList
from opentelemetry.proto.trace.v1.trace_pb2 import Span as SpanMessage
from opentelemetry.proto.trace.v1.trace_pb2 import TracesData

from ingest.wire import limits, walk
from ingest.wire.errors import Malformed, TooLarge
from ingest.wire.otlp import check_traces, count_metrics, decode_logs, decode_traces
from tests.unit.wire.recordings import golden

TRACE, SPAN = bytes(range(16)), bytes(range(8))


def message(**fields: object) -> SpanMessage:
    return SpanMessage(**{"trace_id": TRACE, "span_id": SPAN, "name": "n", **fields})  # type: ignore[arg-type]


def body_of(*spans: SpanMessage) -> bytes:
    data = TracesData()
    scope = data.resource_spans.add().scope_spans.add()
    scope.spans.extend(spans)
    return data.SerializeToString()


def attribute(key: str, **value: object) -> KeyValue:
    return KeyValue(key=key, value=AnyValue(**value))  # type: ignore[arg-type]


def test_it_works() -> None:
    decoded = decode_traces(golden("openai-genai.traces.protobuf").body, "protobuf")
    [span] = decoded.records
    assert (decoded.rejected, decoded.error) == (0, "")
    assert len(span.trace_id) == 32
    assert span.attributes["gen_ai.operation.name"] == "chat"
    assert span.origin.resource["service.name"] == "judge-genai"
    assert span.ended_at is not None
    assert span.started_at is not None
    assert span.ended_at > span.started_at > 10**18


def test_values_keep_their_types() -> None:
    nested = AnyValue(kvlist_value=KeyValueList(values=[attribute("a", int_value=1)]))
    listed = ArrayValue(values=[AnyValue(string_value=""), AnyValue(bool_value=False), nested])
    span = message(
        attributes=[
            attribute("text", string_value="\0é"),
            attribute("empty", string_value=""),
            attribute("int", int_value=2**63 - 1),
            attribute("float", double_value=1.0),
            attribute("bool", bool_value=True),
            attribute("bytes", bytes_value=b"\xff\x00"),
            attribute("nan", double_value=nan),
            attribute("inf", double_value=-inf),
            attribute("nothing"),
            attribute("list", array_value=listed),
        ]
    )
    [read] = decode_traces(body_of(span), "protobuf").records
    assert read.attributes == {
        "text": "\0é",
        "empty": "",
        "int": 2**63 - 1,
        "float": 1.0,
        "bool": True,
        "bytes": {"base64": "/wA="},
        "nan": "NaN",
        "inf": "-Infinity",
        "nothing": None,
        "list": ["", False, {"a": 1}],
    }
    assert read.attributes["bool"] is True
    assert isinstance(read.attributes["float"], float)


def test_a_key_given_twice_loses_nothing() -> None:
    pairs = [attribute("k", string_value="one"), attribute("k", int_value=2)]
    [span] = decode_traces(body_of(message(attributes=pairs)), "protobuf").records
    repeated = [{"key": "k", "value": 2}]
    assert span.attributes == {"k": "one", "otel.repeated_attributes": repeated}


@pytest.mark.parametrize(
    ("fields", "reason"),
    [
        ({"trace_id": b""}, "trace_id"),
        ({"trace_id": bytes(16)}, "trace_id"),
        ({"trace_id": TRACE[:15]}, "trace_id"),
        ({"span_id": bytes(8)}, "span_id"),
        ({"span_id": SPAN + b"x"}, "span_id"),
        ({"parent_span_id": b"abc"}, "parent_span_id"),
        ({"start_time_unix_nano": 2**63}, "2262"),
    ],
)
def test_a_span_with_wrong_ids_is_left_out_and_the_rest_goes_on(
    fields: dict[str, object], reason: str
) -> None:
    body = body_of(message(**fields), message(name="good"))
    decoded, counted = decode_traces(body, "protobuf"), check_traces(body, "protobuf")
    assert [span.name for span in decoded.records] == ["good"]
    assert decoded.rejected == counted.rejected == 1
    assert counted.records == 2
    assert reason in decoded.error
    assert decoded.error == counted.error


def test_a_span_of_broken_bytes_costs_only_itself() -> None:
    body = body_of(message(name="first"), message(name="second"))
    name_of_first = body.index(b"first") - 2
    body = body[:name_of_first] + b"\x2f" + body[name_of_first + 1 :]  # a wire type that is none
    decoded = decode_traces(body, "protobuf")
    assert [span.name for span in decoded.records] == ["second"]
    assert decoded.rejected == check_traces(body, "protobuf").rejected == 1


def test_a_text_that_is_no_utf_8_is_mended_and_kept_as_it_came() -> None:
    span = message(name="first", attributes=[attribute("key", string_value="a longer one")])
    body = body_of(span).replace(b"first", b"f\xffrst").replace(b"a longer", b"a l\xed\xa0\x80er")
    [found] = decode_traces(body, "protobuf").records
    assert (found.name, found.attributes["key"]) == ("f\0rst", "a l\0\0\0er one")
    assert [b64decode(each["base64"]) for each in found.attributes["otel.broken_texts"]] == [
        b"f\xffrst",
        b"a l\xed\xa0\x80er one",
    ]
    assert check_traces(body, "protobuf").rejected == 0


def test_a_resource_with_a_text_that_is_no_utf_8_is_mended_too() -> None:
    data = TracesData()
    resource = data.resource_spans.add()
    resource.resource.attributes.append(attribute("service.name", string_value="demo"))
    scope = resource.scope_spans.add(schema_url="schema")
    scope.scope.name = "scope"
    scope.spans.append(message())
    body = data.SerializeToString()
    for whole, broken in (
        (b"demo", b"d\xe9mo"),
        (b"scope", b"sc\xffpe"),
        (b"schema", b"\xffchema"),
    ):
        body = body.replace(whole, broken)
    [span] = decode_traces(body, "protobuf").records
    assert span.origin.resource["service.name"] == "d\0mo"
    assert span.origin.resource["otel.broken_texts"] == [{"base64": "ZOltbw=="}]
    assert (span.origin.scope_name, span.origin.schema_url) == ("sc\0pe", "\ufffdchema")


def test_an_absent_parent_and_an_all_zero_parent_are_none() -> None:
    spans = decode_traces(body_of(message(), message(parent_span_id=bytes(8))), "protobuf").records
    assert [span.parent_id for span in spans] == [None, None]


def test_the_same_bytes_have_the_same_digest_and_others_another() -> None:
    one, other = message(name="one"), message(name="other")
    first, again, third = decode_traces(body_of(one, one, other), "protobuf").records
    assert first.digest == again.digest != third.digest
    assert len(first.digest) == 32


def _varint(number: int) -> bytes:
    pieces = bytearray()
    while number >= 128:
        pieces.append(number & 127 | 128)
        number >>= 7
    return bytes([*pieces, number])


def framed(tag: int, inside: bytes) -> bytes:
    return bytes([tag]) + _varint(len(inside)) + inside


def test_values_nested_beyond_reason_cost_only_their_span() -> None:
    value = AnyValue(string_value="deep").SerializeToString()
    for _ in range(70):
        value = framed(0x2A, framed(0x0A, value))
    deep = message().SerializeToString() + framed(0x4A, framed(0x12, value))
    spans = framed(0x12, deep) + framed(0x12, message().SerializeToString())
    decoded = decode_traces(framed(0x0A, framed(0x12, spans)), "protobuf")
    assert (len(decoded.records), decoded.rejected) == (1, 1)
    assert "nested" in decoded.error


def test_a_resource_after_its_spans_and_in_two_pieces_is_still_theirs() -> None:
    resources = [attribute("a", int_value=1), attribute("b", int_value=2)]
    pieces = [framed(0x0A, framed(0x0A, pair.SerializeToString())) for pair in resources]
    scope = framed(0x12, framed(0x12, message().SerializeToString()))
    [span] = decode_traces(framed(0x0A, scope + pieces[0] + pieces[1]), "protobuf").records
    assert span.origin.resource == {"a": 1, "b": 2}


def test_too_many_records_are_refused_before_they_are_parsed(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(walk, "MAX_MESSAGES", 3)
    with pytest.raises(TooLarge, match="3 records"):
        check_traces(body_of(message(), message(), message()), "protobuf")


def test_an_empty_span_bomb_is_refused_at_once() -> None:
    spans = b"\x12\x00" * (limits.MAX_MESSAGES + 1)
    with pytest.raises(TooLarge):
        check_traces(framed(0x0A, framed(0x12, spans)), "protobuf")


@pytest.mark.parametrize(
    "bomb",
    [b"\x5a\x00" * 600_000, framed(0x4A, framed(0x12, framed(0x2A, b"\x0a\x00" * 600_000)))],
    ids=["events", "list"],
)
def test_a_span_of_too_many_values_costs_only_itself(bomb: bytes) -> None:
    heavy = message().SerializeToString() + bomb
    spans = framed(0x12, heavy) + framed(0x12, message().SerializeToString())
    body = framed(0x0A, framed(0x12, spans))
    decoded, counted = decode_traces(body, "protobuf"), check_traces(body, "protobuf")
    assert (len(decoded.records), decoded.rejected, counted.rejected) == (1, 1, 1)
    assert "524288 values" in decoded.error


def test_a_body_of_many_spans_with_many_events_is_refused() -> None:
    spans = framed(0x12, message().SerializeToString() + b"\x5a\x00" * 200_000) * 6
    body = framed(0x0A, framed(0x12, spans))
    for read in (check_traces, decode_traces):
        with pytest.raises(TooLarge, match="events"):
            read(body, "protobuf")


def test_an_empty_body_holds_nothing() -> None:
    assert decode_traces(b"", "protobuf").records == []
    assert decode_traces(b"{}", "json").records == []


def test_logs_keep_body_event_name_and_observed_time() -> None:
    [record] = decode_logs(golden("openai-genai.logs.protobuf").body, "protobuf").records
    assert record.event_name == "gen_ai.client.inference.operation.details"
    assert record.at is not None
    assert record.span_id is not None
    assert isinstance(record.attributes["gen_ai.input.messages"], list)


def test_metrics_are_counted() -> None:
    assert (
        count_metrics(b'{"resourceMetrics":[{"scopeMetrics":[{"metrics":[{}]}]}]}', "json").records
        == 1
    )
    with pytest.raises(Malformed):
        count_metrics(b"\x0a\x10", "protobuf")
