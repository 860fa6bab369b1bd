"""Haystack's own tracer: pipelines, components and agents."""

from __future__ import annotations

import json
from typing import Any

import pytest

from deliberation.events import CandidateProposed, RunEnded
from deliberation.vocabulary import NodeKind, Usage
from ingest.mapping import map_span
from tests.unit.mapping.making import RUN, make_span, observe, only, rest_of

COUNTED = {
    "prompt_tokens": 100,
    "completion_tokens": 30,
    "prompt_tokens_details": {"cached_tokens": 40},
    "completion_tokens_details": {"reasoning_tokens": 20},
}


def reply(*content: dict[str, Any], ended: str = "stop") -> dict[str, Any]:
    meta = {"model": "gpt-4o-2024-08-06", "finish_reason": ended, "usage": COUNTED}
    return {"role": "assistant", "meta": meta, "name": None, "content": list(content)}


def call(*replies: Any) -> dict[str, Any]:
    asked: list[Any] = [{"role": "user", "meta": {}, "name": None, "content": [{"text": "Paris?"}]}]
    return {
        "haystack.component.name": "llm",
        "haystack.component.type": "OpenAIChatGenerator",
        "haystack.component.input": json.dumps({"messages": asked, "tools": None}),
        "haystack.component.output": json.dumps({"replies": list(replies)}),
    }


def test_it_works() -> None:
    node = observe(call(reply({"text": "21"})))
    assert (node.node_kind, node.name, node.model) == (
        *(NodeKind.MODEL_CALL, "llm", "gpt-4o-2024-08-06"),
    )
    assert node.usage == Usage(input=100, cache_read=40, output=30, reasoning=20)
    assert json.loads(node.input or "")[0]["parts"] == [{"type": "text", "content": "Paris?"}]
    [message] = json.loads(node.output or "")
    assert message["parts"] == [{"type": "text", "content": "21"}]
    assert "haystack.component.output" in rest_of(node)


def test_replies_of_one_call_are_samples_and_its_tokens_are_counted_once() -> None:
    events = map_span(make_span(call(reply({"text": "21"}), reply({"text": "22"}))), RUN)
    assert [each.answer for each in events if isinstance(each, CandidateProposed)] == ["21", "22"]
    assert events[0].usage.input == 100  # type: ignore[attr-defined]


def test_an_agent_s_call_asks_for_tools_and_thinks() -> None:
    said = reply(
        {"reasoning": {"reasoning_text": "hm", "extra": {}}},
        {"tool_call": {"tool_name": "weather", "arguments": {"city": "Paris"}, "id": "c1"}},
        ended="tool_calls",
    )
    node = observe({"haystack.agent.step.llm.output": json.dumps({"replies": [said]})})
    [message] = json.loads(node.output or "")
    called = message["parts"][1]
    assert (called["type"], called["name"], called["id"]) == ("tool_call", "weather", "c1")
    assert (node.reasoning, node.finish_reason) == ("hm", "tool_calls")


def test_a_tool_has_its_arguments_and_result() -> None:
    step = "haystack.agent.step.tool."
    said = {"haystack.tool.name": "weather", step + "input": '{"a": 1}', step + "output": "21"}
    node = observe(said)
    assert (node.node_kind, node.tool) == (NodeKind.TOOL_CALL, "weather")
    assert (node.input, node.output) == ('{"a": 1}', "21")


@pytest.mark.parametrize(
    ("named", "kind"),
    [
        ("AnthropicChatGenerator", NodeKind.MODEL_CALL),
        ("InMemoryBM25Retriever", NodeKind.RETRIEVAL),
        ("OpenAITextEmbedder", NodeKind.RETRIEVAL),
        ("LLMEvaluator", NodeKind.VERIFICATION),
        ("ChatPromptBuilder", NodeKind.STEP),
    ],
)
def test_a_component_is_what_its_class_ends_in(named: str, kind: NodeKind) -> None:
    assert observe({"haystack.component.type": named}).node_kind is kind


def test_an_agent_answers_with_the_last_words() -> None:
    asked = {"messages": [{"role": "user", "content": [{"text": "Paris?"}]}]}
    said = {"messages": [*asked["messages"], reply({"text": "21"})]}
    agent = {
        "haystack.agent.max_steps": 9,
        "haystack.agent.input": json.dumps(asked),
        "haystack.agent.output": json.dumps(said),
    }
    node = observe(agent)
    assert (node.node_kind, node.input, node.output) == (NodeKind.AGENT, "Paris?", "21")


def test_a_pipeline_with_one_reply_answers_with_it() -> None:
    def answer(*replies: Any) -> str | None:
        output = json.dumps({"llm": {"replies": list(replies)}, "other": {"documents": []}})
        pipeline = make_span({"haystack.pipeline.output_data": output}, parent_id=None)
        said: str | None = only(map_span(pipeline, RUN), RunEnded).answer
        return said

    assert answer(reply({"text": "21"})) == "21"
    assert answer("21") == "21"
    assert str(answer(reply({"text": "21"}), reply({"text": "22"}))).startswith('{"llm"')


def test_texts_of_a_plain_generator_have_what_is_said_of_them_beside_them() -> None:
    about = {"model": "gpt-4o", "finish_reason": "stop", "usage": COUNTED}
    plain = {
        "haystack.component.type": "OpenAIGenerator",
        "haystack.component.input": '{"prompt": "Paris?"}',
        "haystack.component.output": json.dumps({"replies": ["21"], "meta": [about]}),
    }
    node = observe(plain)
    assert (node.model, node.usage and node.usage.input) == ("gpt-4o", 100)
    assert json.loads(node.input or "")[0]["role"] == "user"


@pytest.mark.parametrize("body", ["", "null", "7", "[1]", '{"replies": 3}', '{"replies": [null]}'])
def test_bodies_of_any_other_shape_are_kept(body: str) -> None:
    named = {"haystack.component.type": "XGenerator", "haystack.component.output": body}
    assert rest_of(observe(named))["haystack.component.output"] == body
