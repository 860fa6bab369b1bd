"""Logfire's spans that stand for something else than their own time.

A pending span is sent when another begins, so that work in progress can be seen. It has an id of its own,
hangs under the span it announces, and carries that span's parent in an attribute. Here it becomes the
announced span with no end; the real span that follows adds the rest. A log at the end of a stream has
no length, and says how long the stream was.
"""

from __future__ import annotations

from dataclasses import replace

from ingest.mapping.take import as_float
from ingest.wire.span import Span

NO_PARENT = "0" * 16
TYPE = "logfire.span_type"
MAX_SECONDS = 10**7


def unfold(span: Span) -> Span:
    """Return the span that a pending span announces, without an end; a stream with its length; others as they are."""
    kind = span.attributes.get(TYPE)
    if kind == "pending_span" and span.parent_id is not None:
        return _announced(span, span.parent_id)
    return _stretched(span) if kind == "log" and "response_data" in span.attributes else span


def _announced(span: Span, span_id: str) -> Span:
    parent = span.attributes.get("logfire.pending_parent_id")
    known = isinstance(parent, str) and len(parent) == 16 and parent != NO_PARENT
    return replace(span, span_id=span_id, parent_id=str(parent) if known else None, ended_at=None)


def _stretched(span: Span) -> Span:
    seconds = as_float(span.attributes.get("duration")) or 0
    if span.started_at is None or not 0 < seconds < MAX_SECONDS:
        return span
    return replace(span, started_at=max(0, span.started_at - int(seconds * 10**9)))
