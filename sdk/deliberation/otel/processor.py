"""The span processor: sends starts, and is the gate of programs that only speak OpenTelemetry."""

from __future__ import annotations

import logging

from opentelemetry.context import Context
from opentelemetry.sdk.trace import ReadableSpan, Span, SpanProcessor

from deliberation.client.client import Client
from deliberation.control import OnDisconnect
from deliberation.otel.pending import pending_span
from deliberation.otel.traces import Traces

logger = logging.getLogger("deliberation")


class ControlProcessor(SpanProcessor):
    """Each start of a span is a checkpoint of its trace, and is sent before the span ends.

    Raises nothing but `Stopped`, which no `except Exception` of a framework takes for a failure of
    its own. A span that is not let through has not begun: nobody ends it, and it is not sent.
    """

    def __init__(
        self,
        client: Client,
        starts: SpanProcessor | None,
        *,
        on_disconnect: OnDisconnect = OnDisconnect.CONTINUE,
    ) -> None:
        self._traces = Traces(client, on_disconnect)
        self._starts = starts
        self._has_complained = False

    def on_start(self, span: Span, parent_context: Context | None = None) -> None:
        """Wait while the trace is held; raise `Stopped` when it is to stop; else send the start."""
        try:
            trace = self._traces.of(span)
            around = trace.around(span.parent) if trace.gate.shut else None
        except Exception as error:  # noqa: BLE001 - tracing must never break the program
            self._complain(error)
            return
        if around is not None:
            try:
                trace.gate.check(around)
            except BaseException:
                self._traces.drop_unbegun(span)
                raise
        try:
            self._traces.enter(trace, span)
            if self._starts is not None:
                self._starts.on_end(pending_span(span))
        except Exception as error:  # noqa: BLE001 - as above
            self._complain(error)

    def on_end(self, span: ReadableSpan) -> None:
        """Note that the span is over, and with the last one its trace."""
        try:
            self._traces.leave(span)
        except Exception as error:  # noqa: BLE001 - as above
            self._complain(error)

    def shutdown(self) -> None:
        """Send the starts that wait. The program's other processors see to the ends."""
        if self._starts is not None:
            self._starts.shutdown()

    def force_flush(self, timeout_millis: int = 30_000) -> bool:
        """Send the starts that wait."""
        return self._starts.force_flush(timeout_millis) if self._starts is not None else True

    def _complain(self, error: Exception) -> None:
        if not self._has_complained:
            self._has_complained = True
            logger.warning("A span could not be controlled: %r. This is said once.", error)
