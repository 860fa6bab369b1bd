"""Google's Agent Development Kit, beside GenAI's names."""

from __future__ import annotations

import json
from typing import Any

import pytest

from deliberation.vocabulary import CostBasis, NodeKind, TextVisibility, Usage
from ingest.wire.span import Origin
from tests.unit.mapping.making import observe, rest_of

PREFIX = "gcp.vertex.agent."
ASKED = {
    "model": "gemini-2.5-flash",
    "config": {"system_instruction": "Judge."},
    "contents": [{"role": "user", "parts": [{"text": "6*7?"}]}],
}
SAID = {
    "content": {
        "role": "model",
        "parts": [
            {"text": "Trivial.", "thought": True},
            {"function_call": {"id": "c1", "name": "calc", "args": {"a": 6}}},
        ],
    },
    "finish_reason": "STOP",
    "usage_metadata": {
        "prompt_token_count": 56,
        "candidates_token_count": 30,
        "thoughts_token_count": 3,
        "total_token_count": 89,
    },
}
CALL: dict[str, Any] = {
    "gen_ai.system": "gcp.vertex.agent",
    "gen_ai.request.model": "gemini-2.5-flash",
    "gen_ai.usage.input_tokens": 56,
    "gen_ai.usage.output_tokens": 30,
    PREFIX + "session_id": "s1",
    PREFIX + "llm_request": json.dumps(ASKED),
    PREFIX + "llm_response": json.dumps(SAID),
}


def test_it_works() -> None:
    node = observe(CALL, name="call_llm")
    assert (node.node_kind, node.model) == (NodeKind.MODEL_CALL, "gemini-2.5-flash")
    assert node.usage == Usage(input=56, output=33, reasoning=3)
    assert (node.cost_basis, node.finish_reason) == (CostBasis.MEASURED, "STOP")
    asked = [(each["role"], each["parts"][0]["content"]) for each in json.loads(node.input or "")]
    assert asked == [("system", "Judge."), ("user", "6*7?")]
    [answer] = json.loads(node.output or "")
    assert answer["parts"][1] == {
        "type": "tool_call",
        "id": "c1",
        "name": "calc",
        "arguments": {"a": 6},
    }
    assert answer.keys() == {"role", "parts", "finish_reason"}
    assert rest_of(node)["gen_ai.usage.output_tokens"] == 30
    assert (node.reasoning, node.text_visibility) == ("Trivial.", TextVisibility.FULL)
    assert node.session_id == "s1"
    assert rest_of(node)["deliberation.convention"] == "adk+genai"


def test_a_tool_has_its_arguments_and_its_response() -> None:
    words = {PREFIX + "tool_call_args": '{"query": "w"}', PREFIX + "tool_response": '{"r": 1}'}
    named = {"gen_ai.operation.name": "execute_tool", "gen_ai.tool.name": "lookup"}
    node = observe({**named, **words, PREFIX + "llm_request": "{}", PREFIX + "llm_response": "{}"})
    assert (node.node_kind, node.tool) == (NodeKind.TOOL_CALL, "lookup")
    assert (node.input, node.output) == ('{"query": "w"}', '{"r": 1}')


def test_words_that_are_hidden_are_none() -> None:
    node = observe({**CALL, PREFIX + "llm_request": "{}", PREFIX + "llm_response": "{}"})
    assert (node.node_kind, node.input, node.output) == (NodeKind.MODEL_CALL, None, None)
    assert rest_of(node)[PREFIX + "llm_request"] == "{}"


def test_what_is_sent_to_a_live_connection_is_the_input_of_a_step() -> None:
    node = observe({PREFIX + "data": '[{"parts": [{"text": "hi"}]}]'})
    assert (node.node_kind, node.input) == (NodeKind.STEP, '[{"parts": [{"text": "hi"}]}]')


def test_an_agent_of_an_old_version_says_so_in_its_name_alone() -> None:
    kit = Origin({}, "gcp.vertex.agent", "", {}, "")
    assert observe({}, name="agent_run [judge]", origin=kit).node_kind is NodeKind.AGENT
    assert observe({}, name="invocation", origin=kit).node_kind is NodeKind.STEP
    assert observe({}, name="agent_run [judge]").node_kind is NodeKind.STEP


@pytest.mark.parametrize("odd", [None, 7, "[[", [1], "null", '"text"'])
def test_odd_words_are_kept(odd: Any) -> None:
    node = observe(dict.fromkeys([PREFIX + "llm_request", PREFIX + "llm_response"], odd))
    kept = rest_of(node)
    assert kept.get(PREFIX + "llm_request") == odd or node.input is not None
