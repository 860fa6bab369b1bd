"""The traces that are live in this process, each with its gate."""

from __future__ import annotations

import threading
from dataclasses import dataclass, field

from opentelemetry.sdk.trace import ReadableSpan
from opentelemetry.trace import SpanContext, StatusCode, format_trace_id

from deliberation.client.client import Client
from deliberation.control import Gate, OnDisconnect
from deliberation.control.waiters import Call
from deliberation.vocabulary import ObservedState


@dataclass(slots=True)
class Trace:
    """One trace, and the spans of it that have begun here and not ended: id → parent's id."""

    gate: Gate
    spans: dict[int, int | None] = field(default_factory=dict)

    def around(self, parent: SpanContext | None) -> frozenset[Call]:
        """Return the open spans that a new one under `parent` is part of."""
        above: set[Call] = set()
        at = parent.span_id if parent is not None else None
        while at is not None and at in self.spans and at not in above:
            above.add(at)
            at = self.spans[at]
        return frozenset(above)


class Traces:
    """Live from the start of the first span here to the end of the last.

    The process that has the root of a trace holds its lease. One that was called by another only
    listens: two that both held it would fence each other off.
    """

    def __init__(self, client: Client, on_disconnect: OnDisconnect) -> None:
        self._client = client
        self._on_disconnect = on_disconnect
        self._lock = threading.Lock()
        self._live: dict[int, Trace] = {}

    def of(self, span: ReadableSpan) -> Trace:
        """Return the trace of a span that begins, known from now on."""
        number = _context(span).trace_id
        trace = self._live.get(number)
        if trace is None:
            trace = self._begin(number, is_called=span.parent is not None)
        return trace

    def enter(self, trace: Trace, span: ReadableSpan) -> None:
        """Note that a span has begun."""
        name = _context(span).span_id
        trace.spans[name] = span.parent.span_id if span.parent is not None else None
        trace.gate.begin_call(name)

    def leave(self, span: ReadableSpan) -> None:
        """Note that a span has ended; with the last one, its trace."""
        context = _context(span)
        trace = self._live.get(context.trace_id)
        if trace is None or context.span_id not in trace.spans:
            return
        trace.gate.end_call(context.span_id)
        with self._lock:
            del trace.spans[context.span_id]
            if trace.spans:
                return
            self._live.pop(context.trace_id, None)
        self._end(trace.gate, is_failed=span.status.status_code is StatusCode.ERROR)

    def drop_unbegun(self, span: ReadableSpan) -> None:
        """Forget a trace whose only span was not let through."""
        number = _context(span).trace_id
        with self._lock:
            trace = self._live.get(number)
            if trace is None or trace.spans:
                return
            del self._live[number]
        self._end(trace.gate, is_failed=False)

    def _begin(self, number: int, *, is_called: bool) -> Trace:
        with self._lock:
            if number not in self._live:
                gate = Gate(f"trace-{format_trace_id(number)}", on_disconnect=self._on_disconnect)
                gate.is_listener = is_called
                self._live[number] = Trace(gate)
                self._client.begin(gate)
            return self._live[number]

    def _end(self, gate: Gate, *, is_failed: bool) -> None:
        stopped = gate.stopped() if gate.has_raised else None
        state = ObservedState.FAILED if is_failed else ObservedState.COMPLETED
        gate.end(stopped.cause.ends_in if stopped is not None else state)
        self._client.part(gate)


def _context(span: ReadableSpan) -> SpanContext:
    context = span.get_span_context()
    assert context is not None
    return context
