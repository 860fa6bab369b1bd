"""Logfire's pending spans: a span sent when another begins, so that work in progress can be seen.

It has an id of its own, hangs under the span it announces, and carries that span's parent in an
attribute. Here it becomes the announced span with no end; the real span that follows adds the rest.
"""

from __future__ import annotations

from dataclasses import replace

from ingest.wire.span import Span

NO_PARENT = "0" * 16


def unfold(span: Span) -> Span:
    """Return the span that a pending span announces, without an end; any other span as it is."""
    if span.attributes.get("logfire.span_type") != "pending_span" or span.parent_id is None:
        return span
    parent = span.attributes.get("logfire.pending_parent_id")
    known = isinstance(parent, str) and len(parent) == 16 and parent != NO_PARENT
    return replace(
        span,
        span_id=span.parent_id,
        parent_id=str(parent) if known else None,
        ended_at=None,
    )
