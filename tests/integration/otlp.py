"""OTLP bodies for tests, as a client would send them, and their way through the inbox."""

from __future__ import annotations

import json
from itertools import count
from typing import Any

from tests.integration.build import NOW_NS, SECOND
from tests.integration.corpus.replay import drain, put
from tests.unit.wire.recordings import Recorded
from traces.models import Project

TRACE = "5b8efff798038103d269b633813fc60c"
_numbers = count()
ROOT, CHILD, OTHER = "aa" * 8, "bb" * 8, "cc" * 8


def span(span_id: str, parent: str | None = None, **fields: Any) -> dict[str, Any]:
    """Return a span of `TRACE` that began at NOW_NS and took a second."""
    attributes = fields.pop("attributes", {})
    events = [
        {"name": name, "timeUnixNano": str(NOW_NS + SECOND), "attributes": _attributes(said)}
        for name, said in fields.pop("events", ())
    ]
    links = [{"traceId": trace, "spanId": span_id} for trace, span_id in fields.pop("links", ())]
    return {
        "traceId": TRACE,
        "spanId": span_id,
        "parentSpanId": parent or "",
        "name": f"span {span_id[:2]}",
        "startTimeUnixNano": str(NOW_NS),
        "endTimeUnixNano": str(NOW_NS + SECOND),
        "attributes": _attributes(attributes),
        "links": links,
        "events": events,
        **fields,
    }


def log(text: str, *, at: int = NOW_NS, **fields: Any) -> dict[str, Any]:
    """Return a log record outside any trace, unless `traceId` and `spanId` are given."""
    attributes = fields.pop("attributes", {})
    return {
        "timeUnixNano": str(at),
        "body": {"stringValue": text},
        "attributes": _attributes(attributes),
        **fields,
    }


def traces(*spans: dict[str, Any], service: str = "demo") -> Recorded:
    """Return a request body of spans of one service."""
    inside = [{"resource": _resource(service), "scopeSpans": [{"spans": list(spans)}]}]
    return Recorded("made", "traces", "json", json.dumps({"resourceSpans": inside}).encode())


def logs(*records: dict[str, Any], service: str = "demo") -> Recorded:
    """Return a request body of log records of one service."""
    inside = [{"resource": _resource(service), "scopeLogs": [{"logRecords": list(records)}]}]
    return Recorded("made", "logs", "json", json.dumps({"resourceLogs": inside}).encode())


def send(project: Project, *bodies: Recorded) -> None:
    """Record bodies one after another, each in a pass of its own."""
    for body in bodies:
        put(project, [body])
        # A process keeps trees by run: no two tests may give one id to different runs.
        drain(f"sent {next(_numbers)}")


def _resource(service: str) -> dict[str, Any]:
    return {"attributes": _attributes({"service.name": service})}


def _attributes(values: dict[str, Any]) -> list[dict[str, Any]]:
    return [{"key": name, "value": _value(value)} for name, value in values.items()]


def _value(value: Any) -> dict[str, Any]:
    if isinstance(value, bool):
        return {"boolValue": value}
    if isinstance(value, int):
        return {"intValue": str(value)}
    return {"doubleValue": value} if isinstance(value, float) else {"stringValue": value}
