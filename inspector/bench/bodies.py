"""OTLP bodies for load: 512 GenAI spans of about 2 KB each, in traces of about 100, ids unique."""

from __future__ import annotations

import gzip
import json
import random
from dataclasses import dataclass

from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceRequest
from opentelemetry.proto.trace.v1.trace_pb2 import Span

SPANS_PER_BODY = 512
SPANS_PER_TRACE = 100
WORDS = [
    *["search", "branch", "value", "verifier", "sample", "answer", "tool", "reason", "plan"],
    *["check", "because", "number", "divide", "sum", "keep", "prune", "candidate", "evidence"],
    *["budget", "token", "model", "prompt", "step", "result", "error", "compare", "rank", "vote"],
]


@dataclass(frozen=True, slots=True)
class Body:
    """One gzip body and the trace and span that close it."""

    data: bytes
    last_trace: str
    last_span: str


def make_bodies(count: int, seed: int) -> list[Body]:
    """Return `count` bodies, made beforehand so that making them is not measured."""
    rng = random.Random(seed)
    return [_body(rng, now_ns=1_763_900_000_000_000_000 + n * 10**9) for n in range(count)]


def _body(rng: random.Random, now_ns: int) -> Body:
    request = ExportTraceServiceRequest()
    resource = request.resource_spans.add()
    resource.resource.attributes.add(key="service.name").value.string_value = "bench"
    scope = resource.scope_spans.add()
    scope.scope.name = "opentelemetry.instrumentation.genai.bench"
    trace, root = b"", b""
    for index in range(SPANS_PER_BODY):
        if index % SPANS_PER_TRACE == 0:
            trace, root = rng.randbytes(16), b""
        span = scope.spans.add(trace_id=trace, span_id=rng.randbytes(8), parent_span_id=root)
        root = root or span.span_id
        _fill(span, rng, now_ns + index * 1_000_000)
    last = scope.spans[-1]
    data = gzip.compress(request.SerializeToString(), 1)
    return Body(data, last.trace_id.hex(), last.span_id.hex())


def _fill(span: Span, rng: random.Random, start: int) -> None:
    span.name = "chat gpt-4o-mini"
    span.kind = Span.SPAN_KIND_CLIENT
    span.start_time_unix_nano, span.end_time_unix_nano = start, start + 350_000_000
    texts = {
        "gen_ai.operation.name": "chat",
        "gen_ai.provider.name": "openai",
        "gen_ai.request.model": "gpt-4o-mini",
        "gen_ai.response.model": "gpt-4o-mini-2024-07-18",
        "gen_ai.response.id": f"chatcmpl-{rng.getrandbits(96):024x}",
        "gen_ai.input.messages": _messages("user", rng, 150),
        "gen_ai.output.messages": _messages("assistant", rng, 75),
        "gen_ai.conversation.id": f"conversation-{rng.getrandbits(32):08x}",
        "server.address": "api.example.test",
    }
    for key, text in texts.items():
        span.attributes.add(key=key).value.string_value = text
    numbers = {
        "gen_ai.usage.input_tokens": rng.randint(50, 900),
        "gen_ai.usage.output_tokens": rng.randint(5, 400),
    }
    for key, number in numbers.items():
        span.attributes.add(key=key).value.int_value = number
    span.attributes.add(key="gen_ai.request.temperature").value.double_value = 0.7


def _messages(role: str, rng: random.Random, words: int) -> str:
    content = " ".join(rng.choices(WORDS, k=words))
    return json.dumps([{"role": role, "parts": [{"type": "text", "content": content}]}])
