"""Where a program's spans go."""

from __future__ import annotations

import logging
import weakref

from opentelemetry import trace
from opentelemetry.sdk.trace import SpanProcessor, TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor

from deliberation.client.settings import Settings

STARTS_EVERY_MS = 50
logger = logging.getLogger("deliberation")
_instrumented: weakref.WeakSet[TracerProvider] = weakref.WeakSet()


def is_instrumented(provider: TracerProvider) -> bool:
    """Return True, from the second time on that a provider is asked about."""
    before = provider in _instrumented
    _instrumented.add(provider)
    return before


def global_provider(settings: Settings) -> TracerProvider:
    """Return the program's provider; one that sends to the server, where the program has made none."""
    given = trace.get_tracer_provider()
    if isinstance(given, TracerProvider):
        return given
    made = TracerProvider()
    processor = send_to(settings)
    if processor is not None:
        made.add_span_processor(processor)
    trace.set_tracer_provider(made)
    return made


def send_to(settings: Settings) -> SpanProcessor | None:
    """Return what sends spans to the server soon; None without an exporter."""
    try:
        from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
    except ImportError:
        logger.warning(
            "Spans are seen when they end only: install opentelemetry-exporter-otlp-proto-http."
        )
        return None
    headers = {"authorization": f"Bearer {settings.key}"}
    exporter = OTLPSpanExporter(endpoint=f"{settings.url}/v1/traces", headers=headers)
    return BatchSpanProcessor(exporter, schedule_delay_millis=STARTS_EVERY_MS)
