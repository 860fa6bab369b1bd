"""OTLP's JSON form is read as clients write it."""

from __future__ import annotations

import json
from typing import Any

import pytest

from ingest.wire.errors import Malformed
from ingest.wire.otlp import check_traces, decode_logs, decode_traces
from ingest.wire.span import Span
from tests.unit.wire.recordings import golden

IDS = {"traceId": "00112233445566778899AABBCCDDEEFF", "spanId": "0011223344556677"}


def body_of(*spans: Any) -> bytes:
    return json.dumps({"resourceSpans": [{"scopeSpans": [{"spans": spans}]}]}).encode()


def read(**fields: Any) -> Span:
    [span] = decode_traces(body_of({**IDS, **fields}), "json").records
    return span


def valued(value: Any) -> Any:
    return read(attributes=[{"key": "k", "value": value}]).attributes["k"]


def test_it_works() -> None:
    decoded = decode_traces(golden("node-openinference.traces.json.gz").body, "json")
    assert decoded.rejected == 0
    assert len(decoded.records) > 3
    assert all(span.started_at and span.ended_at for span in decoded.records)
    assert any("openinference.span.kind" in span.attributes for span in decoded.records)


def test_ids_are_hex_or_base64() -> None:
    assert read().trace_id == "00112233445566778899aabbccddeeff"
    based = read(traceId="ABEiM0RVZneImaq7zN3u/w==", spanId="ABEiM0RVZnc=")
    assert (based.trace_id, based.span_id) == (read().trace_id, read().span_id)


@pytest.mark.parametrize("time", ["1544712660000000123", 1544712660000000123])
def test_times_are_text_or_numbers(time: Any) -> None:
    assert read(startTimeUnixNano=time).started_at == 1544712660000000123


def test_enums_are_numbers_or_names() -> None:
    assert read(kind=3).kind == read(kind="SPAN_KIND_CLIENT").kind == 3
    assert read(status={"code": "STATUS_CODE_ERROR", "message": "no"}).status_code == 2


def test_members_may_be_snake_case() -> None:
    plain = {"trace_id": IDS["traceId"], "span_id": IDS["spanId"], "parent_span_id": "ff" * 8}
    body = json.dumps({"resource_spans": [{"scope_spans": [{"spans": [plain]}]}]}).encode()
    [span] = decode_traces(body, "json").records
    assert span.parent_id == "ff" * 8


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ({"stringValue": "\0"}, "\0"),
        ({"string_value": ""}, ""),
        ({"intValue": 5}, 5),
        ({"intValue": "-5"}, -5),
        ({"intValue": 12345678901234567890123}, "12345678901234567890123"),
        ({"intValue": "12345678901234567890123"}, "12345678901234567890123"),
        ({"doubleValue": 1}, 1.0),
        ({"doubleValue": "NaN"}, "NaN"),
        ({"doubleValue": "1e999"}, "Infinity"),
        ({"boolValue": False}, False),
        ({"bytesValue": "/wA="}, {"base64": "/wA="}),
        ({"arrayValue": {}}, []),
        ({"arrayValue": {"values": [{"intValue": 1}, {}]}}, [1, None]),
        ({"kvlistValue": {"values": [{"key": "a", "value": {"boolValue": True}}]}}, {"a": True}),
        ({}, None),
        (None, None),
    ],
)
def test_values_keep_their_types(value: Any, expected: Any) -> None:
    found = valued(value)
    assert found == expected
    assert type(found) is type(expected)


@pytest.mark.parametrize(
    "broken",
    [
        {"traceId": "00"},
        {"spanId": 5},
        {"name": ["x"]},
        {"startTimeUnixNano": "yesterday"},
        {"startTimeUnixNano": -1},
        {"attributes": {"a": 1}},
        {"attributes": [{"key": "k", "value": {"intValue": "x"}}]},
        {"attributes": [{"key": "k", "value": {"doubleValue": []}}]},
        {"events": [7]},
        {"status": "bad"},
    ],
)
def test_a_span_of_the_wrong_shape_costs_only_itself(broken: dict[str, Any]) -> None:
    body = body_of({**IDS, **broken}, IDS, 7, None)
    decoded, counted = decode_traces(body, "json"), check_traces(body, "json")
    assert (len(decoded.records), decoded.rejected) == (1, 3)
    assert (counted.records, counted.rejected) == (4, 3)
    assert decoded.error


def test_values_nested_beyond_the_limit_cost_only_their_span() -> None:
    value: Any = {"stringValue": "deep"}
    for _ in range(65):
        value = {"arrayValue": {"values": [value]}}
    deep = {**IDS, "attributes": [{"key": "k", "value": value}]}
    decoded = decode_traces(body_of(deep, IDS), "json")
    assert (len(decoded.records), decoded.rejected) == (1, 1)
    assert "64" in decoded.error


def test_lone_surrogates_are_kept() -> None:
    assert read(name="\ud800").name == "\ud800"


def test_the_digest_does_not_depend_on_the_order_of_members() -> None:
    one = body_of({**IDS, "name": "n", "kind": 1})
    other = body_of({"kind": 1, "name": "n", **IDS})
    [first], [second] = (decode_traces(body, "json").records for body in (one, other))
    assert first.digest == second.digest


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"[]",
        b"nope",
        b'{"resourceSpans": 5}',
        b'{"resourceSpans": [5]}',
        b'{"resourceSpans": [{"scopeSpans": [{"spans": {}}]}]}',
        b'{"x": NaN}',
        b'{"x": ' + b"[" * 100_000,
        b'{"x": ' + b"9" * 5000 + b"}",
        "{}".encode("utf-16-le") + b"\xff",
    ],
)
def test_what_is_not_otlp_json_is_malformed(body: bytes) -> None:
    with pytest.raises(Malformed):
        decode_traces(body, "json")


def test_a_log_record_of_json_is_read() -> None:
    plain = {"observedTimeUnixNano": "7", "body": {"stringValue": "hello"}, "severityNumber": 9}
    body = json.dumps({"resourceLogs": [{"scopeLogs": [{"logRecords": [plain]}]}]}).encode()
    [record] = decode_logs(body, "json").records
    assert (record.at, record.body, record.severity) == (7, "hello", "9")
    assert (record.trace_id, record.span_id) == (None, None)
