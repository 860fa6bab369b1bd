"""Whatever a client of these conventions puts in, it is read, and all of it is kept."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from deliberation.events import NodeObserved
from deliberation.events.codec import decode, encode
from ingest.mapping import map_span
from ingest.mapping.usage import OPENLLMETRY, VERCEL
from tests.unit.mapping.making import RUN, make_span, only
from tests.unit.mapping.told import leaves

INDEXED = [
    f"{prefix}.{number}.{field}"
    for prefix in ("gen_ai.prompt", "gen_ai.completion", "llm.prompts")
    for number in ("0", "1", "00", "x")
    for field in (
        *("role", "content", "user", "parts", "tool_calls", "type", "finish_reason", "reasoning"),
        *("tool_call_id", "tool_calls.0.name", "tool_calls.0.type", "tool_calls.00.name"),
        *("tool_calls.0", "function_call.name", "function_call", "content.x"),
    )
]
OTHERS = [
    *("llm.request.type", "traceloop.span.kind", "traceloop.entity.name", "gen_ai.tool.name"),
    *("traceloop.entity.input", "traceloop.entity.output", "gen_ai.task.input"),
    *("gen_ai.operation.name", "gen_ai.system", "gen_ai.request.model", "gen_ai.response.id"),
    *("gen_ai.response.finish_reasons", "gen_ai.response.model", "db.chroma.query.n_results"),
    *("ai.operationId", "ai.model.id", "ai.model.provider", "ai.prompt", "ai.prompt.messages"),
    *("ai.response.text", "ai.result.text", "ai.response.object", "ai.response.reasoning"),
    *("ai.response.toolCalls", "ai.response.finishReason", "ai.response.id", "ai.response.model"),
    *("ai.response.providerMetadata", "ai.toolCall.name", "ai.toolCall.args", "ai.toolCall.result"),
    *("metadata.usage_object", "gen_ai.usage.raw", "ag2.usage.kind", "mastra.span.type"),
    *("mastra.chat.input", "mastra.agent.output", "haystack.component.type", "haystack.tool.name"),
    *("haystack.component.input", "haystack.component.output", "haystack.agent.step.llm.output"),
    *("haystack.agent.input", "haystack.agent.step.tool.output", "haystack.pipeline.output_data"),
    *("openinference.span.kind", "llm.prompts", "llm.choices.0.completion.text", "output.value"),
    *("input.value", "gen_ai.tool.call.result", "haystack.agent.max_steps"),
    *("ai.value", "ai.values", "ai.documents", "ai.ranking", "ai.usage.totalTokens"),
]
COUNTS = [name for names in (OPENLLMETRY, VERCEL) for each in names.values() for name in each]

WORDS = st.sampled_from(
    [
        *("chat", "task", "tool", "agent", "thinking", "ai.toolCall", "ai.generateText.doGenerate"),
        *("ai.generateText", "ai.embed.doEmbed", "openai.chat", "\0", "\ud800", "12", "NaN", ""),
        *("[{", '{"args":', '{"inputs":{"a":12345678901234567890123}}', '"said"', "[[[[[[[["),
        '{"anthropic":{"usage":{"input_tokens":12}},"gateway":{"cost":"1e999"}}',
        '{"args":["x"],"kwargs":{}}',
        *('{"args":[],"kwargs":{}}', '{"kwargs":{"a":1}}', '{"output":{"lc":1,"kwargs":{}}}'),
        *(
            "OpenAIGenerator",
            "LLM",
            "TOOL",
            "{'prompt_tokens': 12}",
            '{"replies":["a",{"role":1}]}',
        ),
        '{"messages":[{"role":"user","content":[{"tool_call":{}}]}],"tools":[],"replies":[[]]}',
    ]
)
TYPES = st.sampled_from(["text", "tool-call", "tool-result", "file", "json", "image", "thinking"])
NAMES = st.sampled_from(
    [
        *("type", "role", "content", "parts", "text", "image", "url", "input", "args", "data"),
        *("arguments", "toolCallId", "id", "output", "result", "value", "system", "mimeType"),
        *("prompt", "messages", "kwargs", "lc", "tool_use_id", "thinking", "image_url"),
    ]
)
INNER = st.recursive(
    st.none() | st.booleans() | st.integers(-(10**23), 10**23) | st.text(max_size=4),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(NAMES, inner | TYPES, max_size=4),
    max_leaves=10,
)
PART = st.builds(lambda kind, part: {**part, "type": kind}, TYPES, st.dictionaries(NAMES, INNER))
MESSAGE = st.dictionaries(NAMES, INNER | st.lists(PART, max_size=3), max_size=4)
SAID = st.lists(MESSAGE | PART | INNER, max_size=3) | MESSAGE
WHOLE = st.integers(-(2**63), 2**63 - 1) | st.integers(0, 30)
VALUES = st.none() | st.booleans() | WHOLE | WORDS | SAID.map(json.dumps) | st.lists(WORDS)
ATTRIBUTES = st.dictionaries(st.sampled_from(INDEXED + OTHERS + COUNTS), VALUES, max_size=9)

SHAPE = frozenset(
    {
        *("text", "json", "tool-call", "tool-result", "image", "file", "reasoning", "thinking"),
        *("uri", "blob", "tool_call_response", "tool_use", "tool_result", "image_url"),
    }
)
NULLS = dict.fromkeys(
    [
        *("role", "content", "parts", "text", "image", "url", "input", "args", "data"),
        *("arguments", "toolCallId"),
    ]
)
ODD_WRAPPER = json.dumps([{"type": "file", **NULLS, "image_url": {"type": False}}])


@given(ATTRIBUTES)
@example({"gen_ai.prompt.0.content": ODD_WRAPPER})
def test_any_attributes_are_read_and_none_is_lost(attributes: dict[str, Any]) -> None:
    node = map_span(make_span(attributes, name="\0\ud800"), RUN)[0]
    assert decode(encode(node)) == node
    plain = encode(node)
    told, rest = set(leaves(plain)), json.loads(plain["attributes"])
    for key, value in attributes.items():
        if key in rest:
            assert rest[key] == value
        else:
            assert set(leaves(value)) - told - SHAPE == set(), key


@pytest.mark.parametrize("depth", [100, 250, 253, 300, 1020, 100_000])
@pytest.mark.parametrize(
    ("name", "beside"),
    [
        ("ai.prompt.messages", {"ai.operationId": "ai.streamText.doStream"}),
        ("ai.prompt", {"ai.operationId": "ai.streamText"}),
        ("ai.response.toolCalls", {"ai.operationId": "ai.streamText.doStream"}),
        ("ai.response.providerMetadata", {"ai.operationId": "ai.streamText.doStream"}),
        ("ai.value", {"ai.operationId": "ai.embed.doEmbed"}),
        ("traceloop.entity.input", {"traceloop.span.kind": "task"}),
        ("gen_ai.prompt.0.content", {"llm.request.type": "chat"}),
    ],
)
@pytest.mark.parametrize(
    "around", ["%s", '{"inputs":%s,"prompt":1}', '[{"type":"text","content":%s}]', '"%s"']
)
def test_json_nested_beyond_reason_is_kept(
    name: str, beside: dict[str, Any], depth: int, around: str
) -> None:
    deep = around % ("[" * depth + "]" * depth)
    node = only(map_span(make_span({**beside, name: deep}), RUN), NodeObserved)
    assert decode(encode(node)) == node


def test_an_attribute_of_megabytes_is_kept_as_it_is() -> None:
    long = json.dumps([{"role": "user", "content": "x" * 5_000_000}])
    inner = {"ai.operationId": "ai.streamText.doStream", "ai.prompt.messages": long}
    assert only(map_span(make_span(inner), RUN), NodeObserved).input == long


def test_a_hundred_thousand_attributes_are_read_in_one_pass() -> None:
    many = {f"gen_ai.prompt.{n}.content": "x" for n in range(100_000)}
    node = only(map_span(make_span(many), RUN), NodeObserved)
    assert len(json.loads(node.input)) == 100_000
