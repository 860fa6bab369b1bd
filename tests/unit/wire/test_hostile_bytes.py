"""Whatever the bytes, decoding ends in records or in `Refused`: never in another exception."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ingest.wire.body import Media
from ingest.wire.errors import Malformed, Refused
from ingest.wire.otlp import check_logs, check_traces, count_metrics, decode_logs, decode_traces
from tests.unit.wire.recordings import CLIENTS, golden_bodies, recorded, summary

READERS: list[Callable[[bytes, Media], Any]] = [
    decode_traces,
    decode_logs,
    check_traces,
    check_logs,
    count_metrics,
]
GOLDEN = golden_bodies()


def read_all(body: bytes) -> None:
    media: Media
    for media in ("protobuf", "json"):
        for read in READERS:
            with suppress(Refused):
                read(body, media)


@given(st.binary(max_size=400))
def test_garbage_is_refused(body: bytes) -> None:
    read_all(body)


@given(st.sampled_from(GOLDEN), st.data())
def test_a_recorded_body_with_broken_bytes_is_refused_or_read(recording: Any, data: Any) -> None:
    body = bytearray(recording.body[:3000])
    for _ in range(data.draw(st.integers(1, 4))):
        body[data.draw(st.integers(0, len(body) - 1))] = data.draw(st.integers(0, 255))
    read_all(bytes(body))


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(
            st.sampled_from(
                ["key", "value", "stringValue", "intValue", "values", "arrayValue", "spanId"]
            ),
            inner,
            max_size=4,
        )
    ),
    max_leaves=12,
)


@given(JSON, st.sampled_from(["attributes", "events", "links", "status", "kind", "body", "flags"]))
def test_json_of_any_shape_is_refused_or_read(value: Any, name: str) -> None:
    import json

    record = {"traceId": "ab" * 16, "spanId": "cd" * 8, name: value}
    for outer, inner, records in (("Spans", "Spans", "spans"), ("Logs", "Logs", "logRecords")):
        plain = {f"resource{outer}": [{f"scope{inner}": [{records: [record, value]}]}]}
        read_all(json.dumps(plain).encode())


@pytest.mark.parametrize("recording", GOLDEN, ids=lambda recording: recording.name)
def test_every_truncation_of_a_small_body_is_malformed(recording: Any) -> None:
    read = decode_logs if recording.signal == "logs" else decode_traces
    step = max(1, len(recording.body) // 500)
    for size in range(1, len(recording.body), step):
        with pytest.raises(Malformed):
            read(recording.body[:size], recording.media)


@pytest.mark.parametrize("client", CLIENTS)
def test_every_recorded_body_is_read_whole_and_its_truncations_are_refused(client: str) -> None:
    delivered = 0
    for recording in recorded(client):
        body, media = recording.body, recording.media
        if recording.signal == "metrics":
            assert count_metrics(body, media).records > 0
            continue
        traces = recording.signal == "traces"
        decoded: Any = (decode_traces if traces else decode_logs)(body, media)
        counted = (check_traces if traces else check_logs)(body, media)
        assert (decoded.rejected, decoded.error) == (0, "")
        assert (counted.records, counted.rejected) == (len(decoded.records), 0)
        delivered += len(decoded.records) if traces else 0
        for share in (1, 17, 50, 83, 99):
            read_all_of(body[: len(body) * share // 100], media)
    assert delivered == summary(client)["spans_delivered"]


def read_all_of(body: bytes, media: Media) -> None:
    for read in READERS:
        with suppress(Refused):
            read(body, media)
