"""OTLP files of each sort tell the same spans."""

from __future__ import annotations

import gzip
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import zstandard
from opentelemetry.proto.collector.logs.v1.logs_service_pb2 import ExportLogsServiceRequest
from opentelemetry.proto.collector.metrics.v1.metrics_service_pb2 import ExportMetricsServiceRequest
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest

from ingest.importers.base import HEAD_BYTES, NotImportable, Unrecognised
from ingest.importers.choose import IMPORTERS, choose
from ingest.importers.otlp_file import OTLP, read

RUN = "01890a5d-ac96-774b-bcce-b302099a8057"
TRACE = "5b8efff798038103d269b633813fc60c"
OTHER = "6b8efff798038103d269b633813fc60c"


def span(number: int, trace: str = TRACE) -> dict[str, Any]:
    return {
        "traceId": trace,
        "spanId": f"{number:016x}",
        "name": f"span {number}",
        "startTimeUnixNano": "1000",
        "endTimeUnixNano": "2000",
    }


def traces(*spans: dict[str, Any]) -> dict[str, Any]:
    return {"resourceSpans": [{"scopeSpans": [{"spans": list(spans)}]}]}


def logs(*records: dict[str, Any]) -> dict[str, Any]:
    return {"resourceLogs": [{"scopeLogs": [{"logRecords": list(records)}]}]}


LOG = {
    "timeUnixNano": "1500",
    "traceId": TRACE,
    "spanId": f"{1:016x}",
    "body": {"stringValue": "hi"},
}


def nodes_in(path: Path) -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    for piece in read(path):
        nodes = {event.node for event in piece.tell(RUN) if hasattr(event, "node")}
        found.setdefault(piece.known_by, set()).update(nodes)
    return found


def put(folder: Path, data: bytes | str, name: str = "spans") -> Path:
    path = folder / name
    path.write_bytes(data if isinstance(data, bytes) else data.encode())
    return path


def protobuf(request: Any, *spans: int) -> bytes:
    group = request.resource_spans.add().scope_spans.add()
    for number in spans:
        group.spans.add(
            trace_id=bytes.fromhex(TRACE),
            span_id=number.to_bytes(8, "big"),
            name="x",
            start_time_unix_nano=1000,
            end_time_unix_nano=2000,
        )
    return bytes(request.SerializeToString())


def as_lines(one: dict[str, Any], two: dict[str, Any]) -> bytes:
    return f"{json.dumps(one)}\n{json.dumps(two)}\n".encode()


def as_document(one: dict[str, Any], two: dict[str, Any]) -> bytes:
    return json.dumps(
        {"resourceSpans": one["resourceSpans"] + two["resourceSpans"]}, indent=1
    ).encode()


def as_gzip(one: dict[str, Any], two: dict[str, Any]) -> bytes:
    return gzip.compress(as_lines(one, two))


def as_zstd(one: dict[str, Any], two: dict[str, Any]) -> bytes:
    return zstandard.compress(as_document(one, two))


def as_protobuf(one: dict[str, Any], two: dict[str, Any]) -> bytes:
    return protobuf(ExportTraceServiceRequest(), 1, 2)


@pytest.mark.parametrize("write", [as_lines, as_document, as_gzip, as_zstd, as_protobuf])
def test_it_works(tmp_path: Path, write: Callable[[dict[str, Any], dict[str, Any]], bytes]) -> None:
    path = put(tmp_path, write(traces(span(1)), traces(span(2))))
    assert choose(path, IMPORTERS.values()) is OTLP
    assert nodes_in(path) == {TRACE: {f"{1:016x}", f"{2:016x}"}}


def test_traces_of_one_file_are_told_apart(tmp_path: Path) -> None:
    path = put(tmp_path, json.dumps(traces(span(1), span(2, OTHER))))
    assert set(nodes_in(path)) == {TRACE, OTHER}


def test_logs_and_spans_of_a_trace_are_one_run(tmp_path: Path) -> None:
    path = put(tmp_path, as_lines(traces(span(1)), logs(LOG)))
    assert len(nodes_in(path)[TRACE]) == 2


def test_protobuf_logs_are_not_taken_for_spans(tmp_path: Path) -> None:
    request = ExportLogsServiceRequest()
    record = request.resource_logs.add().scope_logs.add().log_records.add()
    record.time_unix_nano, record.trace_id = 1500, bytes.fromhex(TRACE)
    record.body.string_value = "hi"
    path = put(tmp_path, gzip.compress(request.SerializeToString()))
    assert choose(path, IMPORTERS.values()) is OTLP
    assert set(nodes_in(path)) == {TRACE}


def test_metrics_are_nothing_to_us(tmp_path: Path) -> None:
    request = ExportMetricsServiceRequest()
    request.resource_metrics.add().scope_metrics.add().metrics.add().name = "tokens"
    with pytest.raises(Unrecognised):
        nodes_in(put(tmp_path, request.SerializeToString()))


def test_a_torn_line_costs_only_itself(tmp_path: Path) -> None:
    whole = as_lines(traces(span(1)), traces(span(2)))
    pieces = list(read(put(tmp_path, whole + b'{"resourceSpans": [{"scop')))
    assert len(pieces) == 2
    assert "line 3 is left out" in pieces[0].warnings[0]


def test_a_bad_span_costs_only_itself(tmp_path: Path) -> None:
    (piece,) = read(put(tmp_path, json.dumps(traces(span(1), {"traceId": "zz"}))))
    assert piece.size == 1
    assert "1 unreadable records" in piece.warnings[0]


def test_many_bad_lines_are_told_in_few_words(tmp_path: Path) -> None:
    text = json.dumps(traces(span(1))) + "\n" + "{broken\n" * 500
    (piece,) = read(put(tmp_path, text))
    assert len(piece.warnings) == 21


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"{",
        b"{}",
        b'{"resourceSpans": 7}',
        b"[]",
        b"\x1f\x8b\x08broken",
        gzip.compress(b'{"resourceSpans": []}')[:-4],
        b"\x28\xb5\x2f\xfdbroken",
        b"\x0a\xff\xff\xff\xff\xff\x01",
        b'{"resourceSpans": ' + b"[" * 200_000,
        gzip.compress(b"\0" * 40_000_000),
    ],
)
def test_what_is_no_otlp_is_refused_with_a_sentence(tmp_path: Path, data: bytes) -> None:
    with pytest.raises(NotImportable) as refused:
        list(read(put(tmp_path, data)))
    assert refused.value.sentence


@pytest.mark.parametrize(
    "head", [b"\nplain text", b"Rank,Puzzles\n", b'{"a": 1}', b"\x1f\x8b", b"", b"\x0a"]
)
def test_other_files_are_not_claimed(head: bytes) -> None:
    assert not OTLP.sniff(Path("x"), head[:HEAD_BYTES])
