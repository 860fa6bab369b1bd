"""The starts that the SDK's span processor sends are what ingest takes for spans that go on."""

from __future__ import annotations

from opentelemetry.exporter.otlp.proto.common.trace_encoder import encode_spans
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.trace import format_span_id

from deliberation.otel.pending import pending_span
from ingest.mapping.pending import unfold
from ingest.wire.otlp import decode_traces


def test_it_works() -> None:
    tracer = TracerProvider(shutdown_on_exit=False).get_tracer("an.agent")
    with tracer.start_as_current_span("agent") as root:
        chat = tracer.start_span("chat", attributes={"gen_ai.system": "demo"})
        spans = [pending_span(span) for span in (root, chat)]  # type: ignore[arg-type]
    body = encode_spans(spans).SerializeToString()
    first, second = (unfold(span) for span in decode_traces(body, "protobuf").records)
    names = [format_span_id(span.get_span_context().span_id) for span in (root, chat)]
    assert [first.span_id, second.span_id] == names
    assert (first.parent_id, second.parent_id) == (None, names[0])
    assert (first.ended_at, second.ended_at) == (None, None)
    assert second.attributes["gen_ai.system"] == "demo"
