"""OTLP on disk: the collector's file exporter (JSON lines), one JSON document, or a raw request body.

Compressed with gzip or zstd or not. A file is read body by body, each under the limits that the door has for one; the
same trace in several bodies, lines or files is one run.
"""

from __future__ import annotations

import zlib
from collections import defaultdict
from collections.abc import Iterator, Sequence
from io import BytesIO
from pathlib import Path
from typing import BinaryIO

import zstandard

from deliberation.events import Event
from ingest.importers.base import HEAD_BYTES, ImportedRun, Importer, NotImportable, Unrecognised
from ingest.importers.json_file import read_bytes
from ingest.mapping import map_log, map_span
from ingest.mapping.trace_of import trace_of
from ingest.mapping.untraced import open_run
from ingest.wire.body import Media, inflate
from ingest.wire.errors import Refused
from ingest.wire.limits import MAX_JSON_BYTES
from ingest.wire.otlp import decode_logs, decode_traces
from ingest.wire.span import Decoded, LogRecord, Span

NAME = "otlp"
MAGIC = {b"\x1f\x8b": "gzip", b"\x28\xb5\x2f\xfd": "zstd"}
SIGNALS = {
    "traces": (b'"resourceSpans"', b'"resource_spans"'),
    "logs": (b'"resourceLogs"', b'"resource_logs"'),
}
FIRST_FIELD = 0x0A
"""The tag of field 1, a message: every protobuf body begins with it. It is a line feed, too."""
MAX_TOLD_LINES = 20
MAX_WHOLE_BYTES = 16 * 1024 * 1024
"""Of a compressed or binary file as it lies on disk: it is one body, and read whole."""

Record = Span | LogRecord
AnyDecoded = Decoded[Span] | Decoded[LogRecord]


def sniff(path: Path, head: bytes) -> bool:
    """JSON that names OTLP's outermost member, or protobuf that begins as a request does."""
    plain = _inflated_head(head)
    if plain.lstrip()[:1] == b"{":
        return any(name in plain for names in SIGNALS.values() for name in names)
    return plain[:1] == bytes([FIRST_FIELD]) and any(
        byte < 9 or 13 < byte < 32 for byte in plain[:256]
    )


def read(path: Path) -> Iterator[ImportedRun]:
    """Yield a piece of a run for each body and trace. Raises `NotImportable`.

    A line that is no OTLP costs only itself: a warning on the file's runs names it.
    """
    warnings: list[str] = []
    is_empty = True
    for records in _bodies(path, warnings):
        for trace, group in _by_trace(records).items():
            is_empty = False
            yield _piece(trace, group, warnings)
    if is_empty:
        raise _nothing_in(path, warnings)


def _piece(trace: str, records: Sequence[Record], warnings: Sequence[str]) -> ImportedRun:
    def tell(run: str) -> Iterator[Event]:
        yield from open_run(records[0], run)
        for record in records:
            yield from map_span(record, run) if isinstance(record, Span) else map_log(record, run)

    return ImportedRun(known_by=trace, tell=tell, size=len(records), warnings=warnings)


def _by_trace(records: Sequence[Record]) -> dict[str, list[Record]]:
    groups: defaultdict[str, list[Record]] = defaultdict(list)
    for record in records:
        groups[trace_of(record)].append(record)
    return groups


def _nothing_in(path: Path, warnings: Sequence[str]) -> NotImportable:
    if warnings:
        return NotImportable(path, warnings[0])
    return Unrecognised(path, "holds neither spans nor log records")


def _bodies(path: Path, warnings: list[str]) -> Iterator[list[Record]]:
    """Yield the records of each body in the file."""
    with _open(path) as file:
        head = file.read(HEAD_BYTES)
        file.seek(0)
        if head.lstrip()[:1] != b"{":
            yield _whole(path, file.read(), "protobuf", warnings)
        elif _is_lines(file):
            yield from _lines(file, warnings)
        else:
            yield _whole(path, file.read(MAX_JSON_BYTES + 1), "json", warnings)


def _open(path: Path) -> BinaryIO:
    """Return the file, inflated. Compressed and binary files are read whole: each is one body."""
    try:
        with path.open("rb") as file:
            head = file.read(HEAD_BYTES)
        encoding = _encoding_of(head)
        if encoding is None and head.lstrip()[:1] == b"{":
            return path.open("rb")
    except OSError as error:
        raise NotImportable(path, f"cannot be opened: {error.strerror or error}") from None
    data = read_bytes(path, MAX_WHOLE_BYTES)
    try:
        return BytesIO(inflate(data, encoding))
    except Refused as refused:
        raise NotImportable(path, refused.sentence) from None


def _is_lines(file: BinaryIO) -> bool:
    """True when a line is a document of its own: the first one whole, or else the second one's beginning."""
    first = file.readline(MAX_JSON_BYTES + 1).strip()
    second = file.readline(HEAD_BYTES).strip()
    file.seek(0)
    return second[:1] == b"{" or (first[-1:] == b"}" and not second)


def _lines(file: BinaryIO, warnings: list[str]) -> Iterator[list[Record]]:
    number = 0
    while line := file.readline(MAX_JSON_BYTES + 1):
        number += 1
        where: list[str] = []
        if len(line) > MAX_JSON_BYTES:
            _pass_over_line(file, line)
            where.append(f"has more than {MAX_JSON_BYTES} bytes and is left out")
        elif line.strip():
            try:
                yield _records(line, "json", where)
            except Refused as refused:
                where.append(f"is left out: {refused.sentence}")
        for text in where:
            _note(warnings, f"line {number} {text}")


def _pass_over_line(file: BinaryIO, line: bytes) -> None:
    while line and not line.endswith(b"\n"):
        line = file.readline(HEAD_BYTES)


def _whole(path: Path, body: bytes, media: Media, warnings: list[str]) -> list[Record]:
    try:
        found: list[str] = []
        records = _records(body, media, found)
    except Refused as refused:
        raise NotImportable(path, refused.sentence) from None
    warnings += [f"the file {text}" for text in found]
    return records


def _records(body: bytes, media: Media, found: list[str]) -> list[Record]:
    """Return a body's spans and log records, and add to `found` what was wrong with it.

    Raises `Refused` where it cannot be taken apart.
    """
    records: list[Record] = []
    for decoded in [_likelier(body)] if media == "protobuf" else _of_json(body):
        records += decoded.records
        if decoded.rejected:
            found.append(f"holds {decoded.rejected} unreadable records: {decoded.error}")
    return records


def _of_json(body: bytes) -> list[AnyDecoded]:
    decoded: list[AnyDecoded] = []
    if any(name in body for name in SIGNALS["logs"]):
        decoded.append(decode_logs(body, "json"))
    if any(name in body for name in SIGNALS["traces"]) or not decoded:
        decoded.append(decode_traces(body, "json"))
    return decoded


def _likelier(body: bytes) -> AnyDecoded:
    """Return the body read as traces or as logs, whichever leaves out less.

    The three signals have one outer shape, and their records disagree on field 1. A log record needs no field at
    all, so metrics can pass for logs: but for logs of which none has a time, which no client sends.
    """
    as_spans, as_logs = decode_traces(body, "protobuf"), decode_logs(body, "protobuf")
    if as_spans.records and as_spans.rejected <= as_logs.rejected:
        return as_spans
    return as_logs if any(record.at for record in as_logs.records) else Decoded([], 0, "")


def _note(warnings: list[str], text: str) -> None:
    if len(warnings) < MAX_TOLD_LINES:
        warnings.append(text)
    elif len(warnings) == MAX_TOLD_LINES:
        warnings.append("more of the file was left out than is told here")


def _encoding_of(head: bytes) -> str | None:
    return next((name for magic, name in MAGIC.items() if head.startswith(magic)), None)


def _inflated_head(head: bytes) -> bytes:
    encoding = _encoding_of(head)
    try:
        if encoding == "gzip":
            return zlib.decompressobj(31).decompress(head, HEAD_BYTES)
        if encoding == "zstd":
            reader = zstandard.ZstdDecompressor(max_window_size=2**23).stream_reader(head)
            return reader.read(HEAD_BYTES)
    except (zlib.error, zstandard.ZstdError):
        return b""
    return head


OTLP = Importer(name=NAME, sniff=sniff, read=read)
