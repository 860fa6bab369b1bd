"""OTLP's protobuf form: one span or log record from its own bytes."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Iterable, Iterator
from hashlib import blake2b
from math import isfinite
from typing import Any

from opentelemetry.proto.common.v1.common_pb2 import AnyValue, InstrumentationScope, KeyValue
from opentelemetry.proto.logs.v1.logs_pb2 import LogRecord as LogMessage
from opentelemetry.proto.resource.v1.resource_pb2 import Resource
from opentelemetry.proto.trace.v1.trace_pb2 import Span as SpanMessage

from ingest.wire.errors import Malformed, Unreadable
from ingest.wire.limits import MAX_ATTRIBUTES, MAX_RECORD_BYTES
from ingest.wire.mend import parse
from ingest.wire.span import Attributes, LogRecord, Origin, Span
from ingest.wire.walk import Range, walk
from ingest.wire.weigh import SURELY_LIGHT_BYTES, weigh_log, weigh_span

TRACE_ID_BYTES, SPAN_ID_BYTES = 16, 8
NO_TRACE, NO_SPAN = bytes(TRACE_ID_BYTES), bytes(SPAN_ID_BYTES)
MAX_TIME = 2**63
REPEATED = "otel.repeated_attributes"


def groups(body: bytes) -> Iterator[tuple[Origin, list[Range]]]:
    """Yield each scope's origin and where its records stand in the body. Raises `Malformed`, `TooLarge`."""
    for resource, scope, schema_url, records in walk(body):
        yield read_origin(resource, scope, schema_url), records


def read_origin(resource: bytes, scope: bytes, schema_url: bytes) -> Origin:
    """Return where records come from. Raises `Malformed`: nothing under it could be attributed."""
    try:
        resource_message = parse(Resource, resource)
        scope_message = parse(InstrumentationScope, scope)
    except Unreadable:
        raise Malformed(
            "the body is not OTLP protobuf: a resource or scope cannot be read"
        ) from None
    if len(resource_message.attributes) + len(scope_message.attributes) > MAX_ATTRIBUTES:
        raise Malformed(f"a resource or scope has more than {MAX_ATTRIBUTES} attributes")
    return Origin(
        read_attributes(resource_message.attributes),
        scope_message.name,
        scope_message.version,
        read_attributes(scope_message.attributes),
        schema_url.decode("utf-8", "replace"),
    )


def parse_span(raw: bytes) -> SpanMessage:
    """Return the message of one span's bytes, its ids and times in order. Raises `Unreadable`."""
    message = parse(SpanMessage, _sized(raw))
    trace_id, span_id = message.trace_id, message.span_id
    if len(trace_id) != TRACE_ID_BYTES or trace_id == NO_TRACE:
        raise Unreadable("trace_id must be 16 bytes, not all zero")
    if len(span_id) != SPAN_ID_BYTES or span_id == NO_SPAN:
        raise Unreadable("span_id must be 8 bytes, not all zero")
    if len(message.parent_span_id) not in (0, SPAN_ID_BYTES):
        raise Unreadable("parent_span_id must be 8 bytes or absent")
    if message.start_time_unix_nano >= MAX_TIME or message.end_time_unix_nano >= MAX_TIME:
        raise Unreadable("a time lies beyond the year 2262")
    if len(message.attributes) > MAX_ATTRIBUTES:
        raise Unreadable(f"a span has more than {MAX_ATTRIBUTES} attributes")
    if len(raw) > SURELY_LIGHT_BYTES:
        weigh_span(message)
    return message


def read_span(raw: bytes, origin: Origin) -> Span:
    """Return the span that stands in these bytes. Raises `Unreadable`."""
    message = parse_span(raw)
    parent = message.parent_span_id
    status = message.status
    return Span(
        message.trace_id.hex(),
        message.span_id.hex(),
        parent.hex() if parent and parent != NO_SPAN else None,
        message.name,
        message.kind,
        message.start_time_unix_nano or None,
        message.end_time_unix_nano or None,
        read_attributes(message.attributes),
        [_read_event(event) for event in message.events],
        [_read_link(link) for link in message.links],
        status.code,
        status.message,
        message.trace_state,
        message.flags,
        _read_dropped(message),
        origin,
        digest_of(raw),
    )


def parse_log(raw: bytes) -> LogMessage:
    """Return the message of one log record's bytes, its ids and times in order. Raises `Unreadable`."""
    message = parse(LogMessage, _sized(raw))
    if len(message.trace_id) not in (0, TRACE_ID_BYTES):
        raise Unreadable("a log record's trace_id must be 16 bytes or absent")
    if len(message.span_id) not in (0, SPAN_ID_BYTES):
        raise Unreadable("a log record's span_id must be 8 bytes or absent")
    if message.time_unix_nano >= MAX_TIME or message.observed_time_unix_nano >= MAX_TIME:
        raise Unreadable("a time lies beyond the year 2262")
    if len(message.attributes) > MAX_ATTRIBUTES:
        raise Unreadable(f"a log record has more than {MAX_ATTRIBUTES} attributes")
    if len(raw) > SURELY_LIGHT_BYTES:
        weigh_log(message)
    return message


def read_log(raw: bytes, origin: Origin) -> LogRecord:
    """Return the log record that stands in these bytes. Raises `Unreadable`."""
    message = parse_log(raw)
    attributes = read_attributes(message.attributes)
    dropped = message.dropped_attributes_count
    return LogRecord(
        message.trace_id.hex() if message.trace_id.strip(b"\0") else None,
        message.span_id.hex() if message.span_id.strip(b"\0") else None,
        message.time_unix_nano or message.observed_time_unix_nano or None,
        message.event_name or name_in(attributes),
        message.severity_text or (str(message.severity_number) if message.severity_number else ""),
        read_value(message.body),
        attributes,
        message.flags,
        {"attributes": dropped} if dropped else {},
        origin,
        digest_of(raw),
    )


def name_in(attributes: Attributes) -> str:
    """Return the event name that older clients give as an attribute, or the empty text."""
    named = attributes.get("event.name") or attributes.get("event_name") or ""
    return named if isinstance(named, str) else ""


def digest_of(raw: bytes) -> str:
    """Return the identity of a record: BLAKE2b-128 of its bytes, in hex."""
    return blake2b(raw, digest_size=16).hexdigest()


def read_attributes(pairs: Iterable[KeyValue]) -> Attributes:
    """Return key → value; see `keep_repeated` for a key given twice."""
    attributes: Attributes = {}
    for pair in pairs:
        value = pair.value
        # Most values are text or integers: asking for these spares the question which is set.
        found = value.string_value or value.int_value or read_value(value)
        key = pair.key
        if key in attributes:
            keep_repeated(attributes, key, found)
        else:
            attributes[key] = found
    return attributes


def keep_repeated(attributes: Attributes, key: str, value: Any) -> None:
    """Keep the value of a key that a source gives twice, which the specification forbids it to do."""
    kept = attributes.setdefault(REPEATED, [])
    if not isinstance(kept, list):
        kept = attributes[REPEATED] = [kept]
    kept.append({"key": key, "value": value})


def read_value(value: AnyValue) -> Any:
    """Return an attribute's value; see `ingest.wire.span` for the types."""
    member = value.WhichOneof("value")
    if member is None:
        return None
    found = getattr(value, member)
    if member == "double_value":
        return found if isfinite(found) else number_text(found)
    if member == "bytes_value":
        return {"base64": b64encode(found).decode("ascii")}
    if member == "array_value":
        return [read_value(item) for item in found.values]
    if member == "kvlist_value":
        return read_attributes(found.values)
    return found


def number_text(number: float) -> str:
    """Return the name that OTLP's JSON form gives a number that is not finite."""
    if number != number:
        return "NaN"
    return "Infinity" if number > 0 else "-Infinity"


def _sized(raw: bytes) -> bytes:
    if len(raw) > MAX_RECORD_BYTES:
        raise Unreadable(f"a record has more than {MAX_RECORD_BYTES} bytes")
    return raw


def _read_event(event: SpanMessage.Event) -> dict[str, Any]:
    found: dict[str, Any] = {"name": event.name}
    if event.time_unix_nano:
        found["time"] = event.time_unix_nano
    if event.attributes:
        found["attributes"] = read_attributes(event.attributes)
    if event.dropped_attributes_count:
        found["dropped_attributes"] = event.dropped_attributes_count
    return found


def _read_link(link: SpanMessage.Link) -> dict[str, Any]:
    found: dict[str, Any] = {"trace_id": link.trace_id.hex(), "span_id": link.span_id.hex()}
    if link.trace_state:
        found["trace_state"] = link.trace_state
    if link.attributes:
        found["attributes"] = read_attributes(link.attributes)
    return found


def _read_dropped(message: SpanMessage) -> dict[str, int]:
    dropped = {}
    if message.dropped_attributes_count:
        dropped["attributes"] = message.dropped_attributes_count
    if message.dropped_events_count:
        dropped["events"] = message.dropped_events_count
    if message.dropped_links_count:
        dropped["links"] = message.dropped_links_count
    return dropped
