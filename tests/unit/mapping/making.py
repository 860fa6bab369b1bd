"""Spans and log records made by hand, for tests of the mapping."""

from __future__ import annotations

import json
from typing import Any

from deliberation.events import Event, NodeObserved
from ingest.mapping import map_span
from ingest.wire.span import LogRecord, Origin, Span

RUN = "018f0000-0000-7000-8000-000000000000"
TRACE, SPAN, PARENT = "ab" * 16, "cd" * 8, "ef" * 8
DIGEST = "0123456789abcdef" * 2
ORIGIN = Origin({"service.name": "demo"}, "scope", "1", {}, "")


def make_span(attributes: dict[str, Any] | None = None, **fields: Any) -> Span:
    """Return a finished span under a parent, with these fields in place of the usual ones."""
    usual: dict[str, Any] = {
        "trace_id": TRACE,
        "span_id": SPAN,
        "parent_id": PARENT,
        "name": "work",
        "kind": 1,
        "started_at": 10**18,
        "ended_at": 10**18 + 5,
        "attributes": attributes or {},
        "events": [],
        "links": [],
        "status_code": 0,
        "status_message": "",
        "trace_state": "",
        "flags": 0,
        "dropped": {},
        "origin": ORIGIN,
        "digest": DIGEST,
    }
    return Span(**{**usual, **fields})


def make_log(attributes: dict[str, Any] | None = None, **fields: Any) -> LogRecord:
    """Return a log record within a span, with these fields in place of the usual ones."""
    usual: dict[str, Any] = {
        "trace_id": TRACE,
        "span_id": SPAN,
        "at": 10**18,
        "event_name": "something.happened",
        "severity": "",
        "body": None,
        "attributes": attributes or {},
        "flags": 0,
        "dropped": {},
        "origin": ORIGIN,
        "digest": DIGEST,
    }
    return LogRecord(**{**usual, **fields})


def observe(attributes: dict[str, Any], **fields: Any) -> NodeObserved:
    """Return the node that a span with these attributes becomes."""
    events = map_span(make_span(attributes, **fields), RUN)
    return only(events, NodeObserved)


def only(events: list[Event], kind: type[Any]) -> Any:
    """Return the one event of a kind; the choices of a call, which are nodes under it, apart."""
    [event] = [event for event in events if isinstance(event, kind) and not _is_choice(event)]
    return event


def rest_of(node: Any) -> dict[str, Any]:
    """Return what stayed among a node's attributes."""
    rest: dict[str, Any] = json.loads(node.attributes)
    return rest


def _is_choice(event: Event) -> bool:
    return isinstance(event, NodeObserved) and ":c" in event.node
