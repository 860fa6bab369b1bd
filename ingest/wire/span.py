"""What stands on the wire, as plain values: spans and log records.

Attribute values keep their types: str, int (64 bits), float, bool, None (an empty value), list,
dict. Bytes become `{"base64": "…"}`; numbers that JSON cannot carry (NaN, infinities, integers
beyond 64 bits) become their text.

The classes are not frozen: a frozen constructor of this many fields costs 1.5 µs, this one 0.2 µs,
and there are thousands of them a second. Nobody changes one after it is made.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

Attributes = dict[str, Any]
Record = TypeVar("Record")
CALL_SITE = re.compile(r"event \S+:\d+$")


@dataclass(slots=True)
class Origin:
    """Where records come from: one resource and scope, shared by all records under them."""

    resource: Attributes
    scope_name: str
    scope_version: str
    scope_attributes: Attributes
    schema_url: str
    """The scope's, else the resource's; empty when neither is stated."""


@dataclass(slots=True)
class Span:
    """One span. Ids are lower-case hex (32 and 16 digits), times ns since 1970 or None.

    `kind` is OTLP's number (0 unspecified, 1 internal, 2 server, 3 client, 4 producer, 5 consumer),
    `status_code` too (0 unset, 1 ok, 2 error). `events` are `{"name", "time", "attributes"}`,
    `links` `{"trace_id", "span_id", "attributes"}`, empty members left out. `dropped` counts what
    the source's own limits cut: `{"attributes", "events", "links"}`, zeros left out. `digest` is
    BLAKE2b-128 of the span's own bytes, in hex: the same bytes again are the same span.
    """

    trace_id: str
    span_id: str
    parent_id: str | None
    name: str
    kind: int
    started_at: int | None
    ended_at: int | None
    attributes: Attributes
    events: list[dict[str, Any]]
    links: list[dict[str, Any]]
    status_code: int
    status_message: str
    trace_state: str
    flags: int
    dropped: dict[str, int]
    origin: Origin
    digest: str


@dataclass(slots=True)
class LogRecord:
    """One log record. `trace_id` and `span_id` are None where the record stands outside a span.

    `at` is its time, else when it was observed. `event_name` comes from the field of that name,
    else from the attributes `event.name` or `event_name`. `body` is any attribute value.
    """

    trace_id: str | None
    span_id: str | None
    at: int | None
    event_name: str
    severity: str
    body: Any
    attributes: Attributes
    flags: int
    dropped: dict[str, int]
    origin: Origin
    digest: str

    @property
    def name(self) -> str:
        """The event's name: what a span's name is to a span.

        Rust's `tracing` puts the place in the source where a name belongs; then the attribute has it.
        """
        named = self.attributes.get("event.name") if CALL_SITE.match(self.event_name) else None
        return named if isinstance(named, str) and named else self.event_name

    @property
    def events(self) -> list[dict[str, Any]]:
        """None: only spans have events."""
        return []


@dataclass(slots=True)
class Decoded(Generic[Record]):
    """What a body held: its records, and what had to be left out with the first reason as a sentence."""

    records: list[Record]
    rejected: int
    error: str


@dataclass(slots=True)
class Counted:
    """How many records a body holds, how many of them must be left out, and the first reason."""

    records: int
    rejected: int
    error: str
