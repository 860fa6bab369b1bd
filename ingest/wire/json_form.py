"""OTLP's JSON form, as clients really write it.

Ids are hex, or base64 from encoders that follow proto3's own mapping; 64-bit numbers are text or
numbers; enums are numbers or names; members are camelCase or snake_case, and absent when empty. The
standard parser is used on purpose: orjson turns a 23-digit integer into a float and refuses lone
surrogates.
"""

from __future__ import annotations

import json
from base64 import b64decode
from binascii import Error as NotBase64
from collections.abc import Iterator
from typing import Any

from ingest.wire.errors import Malformed, TooLarge, Unreadable
from ingest.wire.json_values import attributes_in, integer, listed, member, text, value_in
from ingest.wire.limits import MAX_JSON_BYTES, MAX_MESSAGES
from ingest.wire.protobuf import MAX_TIME, digest_of, name_in
from ingest.wire.span import LogRecord, Origin, Span

KINDS = {
    "SPAN_KIND_UNSPECIFIED": 0,
    "SPAN_KIND_INTERNAL": 1,
    "SPAN_KIND_SERVER": 2,
    "SPAN_KIND_CLIENT": 3,
    "SPAN_KIND_PRODUCER": 4,
    "SPAN_KIND_CONSUMER": 5,
}
CODES = {"STATUS_CODE_UNSET": 0, "STATUS_CODE_OK": 1, "STATUS_CODE_ERROR": 2}


def parse(body: bytes) -> dict[str, Any]:
    """Return the JSON object of a body. Raises `Malformed`, `TooLarge`."""
    if len(body) > MAX_JSON_BYTES:
        raise TooLarge(f"the body has more than {MAX_JSON_BYTES} bytes of JSON")
    try:
        plain = json.loads(body, parse_constant=_refuse_constant)
    except (ValueError, RecursionError) as error:
        raise Malformed(f"the body is not JSON: {str(error)[:120]}") from None
    if not isinstance(plain, dict):
        raise Malformed("the body must be a JSON object")
    return plain


def groups(plain: dict[str, Any], signal: str) -> Iterator[tuple[Origin, list[Any]]]:
    """Yield each scope's origin and its records, for signal "spans", "logs" or "metrics".

    Raises `Malformed` where the outer levels are not of OTLP's shape, `TooLarge` beyond
    `MAX_MESSAGES`.
    """
    record_name = "logRecords" if signal == "logs" else signal
    seen = 0
    try:
        for resource in listed(plain, f"resource{signal.capitalize()}"):
            for scope in listed(resource, f"scope{signal.capitalize()}"):
                records = listed(scope, record_name)
                seen += 1 + len(records)
                if seen > MAX_MESSAGES:
                    raise TooLarge(
                        f"the body holds more than {MAX_MESSAGES} records; send them in several"
                    )
                yield _origin(resource, scope), records
    except Unreadable as error:
        raise Malformed(f"the body is not OTLP JSON: {error}") from None


def span_of(plain: Any, origin: Origin) -> Span:
    """Return the span that a JSON object stands for. Raises `Unreadable`."""
    status = member(plain, "status", dict) or {}
    return Span(
        _required_id(plain, "traceId", 16),
        _required_id(plain, "spanId", 8),
        _id(plain, "parentSpanId", 8),
        text(plain, "name"),
        _enum(plain, "kind", KINDS),
        _time(plain, "startTimeUnixNano"),
        _time(plain, "endTimeUnixNano"),
        attributes_in(plain),
        [_read_event(event) for event in listed(plain, "events")],
        [_read_link(link) for link in listed(plain, "links")],
        _enum(status, "code", CODES),
        text(status, "message"),
        text(plain, "traceState"),
        integer(plain, "flags"),
        _read_dropped(plain),
        origin,
        _digest(plain),
    )


def log_of(plain: Any, origin: Origin) -> LogRecord:
    """Return the log record that a JSON object stands for. Raises `Unreadable`."""
    attributes = attributes_in(plain)
    number = member(plain, "severityNumber", int | str)
    dropped = integer(plain, "droppedAttributesCount")
    return LogRecord(
        _id(plain, "traceId", 16),
        _id(plain, "spanId", 8),
        _time(plain, "timeUnixNano") or _time(plain, "observedTimeUnixNano"),
        text(plain, "eventName") or name_in(attributes),
        text(plain, "severityText") or (str(number) if number else ""),
        value_in(member(plain, "body", dict)),
        attributes,
        integer(plain, "flags"),
        {"attributes": dropped} if dropped else {},
        origin,
        _digest(plain),
    )


def _refuse_constant(name: str) -> Any:
    raise ValueError(f"{name} is not a JSON number")


def _digest(plain: Any) -> str:
    try:
        written = json.dumps(plain, sort_keys=True, separators=(",", ":"))
    except RecursionError:
        raise Unreadable("a record is nested too deeply") from None
    return digest_of(written.encode("ascii"))


def _origin(resource: Any, scope: Any) -> Origin:
    named = member(scope, "scope", dict) or {}
    return Origin(
        attributes_in(member(resource, "resource", dict) or {}),
        text(named, "name"),
        text(named, "version"),
        attributes_in(named),
        text(scope, "schemaUrl") or text(resource, "schemaUrl"),
    )


def _required_id(plain: Any, name: str, size: int) -> str:
    found = _id(plain, name, size)
    if found is None:
        raise Unreadable(f"{name} must be {2 * size} hex digits, not all zero")
    return found


def _id(plain: Any, name: str, size: int) -> str | None:
    """Return an id as lower-case hex, or None when it is absent or all zero. Raises `Unreadable`."""
    written = text(plain, name)
    if not written:
        return None
    is_hex = len(written) == 2 * size
    try:
        raw = bytes.fromhex(written) if is_hex else b64decode(written, validate=True)
    except (ValueError, NotBase64):
        raw = b""
    if len(raw) != size:
        raise Unreadable(f"{name} must be {2 * size} hex digits")
    return raw.hex() if any(raw) else None


def _time(plain: Any, name: str) -> int | None:
    found = integer(plain, name)
    if not 0 <= found < MAX_TIME:
        raise Unreadable(f"{name} must be a time from 1970 to 2262")
    return found or None


def _enum(plain: Any, name: str, names: dict[str, int]) -> int:
    found = member(plain, name, int | str)
    if isinstance(found, str) and found in names:
        return names[found]
    return integer(plain, name)


def _read_event(plain: Any) -> dict[str, Any]:
    found: dict[str, Any] = {"name": text(plain, "name")}
    if at := _time(plain, "timeUnixNano"):
        found["time"] = at
    if attributes := attributes_in(plain):
        found["attributes"] = attributes
    if dropped := integer(plain, "droppedAttributesCount"):
        found["dropped_attributes"] = dropped
    return found


def _read_link(plain: Any) -> dict[str, Any]:
    found: dict[str, Any] = {
        "trace_id": _id(plain, "traceId", 16) or "",
        "span_id": _id(plain, "spanId", 8) or "",
    }
    if state := text(plain, "traceState"):
        found["trace_state"] = state
    if attributes := attributes_in(plain):
        found["attributes"] = attributes
    return found


def _read_dropped(plain: Any) -> dict[str, int]:
    counts = {
        "attributes": integer(plain, "droppedAttributesCount"),
        "events": integer(plain, "droppedEventsCount"),
        "links": integer(plain, "droppedLinksCount"),
    }
    return {name: count for name, count in counts.items() if count}
