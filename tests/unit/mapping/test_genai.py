"""The GenAI convention, current and older."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import Any

import pytest

from deliberation.events import RunStarted
from deliberation.vocabulary import CostProvenance, NodeKind, TextVisibility, Usage
from ingest.mapping import map_span
from tests.unit.mapping.making import RUN, make_span, observe, rest_of

USER = '[{"role":"user","parts":[{"type":"text","content":"6*7?"}]}]'
CHAT: dict[str, Any] = {
    "gen_ai.operation.name": "chat",
    "gen_ai.provider.name": "openai",
    "gen_ai.request.model": "gpt-4o",
    "gen_ai.response.model": "gpt-4o-2024-08-06",
    "gen_ai.response.id": "resp-1",
    "gen_ai.response.finish_reasons": ["stop"],
    "gen_ai.usage.input_tokens": 10,
    "gen_ai.usage.output_tokens": 20,
    "gen_ai.usage.cache_read.input_tokens": 4,
    "gen_ai.usage.reasoning.output_tokens": 7,
    "gen_ai.input.messages": USER,
}


def test_it_works() -> None:
    node = observe(CHAT)
    assert node.node_kind is NodeKind.MODEL_CALL
    assert (node.model, node.provider) == ("gpt-4o-2024-08-06", "openai")
    assert (node.response_id, node.finish_reason) == ("resp-1", "stop")
    assert node.usage == Usage(input=10, output=20, cache_read=4, reasoning=7)
    assert node.input == USER
    kept = {key for key in rest_of(node) if key.startswith("gen_ai.")}
    assert kept == {"gen_ai.operation.name", "gen_ai.request.model"}
    assert rest_of(node)["deliberation.convention"] == "genai"


@pytest.mark.parametrize(
    ("attributes", "kind"),
    [
        ({"gen_ai.operation.name": "embeddings"}, NodeKind.RETRIEVAL),
        ({"gen_ai.operation.name": "execute_tool"}, NodeKind.TOOL_CALL),
        ({"gen_ai.operation.name": "invoke_agent"}, NodeKind.AGENT),
        ({"gen_ai.operation.name": "plan"}, NodeKind.STEP),
        ({"gen_ai.operation.name": "search_memory"}, NodeKind.RETRIEVAL),
        ({"gen_ai.operation.name": "upsert_memory"}, NodeKind.STEP),
        ({"gen_ai.operation.name": "apply_guardrail"}, NodeKind.VERIFICATION),
        ({"gen_ai.operation.name": "fetch_response"}, NodeKind.STEP),
        ({"gen_ai.operation.name": "chat.completions"}, NodeKind.MODEL_CALL),
        ({"gen_ai.operation.name": "something_new"}, NodeKind.STEP),
        ({"gen_ai.tool.name": "calc"}, NodeKind.TOOL_CALL),
        ({"gen_ai.request.model": "m"}, NodeKind.MODEL_CALL),
        ({"gen_ai.agent.name": "judge"}, NodeKind.AGENT),
        ({"gen_ai.system": "openai"}, NodeKind.STEP),
    ],
)
def test_the_kind_is_the_operation_or_what_the_rest_shows(
    attributes: dict[str, Any], kind: NodeKind
) -> None:
    assert observe(attributes).node_kind is kind


def test_a_tool_s_arguments_and_result_are_its_input_and_output() -> None:
    node = observe(
        {
            "gen_ai.operation.name": "execute_tool",
            "gen_ai.tool.name": "calculator",
            "gen_ai.tool.call.arguments": '{"expression": broken',
            "gen_ai.tool.call.result": {"value": 42},
        }
    )
    assert (node.tool, node.input) == ("calculator", '{"expression": broken')
    assert node.output == '{"value":42}'


def test_a_look_up_has_its_query_and_what_it_found() -> None:
    documents = [{"id": "doc_1", "score": 0.95}]
    node = observe(
        {
            "gen_ai.operation.name": "retrieval",
            "gen_ai.data_source.id": "notes",
            "gen_ai.retrieval.query.text": "lemma 2",
            "gen_ai.retrieval.documents": documents,
        }
    )
    assert (node.input, node.output) == ("lemma 2", '[{"id":"doc_1","score":0.95}]')
    assert rest_of(node)["gen_ai.data_source.id"] == "notes"


def test_a_memory_is_asked_or_given_records() -> None:
    records = '[{"content": "prefers dark mode"}]'
    asked = {"gen_ai.memory.query.text": "mode?", "gen_ai.memory.records": records}
    found = observe({"gen_ai.operation.name": "search_memory", **asked})
    assert (found.input, found.output) == ("mode?", records)
    stored = observe({"gen_ai.operation.name": "create_memory", "gen_ai.memory.records": records})
    assert (stored.input, stored.output) == (records, None)


def test_a_prompt_and_a_completion_that_are_one_text_each_are_what_was_said() -> None:
    node = observe({**CHAT, "gen_ai.input.messages": "", "gen_ai.prompt": "6*7?"})
    assert node.input == ""
    blobs = {"gen_ai.prompt": '[{"role":"user","content":"6*7?"}]', "gen_ai.completion": "42"}
    node = observe({"gen_ai.operation.name": "chat", **blobs})
    assert json.loads(node.input or "")[0]["parts"] == [{"type": "text", "content": "6*7?"}]
    assert node.output == "42"


def test_thinking_that_stands_apart_from_the_messages_is_the_reasoning() -> None:
    node = observe({**CHAT, "gen_ai.content.reasoning": "First parity."})
    assert node.reasoning == "First parity."


def test_other_names_under_the_prompt_s_are_no_messages() -> None:
    node = observe({**CHAT, "gen_ai.prompt.name": "judge", "gen_ai.prompt.variable.lang": "de"})
    assert rest_of(node)["deliberation.convention"] == "genai"
    assert rest_of(node)["gen_ai.prompt.name"] == "judge"


@pytest.mark.parametrize(
    "name", ["gen_ai.usage.input_tokens", "gen_ai.aggregated_usage.input_tokens"]
)
def test_an_agent_s_sum_is_usage_without_a_basis(name: str) -> None:
    node = observe({"gen_ai.operation.name": "invoke_agent", name: 99})
    assert node.usage == Usage(input=99)
    assert (node.cost_basis, node.cost) == (None, None)


def test_tokens_that_are_all_zero_are_unknown() -> None:
    zeros = {"gen_ai.usage.input_tokens": 0, "gen_ai.usage.output_tokens": 0}
    node = observe({"gen_ai.operation.name": "chat", **zeros})
    assert node.usage is None
    assert rest_of(node)["gen_ai.usage.output_tokens"] == 0


@pytest.mark.parametrize(
    ("name", "token_class"),
    [
        ("gen_ai.usage.prompt_tokens", "input"),
        ("gen_ai.usage.completion_tokens", "output"),
        ("gen_ai.usage.cache_read_input_tokens", "cache_read"),
        ("gen_ai.usage.cache_creation.input_tokens", "cache_write"),
        ("gen_ai.usage.reasoning_tokens", "reasoning"),
        ("gen_ai.usage.details.reasoning_tokens", "reasoning"),
    ],
)
def test_usage_has_many_names(name: str, token_class: str) -> None:
    usage = observe({"gen_ai.operation.name": "chat", name: "5"}).usage
    assert usage == Usage(**{token_class: 5})


def test_of_two_names_the_better_is_taken_and_the_other_kept() -> None:
    node = observe({**CHAT, "gen_ai.usage.prompt_tokens": 11})
    assert node.usage is not None
    assert node.usage.input == 10
    assert rest_of(node)["gen_ai.usage.prompt_tokens"] == 11


@pytest.mark.parametrize("nonsense", [-1, "many", True, 1.5, None, [3], 2**60])
def test_usage_that_is_no_count_stays_an_attribute(nonsense: Any) -> None:
    node = observe({"gen_ai.operation.name": "chat", "gen_ai.usage.input_tokens": nonsense})
    assert node.usage is None
    assert rest_of(node)["gen_ai.usage.input_tokens"] == nonsense


def test_parts_larger_than_their_whole_were_counted_apart() -> None:
    usage = observe({**CHAT, "gen_ai.usage.cache_read.input_tokens": 90}).usage
    assert usage is not None
    assert (usage.input, usage.cache_read) == (100, 90)


def test_a_reported_cost_is_money_and_zero_may_mean_unknown() -> None:
    cost = observe({**CHAT, "operation.cost": 0.00125}).cost
    assert cost is not None
    assert (cost.amount, cost.provenance) == (Decimal("0.00125"), CostProvenance.REPORTED)
    unknown = observe({**CHAT, "gen_ai.usage.cost": 0})
    assert unknown.cost is None
    assert rest_of(unknown)["gen_ai.usage.cost"] == 0


def test_what_already_fits_the_model_is_passed_through_untouched() -> None:
    text = (
        '[ {"role": "user",  "parts": [{"type":"text","content":"\\u2026 12345678901234567890"}]}]'
    )
    assert observe({**CHAT, "gen_ai.input.messages": text}).input == text


@pytest.mark.parametrize("text", ["not json", "[{broken", '{"thinking": "thinking"', ""])
def test_broken_json_stays_the_text_it_is(text: str) -> None:
    assert observe({**CHAT, "gen_ai.input.messages": text}).input == text


def test_parts_of_other_names_get_the_names_of_the_model() -> None:
    parts = [
        {"type": "thinking", "content": "hm", "signature": "s"},
        {"type": "tool_call_response", "id": "c1", "response": {"n": 12345678901234567890123}},
        {"type": "blob", "mime_type": "image/png", "content": "iVBO"},
        {"type": "uri", "modality": "image", "uri": "https://x/y.png"},
        {"type": "new", "content": 1},
    ]
    said = json.dumps([{"role": "assistant", "parts": parts, "finish_reason": "stop"}])
    node = observe({**CHAT, "gen_ai.output.messages": said})
    [message] = json.loads(node.output or "")
    assert message["finish_reason"] == "stop"
    assert message["parts"] == [
        {"type": "reasoning", "content": "hm", "signature": "s"},
        {"type": "tool_result", "id": "c1", "result": {"n": 12345678901234567890123}},
        {"type": "image", "mime_type": "image/png", "content": "iVBO"},
        {"type": "image", "modality": "image", "url": "https://x/y.png"},
        {"type": "new", "content": 1},
    ]
    assert node.reasoning == "hm"


@pytest.mark.parametrize(
    ("messages", "following"), [(USER, json.loads(USER)), ("[]", []), (None, [])]
)
def test_system_instructions_come_first(messages: str | None, following: list[Any]) -> None:
    told = '[{"type":"text","content":"Be brief."}]'
    attributes = {**CHAT, "gen_ai.system_instructions": told, "gen_ai.input.messages": messages}
    node = observe(attributes)
    system = {"role": "system", "parts": json.loads(told)}
    assert json.loads(node.input or "") == [system, *following]
    assert "gen_ai.system_instructions" not in rest_of(node)


def test_instructions_that_cannot_be_put_before_stay_an_attribute() -> None:
    node = observe({**CHAT, "gen_ai.system_instructions": "Be.", "gen_ai.input.messages": "hi"})
    assert node.input == "hi"
    assert rest_of(node)["gen_ai.system_instructions"] == "Be."


def test_several_finish_reasons_are_told_together() -> None:
    node = observe({**CHAT, "gen_ai.response.finish_reasons": '["stop", "length"]'})
    assert node.finish_reason == "stop,length"


def test_a_fact_that_had_to_be_cleaned_is_also_kept_whole() -> None:
    node = observe({**CHAT, "gen_ai.response.model": "m\0" + "x" * 300})
    assert node.model is not None
    assert node.model.startswith("m\N{REPLACEMENT CHARACTER}")
    assert rest_of(node)["gen_ai.response.model"] == "m\0" + "x" * 300


def test_a_call_whose_text_was_not_recorded_says_so() -> None:
    assert observe(CHAT).text_visibility is TextVisibility.NONE
    said = '[{"role":"assistant","parts":[{"type":"text","content":"42"}]}]'
    hidden = observe({**CHAT, "gen_ai.output.messages": said})
    assert hidden.text_visibility is None
    full = {**CHAT, "gen_ai.output.messages": said, "gen_ai.usage.reasoning.output_tokens": 0}
    assert observe(full).text_visibility is TextVisibility.FULL


def test_messages_in_the_shape_of_a_provider_are_read_and_the_rest_of_a_request_stays() -> None:
    request = json.dumps({"temperature": 0, "messages": [{"role": "user", "content": "hi"}]})
    node = observe({**CHAT, "gen_ai.input.messages": request})
    said = [{"role": "user", "parts": [{"type": "text", "content": "hi"}]}]
    assert json.loads(node.input or "") == said
    assert rest_of(node)["gen_ai.input.messages"] == request
    alone = observe({**CHAT, "gen_ai.input.messages": '[{"role":"user","content":"hi"}]'})
    assert json.loads(alone.input or "") == said
    assert "gen_ai.input.messages" not in rest_of(alone)


def test_what_the_provider_says_itself_completes_the_counts() -> None:
    counted = {key: CHAT[key] for key in CHAT if "reasoning" not in key}
    raw = {
        "input_tokens": 10,
        "output_tokens": 20,
        "output_tokens_details": {"reasoning_tokens": 7},
    }
    node = observe({**counted, "gen_ai.usage.raw": json.dumps(raw)})
    assert node.usage == Usage(input=10, output=20, cache_read=4, reasoning=7)
    assert "gen_ai.usage.raw" in rest_of(node)
    other = json.dumps({**raw, "output_tokens": 99})
    assert observe({**counted, "gen_ai.usage.raw": other}).usage == Usage(
        input=10, output=20, cache_read=4
    )


def test_a_tool_s_result_that_is_json_text_of_a_text_is_the_text() -> None:
    tool = {"gen_ai.operation.name": "execute_tool", "gen_ai.tool.call.result": '"21 degrees"'}
    assert observe(tool).output == "21 degrees"


def test_an_empty_conversation_asks_nothing() -> None:
    asked = {"gen_ai.operation.name": "invoke_agent", "gen_ai.input.messages": "[]"}
    started = map_span(make_span(asked, parent_id=None), RUN)[0]
    assert isinstance(started, RunStarted)
    assert started.task is None
