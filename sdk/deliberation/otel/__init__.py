"""Programs that speak OpenTelemetry: one line makes an instrumented agent give way.

    import deliberation as dl

    dl.otel.instrument()

Needs `opentelemetry-sdk`, and `opentelemetry-exporter-otlp-proto-http` to send starts; both come
with `pip install deliberation[otel]`. Neither is imported before `instrument` is called.
"""

from deliberation.otel.instrument import instrument

__all__ = ["instrument"]
