"""A span that says that another has begun, in the shape that Logfire introduced.

It has an id of its own, hangs under the span it announces, and carries that span's parent in an
attribute. A server that does not know the convention shows one span too many.
"""

from __future__ import annotations

from opentelemetry.sdk.trace import ReadableSpan, Span
from opentelemetry.sdk.trace.id_generator import RandomIdGenerator
from opentelemetry.trace import SpanContext, format_span_id

NO_PARENT = "0" * 16
_ids = RandomIdGenerator()


def pending_span(span: Span) -> ReadableSpan:
    """Return the announcement of a span that has just begun, with what is known of it by now."""
    announced = span.get_span_context()
    parent = format_span_id(span.parent.span_id) if span.parent is not None else NO_PARENT
    own = SpanContext(
        trace_id=announced.trace_id,
        span_id=_ids.generate_span_id(),
        is_remote=False,
        trace_flags=announced.trace_flags,
        trace_state=announced.trace_state,
    )
    return ReadableSpan(
        name=span.name,
        context=own,
        parent=announced,
        resource=span.resource,
        attributes={
            **(span.attributes or {}),
            "logfire.span_type": "pending_span",
            "logfire.pending_parent_id": parent,
        },
        kind=span.kind,
        instrumentation_scope=span.instrumentation_scope,
        start_time=span.start_time,
        end_time=span.start_time,
    )
