"""The OpenInference convention."""

from __future__ import annotations

import json
from typing import Any

import pytest

from deliberation.vocabulary import NodeKind, Usage
from tests.unit.mapping.making import observe, rest_of

LLM: dict[str, Any] = {
    "openinference.span.kind": "LLM",
    "llm.model_name": "gpt-4o",
    "llm.provider": "openai",
    "llm.token_count.prompt": 10,
    "llm.token_count.completion": 20,
    "llm.token_count.completion_details.reasoning": 5,
    "llm.finish_reason": "stop",
    "input.value": '{"model": "gpt-4o"}',
    "output.value": '{"id":"chatcmpl-1","choices":[]}',
    "llm.input_messages.10.message.role": "user",
    "llm.input_messages.10.message.content": "and?",
    "llm.input_messages.2.message.role": "user",
    "llm.input_messages.2.message.content": "6*7?",
    "llm.output_messages.0.message.role": "assistant",
    "llm.output_messages.0.message.content": "42",
}


def test_it_works() -> None:
    node = observe(LLM)
    assert node.node_kind is NodeKind.MODEL_CALL
    assert (node.model, node.provider, node.finish_reason) == ("gpt-4o", "openai", "stop")
    assert node.usage == Usage(input=10, output=20, reasoning=5)
    assert node.response_id == "chatcmpl-1"
    said = [each["parts"][0]["content"] for each in json.loads(node.input or "")]
    assert said == ["6*7?", "and?"]
    rest = rest_of(node)
    assert rest["deliberation.convention"] == "openinference"
    assert rest["input.value"] == LLM["input.value"]
    assert not any(key.startswith("llm.input_messages") for key in rest)


@pytest.mark.parametrize(
    ("named", "kind"),
    [
        ("CHAIN", NodeKind.STEP),
        ("AGENT", NodeKind.AGENT),
        ("TOOL", NodeKind.TOOL_CALL),
        ("RETRIEVER", NodeKind.RETRIEVAL),
        ("EMBEDDING", NodeKind.RETRIEVAL),
        ("EVALUATOR", NodeKind.VERIFICATION),
        ("GUARDRAIL", NodeKind.VERIFICATION),
        ("SOMETHING", NodeKind.STEP),
    ],
)
def test_each_kind_has_its_node_kind(named: str, kind: NodeKind) -> None:
    node = observe({"openinference.span.kind": named, "input.value": "in", "output.value": "out"})
    assert (node.node_kind, node.input, node.output) == (kind, "in", "out")


def test_a_tool_is_named_by_itself_or_by_its_span() -> None:
    tool = {"openinference.span.kind": "TOOL"}
    assert observe({**tool, "tool.name": "calc"}).tool == "calc"
    assert observe(tool, name="lookup").tool == "lookup"


def test_a_span_that_lost_its_kind_is_still_a_call() -> None:
    cut = {key: value for key, value in LLM.items() if key != "openinference.span.kind"}
    assert observe(cut).node_kind is NodeKind.MODEL_CALL


def output_of(planted: dict[str, Any]) -> Any:
    prefix = "llm.output_messages.0.message."
    attributes = {prefix + key: value for key, value in planted.items()}
    node = observe({"openinference.span.kind": "LLM", **attributes})
    [message] = json.loads(node.output or "")
    return message, node


def test_tool_calls_keep_id_name_and_arguments_even_broken_ones() -> None:
    message, _ = output_of(
        {
            "role": "assistant",
            "tool_calls.0.tool_call.id": "c1",
            "tool_calls.0.tool_call.function.name": "calc",
            "tool_calls.0.tool_call.function.arguments": '{"a": ',
        }
    )
    call = {"type": "tool_call", "id": "c1", "name": "calc", "arguments": '{"a": '}
    assert message == {"role": "assistant", "parts": [call]}


def test_contents_are_parts_and_reasoning_stands_apart() -> None:
    message, node = output_of(
        {
            "role": "assistant",
            "contents.0.message_content.type": "reasoning",
            "contents.0.message_content.text": "hm",
            "contents.0.message_content.signature": "s",
            "contents.1.message_content.type": "image",
            "contents.1.message_content.image.image.url": "data:image/png;base64,x",
        }
    )
    assert message["parts"] == [
        {"type": "reasoning", "content": "hm", "signature": "s"},
        {"type": "image", "url": "data:image/png;base64,x"},
    ]
    assert node.reasoning == "hm"


def test_a_tool_s_answer_is_a_tool_result() -> None:
    message, _ = output_of({"role": "tool", "content": "42", "tool_call_id": "c1", "name": "calc"})
    result = {"type": "tool_result", "id": "c1", "result": "42"}
    assert message == {"role": "tool", "parts": [result], "name": "calc"}


def test_keys_that_do_not_fit_the_shape_stay_attributes() -> None:
    odd = {
        "llm.output_messages.x.message.role": "r",
        "llm.output_messages.0.role": "r",
        "llm.output_messages.0.message.content.deeper": "d",
    }
    node = observe({**LLM, **odd})
    rest = rest_of(node)
    assert {key: rest[key] for key in odd} == odd
    assert "42" in (node.output or "")


def test_a_request_that_is_told_only_whole_is_a_conversation_too() -> None:
    request = '{"model":"m","messages":[{"role":"user","content":"hi"}]}'
    response = '{"id":"r1","choices":[{"message":{"role":"assistant","content":"ho"}}]}'
    said = {"input.value": request, "output.value": response}
    node = observe({"openinference.span.kind": "LLM", **said})
    assert json.loads(node.input or "")[0]["parts"] == [{"type": "text", "content": "hi"}]
    assert json.loads(node.output or "")[0]["parts"] == [{"type": "text", "content": "ho"}]
    assert rest_of(node)["input.value"] == request


def test_words_that_are_said_twice_are_one_part() -> None:
    message, _ = output_of(
        {
            "role": "assistant",
            "content": "42",
            "contents.0.message_content.type": "reasoning",
            "contents.0.message_content.text": "hm",
            "contents.1.message_content.type": "text",
            "contents.1.message_content.text": "42",
        }
    )
    assert message["parts"] == [
        {"type": "reasoning", "content": "hm"},
        {"type": "text", "content": "42"},
    ]


def test_a_message_that_says_nothing_gives_way_to_the_whole_response() -> None:
    blocks = [{"type": "reasoning", "reasoning": "hm"}, {"type": "text", "text": "42"}]
    kept = {"lc": 1, "type": "constructor", "id": ["AIMessage"], "kwargs": {"content": blocks}}
    node = observe(
        {
            "openinference.span.kind": "LLM",
            "llm.output_messages.0.message.role": "assistant",
            "output.value": json.dumps({"generations": [[{"text": "42", "message": kept}]]}),
        }
    )
    assert [part["type"] for part in json.loads(node.output or "")[0]["parts"]] == [
        *("reasoning", "text"),
    ]
    assert node.reasoning == "hm"


@pytest.mark.parametrize(
    "prompts", [{"llm.prompts": ["6*7?"]}, {"llm.prompts.0.prompt.text": "6*7?"}]
)
def test_a_prompt_is_what_a_user_says(prompts: dict[str, Any]) -> None:
    said = {"input.value": '{"args": ["6*7?"]}', "llm.choices.0.completion.text": "42"}
    node = observe({"openinference.span.kind": "LLM", **prompts, **said})
    assert [(each["role"], each["parts"][0]["content"]) for each in messages_of(node)] == [
        *(("user", "6*7?"), ("assistant", "42")),
    ]


def messages_of(node: Any) -> list[Any]:
    return [*json.loads(node.input), *json.loads(node.output)]


def test_what_only_puts_a_request_together_asked_no_model() -> None:
    request = {"openinference.span.kind": "LLM", "llm.model_name": "gpt-4o"}
    given = json.dumps({"messages": ["ChatMessage(…)"], "tools": [{"type": "function"}]})
    assert observe({**request, "output.value": given}).node_kind is NodeKind.STEP
    counted = {**request, "output.value": given, "llm.token_count.prompt": 3}
    assert observe(counted).node_kind is NodeKind.MODEL_CALL
    said = '{"messages": [{"role": "assistant", "content": "42"}]}'
    assert observe({**request, "output.value": said}).node_kind is NodeKind.MODEL_CALL


def test_a_tool_s_arguments_and_result_are_without_what_a_framework_wraps_them_in() -> None:
    kept = {"lc": 1, "type": "constructor", "id": ["ToolMessage"]}
    message = {**kept, "kwargs": {"content": "21 degrees", "tool_call_id": "c1"}}
    tool = {"openinference.span.kind": "TOOL", "input.value": '{"kwargs": {"city": "Paris"}}'}
    whole = json.dumps({"output": message})
    node = observe({**tool, "output.value": whole})
    assert (node.input, node.output) == ('{"city":"Paris"}', "21 degrees")
    assert rest_of(node)["output.value"] == whole
    assert observe({**tool, "output.value": '"42"'}).output == "42"
    assert observe({**tool, "output.value": '{"output": 3}'}).output == '{"output": 3}'
    own = {**tool, "input.value": '{"args": ["ls"]}'}
    assert observe(own).input == '{"args": ["ls"]}'


def test_a_client_s_word_for_no_model_is_no_model() -> None:
    node = observe({**LLM, "llm.model_name": "unknown"})
    assert node.model is None
    assert rest_of(node)["llm.model_name"] == "unknown"
