"""The `attributes` part: everything a record says that no fact says, as one JSON object."""

from __future__ import annotations

from typing import Any

from deliberation.events.attributes import CONVENTION, LOG_ATTRIBUTES, LOG_NAME, READ
from ingest.mapping.combine import Used
from ingest.mapping.roots import TAGS
from ingest.mapping.sessions import NamedSession
from ingest.mapping.take import dump
from ingest.wire.span import Attributes, LogRecord, Origin, Span

SPAN_KINDS = ("unspecified", "internal", "server", "client", "producer", "consumer")
STATUS_CODES = ("unset", "ok", "error")
SESSION = "session"
"""The rule that every convention shares: which session a record names."""

ANY = "any record"
"""What is read of records of every convention: why it failed, what an event is called, a root's tags."""

READ_OF_ANY = frozenset(
    {
        *("error.type", "exception.type", "exception.message", "exception.stacktrace"),
        *("event.name", "event_name", "langsmith.span.tags", *TAGS),
    }
)

OURS = frozenset(
    {
        CONVENTION,
        READ,
        "otel.events",
        "otel.flags",
        "otel.links",
        LOG_ATTRIBUTES,
        LOG_NAME,
        "otel.log.severity",
        "otel.resource",
        "otel.schema_url",
        "otel.scope.attributes",
        "otel.scope.name",
        "otel.scope.version",
        "otel.dropped",
        "otel.span.kind",
        "otel.status",
        "otel.status_message",
        "otel.trace_state",
    }
)
"""The keys under which we write what is not an attribute."""


def write_span(
    span: Span,
    rest: Attributes,
    used: Used,
    told: list[dict[str, Any]],
    session: NamedSession | None,
) -> str:
    """Return the rest of a span as JSON, with those of its events that no fact tells; `rest` is used up."""
    _make_room(rest)
    _write_reading(rest, used, session)
    rest["otel.span.kind"] = named(SPAN_KINDS, span.kind)
    if span.status_code:
        rest["otel.status"] = named(STATUS_CODES, span.status_code)
    if span.status_message:
        rest["otel.status_message"] = span.status_message
    if told:
        rest["otel.events"] = told
    if span.links:
        rest["otel.links"] = span.links
    if span.trace_state:
        rest["otel.trace_state"] = span.trace_state
    _write_common(span, rest)
    return dump(rest)


def write_log(
    record: LogRecord,
    rest: Attributes,
    used: Used,
    session: NamedSession | None,
    *,
    with_body: bool = False,
) -> str:
    """Return the rest of a log record as JSON, without its body where a fact says it; `rest` is used up."""
    _make_room(rest)
    _write_reading(rest, used, session)
    if with_body and record.body is not None:
        rest["otel.log.body"] = record.body
    rest[LOG_NAME] = record.event_name
    if record.severity:
        rest["otel.log.severity"] = record.severity
    _write_common(record, rest)
    return dump(rest)


def named(names: tuple[str, ...], number: int) -> str | int:
    """Return the name of an enum's number, or the number where it has none."""
    return names[number] if 0 <= number < len(names) else number


def _write_reading(rest: Attributes, used: Used, session: NamedSession | None) -> None:
    """Say which conventions were read, and the attributes that each turned into facts."""
    rest[CONVENTION] = "+".join(used)
    found = {name: keys for name, keys in used.items() if keys}
    if session is not None:
        found[SESSION] = [session.attribute]
    if not READ_OF_ANY.isdisjoint(rest):
        found[ANY] = [name for name in rest if name in READ_OF_ANY]
    if found:
        rest[READ] = found


def _write_common(record: Span | LogRecord, rest: Attributes) -> None:
    if record.flags:
        rest["otel.flags"] = record.flags
    if record.dropped:
        rest["otel.dropped"] = record.dropped
    rest.update(_origin(record.origin))


def _origin(origin: Origin) -> dict[str, Any]:
    written: dict[str, Any] = {"otel.resource": origin.resource}
    if origin.scope_name:
        written["otel.scope.name"] = origin.scope_name
    if origin.scope_version:
        written["otel.scope.version"] = origin.scope_version
    if origin.scope_attributes:
        written["otel.scope.attributes"] = origin.scope_attributes
    if origin.schema_url:
        written["otel.schema_url"] = origin.schema_url
    return written


def _make_room(rest: Attributes) -> None:
    """Move attributes that a source gave one of our keys: it must neither lie about us nor be lost."""
    if OURS.isdisjoint(rest):
        return
    for key in OURS & rest.keys():
        rest[f"source:{key}"] = rest.pop(key)
