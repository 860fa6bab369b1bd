"""Records of conventions that nobody has heard of, read by what the names of their attributes mean."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import Any

import pytest

from deliberation.vocabulary import CostBasis, NodeKind, Usage
from tests.unit.mapping.making import observe, rest_of
from tests.unit.mapping.test_recordings import calls_of, distinct, spans_of, tokens_of
from tests.unit.wire.recordings import summary

CALL: dict[str, Any] = {
    "acme.llm.modelName": "gpt-4o",
    "acme.llm.vendor": "openai",
    "acme.llm.prompt": '[{"role":"user","content":"6*7?"}]',
    "acme.llm.completion": "42",
    "acme.usage.promptTokens": 10,
    "acme.usage.cachedPromptTokens": 4,
    "acme.usage.completionTokens": 5,
    "acme.usage.totalTokens": 15,
    "acme.temperature": 0.2,
}


def test_it_works() -> None:
    node = observe(CALL)
    assert node.node_kind is NodeKind.MODEL_CALL
    assert (node.model, node.provider) == ("gpt-4o", "openai")
    assert node.usage == Usage(input=10, cache_read=4, output=5)
    assert (node.cost_basis, node.instrumentation) == (CostBasis.MEASURED, "scope")
    assert json.loads(node.input or "")[0]["parts"] == [{"type": "text", "content": "6*7?"}]
    assert node.output == "42"
    rest = rest_of(node)
    assert rest["deliberation.convention"] == "generic"
    assert "acme.usage.promptTokens" in rest["deliberation.read"]["generic"]
    kept = {name: value for name, value in rest.items() if name.startswith("acme.")}
    assert kept == {"acme.usage.totalTokens": 15, "acme.temperature": 0.2}


@pytest.mark.parametrize(
    "attributes",
    [
        {"model": "gpt-5"},
        {"app.model": "gpt-5", "app.question": "6*7?"},
        {"prompt_tokens": 10, "completion_tokens": 5},
        {"app.prompt": "6*7?", "app.answer": "42"},
    ],
)
def test_a_call_says_more_than_a_model_s_name_or_a_text(attributes: dict[str, Any]) -> None:
    assert observe(attributes).node_kind is NodeKind.STEP


@pytest.mark.parametrize(
    "attributes",
    [
        {"http.request.method": "POST", "url.full": "https://x/v1/chat", "http.route": "/chat"},
        {"http.request.method": "POST", "app.model": "m", "app.prompt": "a", "app.response": "b"},
        {"http.url": "https://x", "http.request.body": '{"model":"m"}', "http.response.body": "{}"},
        {"rpc.system": "grpc", "rpc.method": "Chat", "rpc.request.model": "m"},
        {"db.system": "mysql", "db.statement": "SELECT model, tokens FROM usage", "model": "User"},
    ],
)
def test_a_request_of_a_protocol_is_no_call_of_a_model(attributes: dict[str, Any]) -> None:
    node = observe(attributes, kind=3)
    assert (node.node_kind, node.usage, node.model) == (NodeKind.STEP, None, None)
    kept = rest_of(node)
    told = (node.input, node.output)
    assert all(kept.get(name) == value or value in told for name, value in attributes.items())


def test_a_request_that_states_a_model_and_its_tokens_is_one() -> None:
    said = {"http.request.method": "POST", "llm.model": "m", "llm.usage.output_tokens": 5}
    node = observe({f"acme.{name}" if "llm" in name else name: said[name] for name in said})
    assert (node.node_kind, node.usage) == (NodeKind.MODEL_CALL, Usage(output=5))


def test_what_a_database_was_asked_is_the_input() -> None:
    node = observe({"db.system.name": "sqlite", "db.query.text": "SELECT 1"})
    assert (node.node_kind, node.input) == (NodeKind.STEP, "SELECT 1")
    assert rest_of(node)["db.system.name"] == "sqlite"


def test_a_tool_with_its_arguments_is_a_tool_call() -> None:
    node = observe({"acme.tool": "add", "acme.tool.args": {"a": 1}, "acme.tool.result": 2.5})
    assert (node.node_kind, node.tool, node.input) == (NodeKind.TOOL_CALL, "add", '{"a":1}')
    assert rest_of(node)["acme.tool.result"] == 2.5
    assert observe({"acme.tool_name": "add"}).node_kind is NodeKind.STEP


@pytest.mark.parametrize(
    ("word", "kind"),
    [
        ("LLM", NodeKind.MODEL_CALL),
        ("chat_completion", NodeKind.MODEL_CALL),
        ("toolCall", NodeKind.TOOL_CALL),
        ("retriever", NodeKind.RETRIEVAL),
        ("vector_store", NodeKind.RETRIEVAL),
        ("Agent", NodeKind.AGENT),
        ("guardrail", NodeKind.VERIFICATION),
        ("chain", NodeKind.STEP),
        ("INTERNAL", NodeKind.STEP),
        (7, NodeKind.STEP),
    ],
)
def test_a_word_for_the_kind_is_the_kind(word: Any, kind: NodeKind) -> None:
    assert observe({"acme.span_kind": word}).node_kind is kind


def test_an_embedding_model_without_output_is_a_look_up() -> None:
    node = observe({"acme.model": "text-embedding-3-small", "acme.prompt_tokens": 3})
    assert (node.node_kind, node.usage) == (NodeKind.RETRIEVAL, Usage(input=3))


def test_sums_on_a_step_have_no_basis() -> None:
    node = observe({"acme.input_tokens": 10, "acme.output_tokens": 5})
    assert (node.usage, node.cost_basis) == (Usage(input=10, output=5), None)


def test_a_cost_in_dollars_is_reported() -> None:
    cost = observe({**CALL, "acme.cost_usd": 0.25}).cost
    assert cost is not None
    assert cost.amount == Decimal("0.25")


def test_an_object_that_parts_pass_is_the_input_and_a_remark_is_not() -> None:
    assert observe({"message": '{"content":"Goldbach?"}'}).input == '{"content":"Goldbach?"}'
    remark = observe({"message": "cache miss"})
    assert (remark.input, rest_of(remark)["message"]) == (None, "cache miss")


@pytest.mark.parametrize("odd", [None, True, [], {}, -1, "", 2**70, [[[]]], "\0", "[["])
def test_odd_values_are_no_reason_to_fail(odd: Any) -> None:
    node = observe(dict.fromkeys([*CALL, "acme.tool.name", "acme.tool.args", "acme.spanKind"], odd))
    assert rest_of(node)["acme.temperature"] == odd


def test_spring_ai_s_tools_and_laminar_s_spans_need_no_rules_of_their_own() -> None:
    tool = observe(
        {
            "spring.ai.kind": "tool_call",
            "spring.ai.tool.definition.name": "add",
            "spring.ai.tool.call.arguments": '{"a":1}',
            "spring.ai.tool.call.result": "2",
        }
    )
    assert (tool.node_kind, tool.tool, tool.input, tool.output) == (
        *(NodeKind.TOOL_CALL, "add", '{"a":1}', "2"),
    )
    words = {"lmnr.span.type": "TOOL", "lmnr.span.input": '{"a":1}', "lmnr.span.output": "2"}
    span = observe(words, name="add")
    assert (span.node_kind, span.tool, span.input, span.output) == (
        *(NodeKind.TOOL_CALL, "add", '{"a":1}', "2"),
    )


def test_a_call_under_bare_names_is_one() -> None:
    said = {"model": "claude-sonnet-4-5", "input_tokens": 12, "output_tokens": 300}
    node = observe({**said, "cache_read_tokens": 9000, "stop_reason": "end_turn"})
    assert node.node_kind is NodeKind.MODEL_CALL
    assert node.usage == Usage(input=9012, cache_read=9000, output=300)


FOREIGN = {"gen_ai.": "acme.", "llm.": "acme.", "ai.": "acme.", "openinference.": "acme.tracing."}


@pytest.mark.parametrize(
    "client", ["openai-genai", "openai-openinference", "pydantic-ai-v5", "langchain-openinference"]
)
def test_recordings_under_names_of_another_house_have_their_tokens(client: str) -> None:
    foreign = []
    for span in spans_of(client):
        renamed = {_renamed(name): value for name, value in span.attributes.items()}
        foreign.append(observe(renamed, span_id=span.span_id, parent_id="1" * 16))
    calls = [each for each in foreign if each.node_kind is NodeKind.MODEL_CALL]
    known = calls_of(client)
    assert {each.node for each in calls if each.usage} == {
        each.node for each in known if each.usage
    }
    stated = tokens_of([each for each in known if each.usage])
    assert tokens_of([each for each in calls if each.usage]) == stated
    assert stated == summary(client)["tokens_llm_spans_all"]
    assert distinct(calls)


def _renamed(name: str) -> str:
    found = next((prefix for prefix in FOREIGN if name.startswith(prefix)), "")
    return FOREIGN.get(found, "") + name.removeprefix(found)
