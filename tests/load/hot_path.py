"""What one span costs on the way in, in one process: inflate, check, decode, map, price.

Run as `python -m tests.load.hot_path`. 2 KB GenAI spans, 512 to a gzip body; the best of some
rounds, since a machine that is shared only ever adds time.
"""

from __future__ import annotations

import gzip
import json
import sys
from collections.abc import Callable
from datetime import date
from decimal import Decimal
from random import Random
from time import perf_counter
from typing import Any

from opentelemetry.proto.common.v1.common_pb2 import AnyValue, ArrayValue, KeyValue
from opentelemetry.proto.trace.v1.trace_pb2 import Span, TracesData

from deliberation.vocabulary import Usage
from ingest.mapping import map_span
from ingest.wire.body import inflate
from ingest.wire.otlp import check_traces, decode_traces
from traces.pricing import BUNDLED, Override, PriceList, price_call

SPANS = 512
ROUNDS = 12
RUN = "018f0000-0000-7000-8000-000000000000"
WORDS = [f"{Random(n).getrandbits(28):x}" for n in range(4000)]
NOW = 1_795_456_315_000_000_000
CALL = ("gpt-4o-mini", "openai")


def text(key: str, value: str) -> KeyValue:
    """Return a text attribute."""
    return KeyValue(key=key, value=AnyValue(string_value=value))


def whole(key: str, value: int) -> KeyValue:
    """Return an integer attribute."""
    return KeyValue(key=key, value=AnyValue(int_value=value))


def prose(seed: int, words: int) -> str:
    """Return words that compress about as well as language does, 3 : 1."""
    chance = Random(seed)
    return " ".join(chance.choice(WORDS) for _ in range(words))


def genai_span(number: int) -> Span:
    """Return a chat span of about 2 KB with a parent, as the current GenAI instrumentations do."""
    asked = [{"role": "user", "parts": [{"type": "text", "content": prose(number, 80)}]}]
    said = [{"role": "assistant", "parts": [{"type": "text", "content": prose(-number, 80)}]}]
    reasons = ArrayValue(values=[AnyValue(string_value="stop")])
    return Span(
        trace_id=(number // 64 + 1).to_bytes(16, "big"),
        span_id=(number + 1).to_bytes(8, "big"),
        parent_span_id=b"\7" * 8,
        name="chat gpt-4o-mini",
        kind=3,
        start_time_unix_nano=NOW + number,
        end_time_unix_nano=NOW + number + 10**9,
        attributes=[
            text("gen_ai.operation.name", "chat"),
            text("gen_ai.provider.name", "openai"),
            text("gen_ai.request.model", "gpt-4o-mini"),
            text("server.address", "api.openai.com"),
            whole("server.port", 443),
            whole("gen_ai.request.seed", number),
            KeyValue(key="gen_ai.request.temperature", value=AnyValue(double_value=0.7)),
            KeyValue(key="gen_ai.response.finish_reasons", value=AnyValue(array_value=reasons)),
            text("gen_ai.response.model", "gpt-4o-mini-2024-07-18"),
            text("gen_ai.response.id", f"chatcmpl-{number:024x}"),
            whole("gen_ai.usage.input_tokens", 812),
            whole("gen_ai.usage.output_tokens", 96),
            whole("gen_ai.usage.cache_read.input_tokens", 128),
            whole("gen_ai.usage.reasoning.output_tokens", 41),
            text("gen_ai.input.messages", json.dumps(asked)),
            text("gen_ai.output.messages", json.dumps(said)),
            text("openai.response.service_tier", "default"),
            text("openai.response.system_fingerprint", "fp_44709d6fcb"),
        ],
    )


def genai_body() -> bytes:
    """Return one export request of `SPANS` spans, not compressed."""
    data = TracesData()
    resource = data.resource_spans.add()
    resource.resource.attributes.extend([text("service.name", "bench"), text("host.name", "here")])
    scope = resource.scope_spans.add()
    scope.scope.name = "opentelemetry.instrumentation.genai.openai"
    scope.spans.extend(genai_span(number) for number in range(SPANS))
    return data.SerializeToString()


def best(work: Callable[[], Any], count: int = SPANS) -> float:
    """Return µs per span of the quickest round."""
    times = []
    for _ in range(ROUNDS):
        begun = perf_counter()
        work()
        times.append(perf_counter() - begun)
    return min(times) / count * 1e6


def measure() -> dict[str, float]:
    """Return µs per span of each step."""
    body = genai_body()
    packed = gzip.compress(body, 6)
    spans = decode_traces(body, "protobuf").records
    usage = Usage(input=812, output=96, cache_read=128, reasoning=41)
    assert price_call("gpt-4o-mini", "openai", usage, NOW).amount != Decimal(0)
    return {
        "bytes": len(body) / SPANS,
        "gzip_ratio": len(body) / len(packed),
        "inflate": best(lambda: inflate(packed, "gzip")),
        "check": best(lambda: check_traces(body, "protobuf")),
        "decode": best(lambda: decode_traces(body, "protobuf")),
        "map": best(lambda: [map_span(span, RUN) for span in spans]),
        "price": best(
            lambda: [price_call("gpt-4o-mini", "openai", usage, NOW) for _ in range(SPANS)]
        ),
        "price_no_own": best(lambda: [BUNDLED.cost_of(*CALL, usage, NOW) for _ in range(SPANS)]),
        "price_100_own": best(lambda: price_by_own(usage)),
    }


def price_by_own(usage: Usage) -> None:
    """Price as many calls as a body has in a project with 100 prices of its own, of which the last fits."""
    prices = PriceList(own_price(number) for number in range(100))
    for _ in range(SPANS):
        prices.cost_of(*CALL, usage, NOW)


def own_price(number: int) -> Override:
    """Return a price; that of number 0 is for the body's model."""
    return Override(
        id=number,
        model=f"model-{number}-*" if number else "gpt-4o*",
        provider=None,
        valid_from=date(2026, 1, 1),
        valid_until=None,
        input=Decimal(1),
        cache_read=Decimal("0.5"),
        cache_write=None,
        output=Decimal(4),
        created_on=date(2026, 1, 1),
    )


if __name__ == "__main__":
    sys.stdout.write(
        json.dumps({name: round(value, 2) for name, value in measure().items()}) + "\n"
    )
