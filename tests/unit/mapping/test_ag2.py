"""AG2 writes a span for a call and another one that accounts for the same tokens."""

from __future__ import annotations

from deliberation.vocabulary import NodeKind, Usage
from tests.unit.mapping.making import observe, rest_of

ACCOUNT = {
    "ag2.span.type": "usage",
    "ag2.usage.kind": "model_call",
    "gen_ai.response.model": "gpt-4o",
    "gen_ai.usage.input_tokens": 100,
    "gen_ai.usage.output_tokens": 30,
    "gen_ai.usage.thinking_tokens": 20,
}


def test_it_works() -> None:
    node = observe(ACCOUNT)
    assert (node.node_kind, node.usage, node.model) == (NodeKind.STEP, None, None)
    rest = rest_of(node)
    assert {name: rest[name] for name in ACCOUNT} == ACCOUNT


def test_what_no_span_of_a_call_tells_is_counted_here() -> None:
    node = observe({**ACCOUNT, "ag2.usage.kind": "compaction"})
    assert node.usage == Usage(input=100, output=30, reasoning=20)
    assert node.node_kind is NodeKind.STEP


def test_its_calls_are_genai_s() -> None:
    call = {**ACCOUNT, "ag2.span.type": "llm", "gen_ai.operation.name": "chat"}
    del call["ag2.usage.kind"]
    node = observe(call)
    assert node.node_kind is NodeKind.MODEL_CALL
    assert node.usage == Usage(input=100, output=30, reasoning=20)
