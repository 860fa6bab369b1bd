"""The Vercel AI SDK's spans, of its versions 4 to 7."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import Any

import pytest

from deliberation.vocabulary import CostBasis, CostProvenance, NodeKind, TextVisibility, Usage
from tests.unit.mapping.making import observe, rest_of

INNER, OUTER = "ai.generateText.doGenerate", "ai.generateText"
REQUEST: dict[str, Any] = {
    "ai.operationId": INNER,
    "ai.model.provider": "openai.chat",
    "ai.model.id": "gpt-4o",
    "ai.prompt.messages": '[{"role":"user","content":[{"type":"text","text":"6*7?"}]}]',
    "ai.response.finishReason": "stop",
    "ai.response.text": "42",
    "ai.response.id": "chatcmpl-1",
    "ai.response.model": "gpt-4o-2024-08-06",
    "ai.usage.inputTokens": 10,
    "ai.usage.inputTokenDetails.noCacheTokens": 6,
    "ai.usage.inputTokenDetails.cacheReadTokens": 4,
    "ai.usage.cachedInputTokens": 4,
    "ai.usage.outputTokens": 20,
    "ai.usage.outputTokenDetails.reasoningTokens": 0,
    "ai.usage.reasoningTokens": 0,
    "ai.usage.totalTokens": 30,
    "gen_ai.system": "openai.chat",
    "gen_ai.request.model": "gpt-4o",
    "gen_ai.response.model": "gpt-4o-2024-08-06",
    "gen_ai.response.id": "chatcmpl-1",
    "gen_ai.response.finish_reasons": ["stop"],
    "gen_ai.usage.input_tokens": 10,
    "gen_ai.usage.output_tokens": 20,
}


def parts_of(text: str | None) -> list[Any]:
    """Return the parts of the only message."""
    [message] = json.loads(text or "")
    parts: list[Any] = message["parts"]
    return parts


def test_it_works() -> None:
    node = observe(REQUEST)
    assert node.node_kind is NodeKind.MODEL_CALL
    assert (node.model, node.provider) == ("gpt-4o-2024-08-06", "openai")
    assert (node.response_id, node.finish_reason) == ("chatcmpl-1", "stop")
    assert node.usage == Usage(input=10, cache_read=4, output=20, reasoning=0)
    assert node.cost_basis is CostBasis.MEASURED
    assert node.text_visibility is TextVisibility.FULL
    said = {"role": "user", "parts": [{"type": "text", "content": "6*7?"}]}
    assert json.loads(node.input or "") == [said]
    assert parts_of(node.output) == [{"type": "text", "content": "42"}]
    assert rest_of(node)["deliberation.convention"] == "vercel+genai"


def test_what_genai_s_names_repeat_is_said_once_and_the_name_of_the_model_asked_for_stays() -> None:
    rest = rest_of(observe(REQUEST))
    assert [key for key in rest if key.startswith("gen_ai.")] == []
    assert (rest["ai.model.id"], rest["ai.model.provider"]) == ("gpt-4o", "openai.chat")


def test_what_genai_s_names_say_otherwise_stays() -> None:
    other = {"gen_ai.response.id": "other", "gen_ai.usage.input_tokens": 11}
    node = observe({**REQUEST, **other})
    assert (node.response_id, node.usage and node.usage.input) == ("chatcmpl-1", 10)
    assert {key: rest_of(node)[key] for key in other} == other


@pytest.mark.parametrize(
    ("operation", "kind"),
    [
        ("ai.generateText", NodeKind.AGENT),
        ("ai.streamObject", NodeKind.AGENT),
        ("ai.streamText.doStream", NodeKind.MODEL_CALL),
        ("ai.generateObject.doGenerate", NodeKind.MODEL_CALL),
        ("ai.generateSomethingNew.doGenerate", NodeKind.MODEL_CALL),
        ("ai.toolCall", NodeKind.TOOL_CALL),
        ("ai.embedMany", NodeKind.STEP),
        ("ai.embedMany.doEmbed", NodeKind.RETRIEVAL),
        ("ai.rerank.doRerank", NodeKind.RETRIEVAL),
        ("ai.other", NodeKind.STEP),
        (7, NodeKind.STEP),
    ],
)
def test_the_operation_tells_the_kind(operation: Any, kind: NodeKind) -> None:
    assert observe({"ai.operationId": operation}).node_kind is kind


def test_a_span_whose_operation_was_cut_is_told_by_its_name() -> None:
    cut = {key: value for key, value in REQUEST.items() if key != "ai.operationId"}
    assert observe(cut, name=INNER).node_kind is NodeKind.MODEL_CALL


def test_an_outer_span_s_sums_have_no_basis_and_no_money() -> None:
    outer = {**REQUEST, "ai.operationId": OUTER, "ai.prompt": '{"prompt":"6*7?"}'}
    node = observe({**outer, "ai.response.providerMetadata": '{"gateway":{"cost":"0.5"}}'})
    assert node.usage == Usage(input=10, cache_read=4, output=20, reasoning=0)
    assert (node.node_kind, node.cost_basis, node.cost) == (NodeKind.AGENT, None, None)


BARE = {"ai.operationId": INNER, "ai.model.id": "m"}
OPENAI = '{"openai":{"cachedPromptTokens":3,"reasoningTokens":5}}'
OPENROUTER = '{"openrouter":{"usage":{"promptTokensDetails":{"cachedTokens":3},"cost":0.002}}}'
ANTHROPIC_4 = '{"anthropic":{"cacheCreationInputTokens":64,"cacheReadInputTokens":10}}'
ANTHROPIC_5 = (
    '{"anthropic":{"usage":{"input_tokens":15,"cache_creation_input_tokens":64,'
    '"cache_read_input_tokens":10},"cacheCreationInputTokens":64}}'
)
GEMINI = '{"google":{"usageMetadata":{"candidatesTokenCount":20,"thoughtsTokenCount":7}}}'
BEDROCK = '{"bedrock":{"usage":{"cacheReadInputTokens":10,"cacheWriteInputTokens":64}}}'


@pytest.mark.parametrize(
    ("stated", "metadata", "usage"),
    [
        ({"promptTokens": 10, "completionTokens": 20}, None, Usage(input=10, output=20)),
        (
            {"promptTokens": 10, "completionTokens": 20},
            OPENAI,
            Usage(input=10, cache_read=3, output=20, reasoning=5),
        ),
        ({"promptTokens": 10}, OPENROUTER, Usage(input=10, cache_read=3)),
        ({"promptTokens": 15}, ANTHROPIC_4, Usage(input=89, cache_read=10, cache_write=64)),
        ({"promptTokens": 15}, ANTHROPIC_5, Usage(input=89, cache_read=10, cache_write=64)),
        ({"promptTokens": 89}, ANTHROPIC_5, Usage(input=89, cache_read=10, cache_write=64)),
        ({"promptTokens": 15}, BEDROCK, Usage(input=89, cache_read=10, cache_write=64)),
        (
            {"inputTokens": 15, "cachedInputTokens": 10, "outputTokens": 5, "totalTokens": 20},
            ANTHROPIC_5,
            Usage(input=89, cache_read=10, cache_write=64, output=5),
        ),
        (
            {"inputTokens": 89, "inputTokenDetails.cacheReadTokens": 10, "cachedInputTokens": 10},
            ANTHROPIC_5,
            Usage(input=89, cache_read=10, cache_write=64),
        ),
        (
            {"inputTokens": 100, "outputTokens": 20, "reasoningTokens": 7, "totalTokens": 127},
            None,
            Usage(input=100, output=27, reasoning=7),
        ),
        (
            {"inputTokens": 100, "outputTokens": 20, "reasoningTokens": 7, "totalTokens": 120},
            None,
            Usage(input=100, output=20, reasoning=7),
        ),
        (
            {"inputTokens": 13, "cachedInputTokens": 90, "outputTokens": 2, "totalTokens": 105},
            None,
            Usage(input=103, cache_read=90, output=2),
        ),
        (
            {"promptTokens": 100, "completionTokens": 20},
            GEMINI,
            Usage(input=100, output=27, reasoning=7),
        ),
        (
            {"promptTokens": 100, "completionTokens": 27},
            GEMINI,
            Usage(input=100, output=27, reasoning=7),
        ),
        ({"inputTokens": "10", "outputTokens": "NaN"}, "[broken", Usage(input=10)),
        ({"tokens": 2}, "7", Usage(input=2)),
    ],
)
def test_each_version_and_provider_counts_its_own_way_and_comes_out_inclusive(
    stated: dict[str, Any], metadata: str | None, usage: Usage
) -> None:
    attributes = {f"ai.usage.{name}": value for name, value in stated.items()}
    node = observe({**BARE, **attributes, "ai.response.providerMetadata": metadata})
    assert node.usage == usage


def test_a_figure_that_was_corrected_stays_an_attribute_and_its_repetition_does_not() -> None:
    twin = {"ai.usage.promptTokens": 15, "gen_ai.usage.input_tokens": 15}
    node = observe({**BARE, **twin, "ai.response.providerMetadata": ANTHROPIC_4})
    assert node.usage == Usage(input=89, cache_read=10, cache_write=64)
    rest = rest_of(node)
    assert rest["ai.usage.promptTokens"] == 15
    assert rest["ai.response.providerMetadata"] == ANTHROPIC_4
    assert "gen_ai.usage.input_tokens" not in rest


@pytest.mark.parametrize(
    ("metadata", "amount"),
    [
        ('{"gateway":{"cost":"0.0012","routing":{}}}', Decimal("0.0012")),
        (OPENROUTER, Decimal("0.002")),
        ('{"gateway":{"cost":"much"}}', None),
        ('{"gateway":"cost"}', None),
    ],
)
def test_what_a_gateway_charged_is_a_reported_cost(metadata: str, amount: Decimal | None) -> None:
    cost = observe({**BARE, "ai.response.providerMetadata": metadata}).cost
    assert (cost and cost.amount) == amount
    assert cost is None or cost.provenance is CostProvenance.REPORTED


@pytest.mark.parametrize(
    ("named", "provider"),
    [
        ("openai.responses", "openai"),
        ("anthropic.messages", "anthropic"),
        ("google.vertex.chat", "gcp.vertex_ai"),
        ("google.generative-ai", "gcp.gemini"),
        ("amazon-bedrock", "aws.bedrock"),
        ("vertex.anthropic.messages", "gcp.vertex_ai"),
        ("my-own", "my-own"),
    ],
)
def test_the_provider_is_who_serves_the_model(named: str, provider: str) -> None:
    assert observe({**BARE, "ai.model.provider": named}).provider == provider


def test_a_conversation_of_any_version_becomes_messages() -> None:
    said = [
        {"role": "system", "content": "Judge."},
        {"role": "user", "content": [{"type": "image", "image": "https://x/y", "mimeType": "a/b"}]},
        {
            "role": "assistant",
            "content": [
                {"type": "reasoning", "text": "hm", "signature": "s"},
                {"type": "tool-call", "toolCallId": "c1", "toolName": "calc", "args": {"a": 1}},
                {"type": "tool-call", "toolCallId": "c2", "toolName": "calc", "input": "{broken"},
            ],
            "providerOptions": {"x": 1},
        },
        {
            "role": "tool",
            "content": [
                {"type": "tool-result", "toolCallId": "c1", "toolName": "calc", "result": 42},
                {"type": "tool-result", "output": {"type": "json", "value": {"n": 1}}},
                {"type": "tool-result", "output": {"type": "error-text", "value": "no"}},
            ],
        },
        {"role": "user", "content": [{"type": "file", "mediaType": "image/png", "data": "iVBO"}]},
    ]
    node = observe({**BARE, "ai.prompt.messages": json.dumps(said)})
    system, asked, called, answered, shown = json.loads(node.input or "")
    assert system == {"role": "system", "parts": [{"type": "text", "content": "Judge."}]}
    assert asked["parts"] == [{"type": "image", "url": "https://x/y", "mime_type": "a/b"}]
    assert called["providerOptions"] == {"x": 1}
    assert called["parts"] == [
        {"type": "reasoning", "content": "hm", "signature": "s"},
        {"type": "tool_call", "id": "c1", "name": "calc", "arguments": {"a": 1}},
        {"type": "tool_call", "id": "c2", "name": "calc", "arguments": "{broken"},
    ]
    assert answered["parts"] == [
        {"type": "tool_result", "id": "c1", "name": "calc", "result": 42},
        {"type": "tool_result", "result": {"n": 1}},
        {"type": "tool_result", "result": {"type": "error-text", "value": "no"}},
    ]
    assert shown["parts"] == [{"type": "image", "mime_type": "image/png", "content": "iVBO"}]


@pytest.mark.parametrize(
    ("prompt", "roles"),
    [
        ('{"system":"Judge.","prompt":"6*7?"}', ["system", "user"]),
        ('{"system":{"role":"system","content":"J"},"prompt":"6*7?"}', ["system", "user"]),
        ('{"messages":[{"role":"user","content":"6*7?"}]}', ["user"]),
        ('{"prompt":[{"role":"user","content":"6*7?"}]}', ["user"]),
    ],
)
def test_what_the_program_gave_becomes_messages(prompt: str, roles: list[str]) -> None:
    node = observe({"ai.operationId": OUTER, "ai.prompt": prompt})
    messages = json.loads(node.input or "")
    assert [message["role"] for message in messages] == roles
    assert messages[-1]["parts"] == [{"type": "text", "content": "6*7?"}]
    assert "ai.prompt" not in rest_of(node)


@pytest.mark.parametrize("prompt", ["not json", "{broken", '{"other":1}', "", "[" * 9000])
def test_a_prompt_of_another_shape_stays_the_text_it_is(prompt: str) -> None:
    assert observe({"ai.operationId": OUTER, "ai.prompt": prompt}).input == prompt


def test_the_pieces_of_a_response_are_one_message() -> None:
    calls = [{"toolCallId": "c1", "toolName": "calc", "input": '{"a":'}, {"toolName": "x"}]
    pieces = {
        "ai.response.reasoning": "hm",
        "ai.response.text": "Two.",
        "ai.response.toolCalls": json.dumps(calls),
        "ai.response.finishReason": "tool-calls",
    }
    node = observe({**BARE, **pieces})
    assert json.loads(node.output or "")[0]["finish_reason"] == "tool-calls"
    assert node.reasoning == "hm"
    assert parts_of(node.output) == [
        {"type": "reasoning", "content": "hm"},
        {"type": "text", "content": "Two."},
        {"type": "tool_call", "id": "c1", "name": "calc", "arguments": '{"a":'},
        {"type": "tool_call", "name": "x"},
    ]
    assert not set(pieces) & set(rest_of(node))


def test_an_object_is_the_text_that_was_written() -> None:
    node = observe({**BARE, "ai.response.object": '{"winner":"A"}'})
    assert parts_of(node.output) == [{"type": "text", "content": '{"winner":"A"}'}]


def test_tool_calls_that_cannot_be_read_stay() -> None:
    node = observe({**BARE, "ai.response.text": "a", "ai.response.toolCalls": "[{"})
    assert rest_of(node)["ai.response.toolCalls"] == "[{"
    assert parts_of(node.output) == [{"type": "text", "content": "a"}]


def test_a_tool_has_its_name_its_arguments_and_its_result() -> None:
    tool = {"name": "calc", "id": "c1", "args": '{"a":1}', "result": '{"n":42}'}
    attributes = {f"ai.toolCall.{name}": value for name, value in tool.items()}
    node = observe({"ai.operationId": "ai.toolCall", **attributes})
    assert (node.tool, node.input, node.output) == ("calc", '{"a":1}', '{"n":42}')
    assert rest_of(node)["ai.toolCall.id"] == "c1"


def test_an_embedding_reads_texts() -> None:
    many = {"ai.values": ['"lemma 1"', "bare"], "ai.usage.tokens": 2, "ai.model.id": "m"}
    node = observe({"ai.operationId": "ai.embedMany.doEmbed", **many})
    assert (node.input, node.usage) == ('["lemma 1","bare"]', Usage(input=2))
    assert node.cost_basis is CostBasis.MEASURED
    assert observe({"ai.operationId": "ai.embed.doEmbed", "ai.value": '"x"'}).input == "x"


def test_the_seventh_version_is_genai_with_one_name_of_its_own() -> None:
    node = observe(
        {
            "gen_ai.operation.name": "chat",
            "gen_ai.usage.output_tokens": 9,
            "ai.usage.outputTokenDetails.reasoningTokens": 5,
        }
    )
    assert node.usage == Usage(output=9, reasoning=5)


def test_the_seventh_version_s_additions_are_read_after_genai_s_names() -> None:
    said = {"ai.response.providerMetadata": '{"gateway":{"cost":"0.0012"}}'}
    call = observe({"gen_ai.operation.name": "chat", **said})
    assert (call.cost and call.cost.amount) == Decimal("0.0012")
    assert observe({"gen_ai.operation.name": "invoke_agent", **said}).cost is None
    embedded = observe({"gen_ai.operation.name": "embeddings", "ai.values": ['"a"', '"b"']})
    assert (embedded.node_kind, embedded.input) == (NodeKind.RETRIEVAL, '["a","b"]')
    ranking = {"ai.documents": ['"x"'], "ai.ranking": ['{"index":0}']}
    ranked = observe({"gen_ai.operation.name": "rerank", **ranking})
    assert (ranked.node_kind, ranked.input) == (NodeKind.RETRIEVAL, '["x"]')


def test_a_call_whose_text_was_not_recorded_says_so() -> None:
    silent = {key: value for key, value in REQUEST.items() if key != "ai.response.text"}
    assert observe(silent).text_visibility is TextVisibility.NONE


def test_what_traceloop_s_processor_rewrote_is_read_from_where_it_is_now() -> None:
    moved = ("ai.prompt.messages", "ai.response.text", "ai.model.provider", "gen_ai.system")
    left = {key: value for key, value in REQUEST.items() if key not in moved}
    asked = '[{"role":"user","parts":[{"type":"text","content":"6*7?"}]}]'
    now = {
        "gen_ai.system": "OpenAI",
        "gen_ai.prompt.0.role": "user",
        "gen_ai.prompt.0.content": "6*7?",
        "gen_ai.input.messages": asked,
        "gen_ai.completion.0.role": "assistant",
        "gen_ai.completion.0.content": "42",
        "llm.usage.total_tokens": 30,
    }
    inner = observe({**left, **now}, name="text.generate")
    outer = observe({**left, **now, "ai.operationId": OUTER}, name="run.ai")
    for node in (inner, outer):
        assert (node.input, node.provider) == (asked, "openai")
        assert parts_of(node.output) == [{"type": "text", "content": "42"}]
        assert node.usage == Usage(input=10, cache_read=4, output=20, reasoning=0)
    assert (inner.cost_basis, outer.cost_basis) == (CostBasis.MEASURED, None)
    assert (inner.node_kind, outer.node_kind) == (NodeKind.MODEL_CALL, NodeKind.AGENT)
    assert inner.text_visibility is TextVisibility.FULL
    tool = {"ai.operationId": "ai.toolCall", "ai.toolCall.name": "calc"}
    ran = observe({**tool, "traceloop.entity.input": "in", "traceloop.entity.output": "out"})
    assert (ran.node_kind, ran.tool) == (NodeKind.TOOL_CALL, "calc")
    assert (ran.input, ran.output) == ("in", "out")


def test_openinference_s_names_on_the_same_span_do_not_make_an_outer_span_a_call() -> None:
    both = {"ai.operationId": OUTER, "openinference.span.kind": "LLM", "llm.model_name": "m"}
    assert observe(both).node_kind is NodeKind.AGENT
