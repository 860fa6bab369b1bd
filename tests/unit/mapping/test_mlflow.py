"""MLflow's own attributes."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import Any

import pytest

from deliberation.vocabulary import CostBasis, NodeKind, NodeStatus, TextVisibility, Usage
from tests.unit.mapping.making import observe, rest_of

REQUEST = {
    "model": "gpt-4o-mini",
    "messages": [
        {"role": "system", "content": "Use tools"},
        {"role": "user", "content": "6*7"},
    ],
    "temperature": 0.5,
}
CALL = {
    "id": "call_1",
    "type": "function",
    "function": {"name": "calculator", "arguments": '{"expression": "6*7"}'},
}
RESPONSE = {
    "id": "chatcmpl-1",
    "object": "chat.completion",
    "model": "gpt-4o-mini-2024-07-18",
    "choices": [
        {
            "index": 0,
            "finish_reason": "tool_calls",
            "message": {"role": "assistant", "content": None, "tool_calls": [CALL]},
        }
    ],
    "usage": {
        "prompt_tokens": 27,
        "completion_tokens": 13,
        "total_tokens": 40,
        "completion_tokens_details": {"reasoning_tokens": 4},
    },
}
TOKENS = {
    "input_tokens": 27,
    "output_tokens": 13,
    "total_tokens": 40,
    "cache_read_input_tokens": 0,
}


def written(**attributes: Any) -> dict[str, str]:
    """Return attributes as MLflow writes them: each value as JSON text."""
    names = {"model": "mlflow.llm.model", "tokens": "mlflow.chat.tokenUsage"}
    given = {names.get(name, f"mlflow.{name}"): value for name, value in attributes.items()}
    return {name: json.dumps(value) for name, value in given.items()}


CHAT = written(
    spanType="CHAT_MODEL",
    spanInputs=REQUEST,
    spanOutputs=RESPONSE,
    model="gpt-4o-mini-2024-07-18",
    tokens=TOKENS,
)


def test_it_works() -> None:
    node = observe({**CHAT, "mlflow.llm.provider": '"openai"'}, name="Completions")
    assert node.node_kind is NodeKind.MODEL_CALL
    assert (node.model, node.provider) == ("gpt-4o-mini-2024-07-18", "openai")
    assert (node.finish_reason, node.response_id) == ("tool_calls", "chatcmpl-1")
    assert node.usage == Usage(input=27, cache_read=0, output=13)
    assert node.cost_basis is CostBasis.MEASURED
    assert node.text_visibility is TextVisibility.FULL
    asked = json.loads(node.input or "")
    assert [(each["role"], each["parts"][0]["content"]) for each in asked] == [
        ("system", "Use tools"),
        ("user", "6*7"),
    ]
    [answer] = json.loads(node.output or "")
    assert answer["parts"] == [
        {
            "type": "tool_call",
            "id": "call_1",
            "name": "calculator",
            "arguments": '{"expression": "6*7"}',
        }
    ]


def test_what_a_request_says_beside_its_messages_is_kept() -> None:
    rest = rest_of(observe(CHAT))
    assert json.loads(rest["mlflow.spanInputs"])["temperature"] == 0.5
    assert json.loads(rest["mlflow.spanOutputs"])["usage"]["total_tokens"] == 40
    assert rest["deliberation.convention"] == "mlflow"
    assert "mlflow.llm.model" not in rest


@pytest.mark.parametrize(
    ("named", "kind"),
    [
        ("LLM", NodeKind.MODEL_CALL),
        ("AGENT", NodeKind.AGENT),
        ("TOOL", NodeKind.TOOL_CALL),
        ("RETRIEVER", NodeKind.RETRIEVAL),
        ("RERANKER", NodeKind.RETRIEVAL),
        ("EMBEDDING", NodeKind.RETRIEVAL),
        ("EVALUATOR", NodeKind.VERIFICATION),
        ("GUARDRAIL", NodeKind.VERIFICATION),
        ("CHAIN", NodeKind.STEP),
        ("MEMORY", NodeKind.STEP),
        ("my own", NodeKind.STEP),
        (None, NodeKind.STEP),
    ],
)
def test_each_type_has_its_node_kind(named: str | None, kind: NodeKind) -> None:
    assert observe(written(spanType=named, spanInputs={})).node_kind is kind


def test_a_word_that_is_no_json_is_read_as_it_is() -> None:
    node = observe({"mlflow.spanType": "TOOL", "mlflow.spanOutputs": "4 (about"})
    assert (node.node_kind, node.output) == (NodeKind.TOOL_CALL, "4 (about")


def test_a_span_that_lost_its_type_and_has_tokens_is_a_call() -> None:
    assert observe(written(tokens=TOKENS)).node_kind is NodeKind.MODEL_CALL


def test_a_tool_is_named_by_its_function_or_by_its_span() -> None:
    tool = written(spanType="TOOL", spanInputs={"expression": "6*7"}, spanOutputs=42)
    node = observe(tool, name="calculator_1")
    assert (node.tool, node.input, node.output) == ("calculator_1", '{"expression": "6*7"}', "42")
    named = observe({**tool, **written(spanFunctionName="calculator")}, name="calculator_1")
    assert named.tool == "calculator"


def test_a_text_loses_the_quotes_it_was_written_with() -> None:
    node = observe(written(spanType="CHAIN", spanInputs="what?", spanOutputs=None))
    assert (node.input, node.output) == ("what?", None)
    assert rest_of(node)["mlflow.spanOutputs"] == "null"


def test_a_tool_s_arguments_are_no_conversation_whatever_they_look_like() -> None:
    arguments = {"messages": [{"role": "user", "content": "hi"}]}
    node = observe(written(spanType="TOOL", spanInputs=arguments))
    assert json.loads(node.input or "") == arguments


def test_reasoning_in_a_response_s_items_is_told() -> None:
    items = [
        {"type": "reasoning", "summary": [{"type": "summary_text", "text": "think"}]},
        {"type": "message", "role": "assistant", "content": [{"type": "output_text", "text": "42"}]},
    ]  # fmt: skip
    body = {"id": "resp_1", "object": "response", "output": items}
    request = {"model": "gpt-5", "input": "6*7"}
    node = observe(written(spanType="CHAT_MODEL", spanInputs=request, spanOutputs=body))
    assert (node.reasoning, node.response_id, node.model) == ("think", "resp_1", "gpt-5")
    assert json.loads(node.input or "")[0]["parts"][0]["content"] == "6*7"


def test_before_the_token_attribute_the_response_tells_the_tokens() -> None:
    node = observe(written(spanType="CHAT_MODEL", spanInputs=REQUEST, spanOutputs=RESPONSE))
    assert node.usage == Usage(input=27, output=13, reasoning=4)
    assert node.model == "gpt-4o-mini-2024-07-18"


def test_what_anthropic_cached_is_counted_into_the_input() -> None:
    tokens = {
        "input_tokens": 100,
        "output_tokens": 7,
        "total_tokens": 107,
        "cache_read_input_tokens": 20,
        "cache_creation_input_tokens": 30,
    }
    chat = written(spanType="CHAT_MODEL", tokens=tokens)
    own = observe({**chat, "mlflow.message.format": '"anthropic"'})
    assert own.usage == Usage(input=150, cache_read=20, cache_write=30, output=7)
    through = observe({**chat, "mlflow.message.format": '"langchain"'})
    assert through.usage == Usage(input=100, cache_read=20, cache_write=30, output=7)


def test_a_response_of_anthropic_tells_its_tokens_and_its_end() -> None:
    body = {
        "id": "msg_1",
        "type": "message",
        "role": "assistant",
        "model": "claude-x",
        "content": [{"type": "thinking", "thinking": "hm"}, {"type": "text", "text": "42"}],
        "stop_reason": "end_turn",
        "usage": {"input_tokens": 10, "output_tokens": 5, "cache_read_input_tokens": 4},
    }
    node = observe(written(spanType="CHAT_MODEL", spanOutputs=body))
    assert node.usage == Usage(input=14, cache_read=4, output=5)
    assert (node.finish_reason, node.reasoning, node.model) == ("end_turn", "hm", "claude-x")


def test_the_cost_that_mlflow_computed_is_reported() -> None:
    stated = {"input_cost": 0.001, "output_cost": 0.002, "total_cost": 0.003}
    node = observe({**CHAT, "mlflow.llm.cost": json.dumps(stated)})
    assert node.cost is not None
    assert node.cost.amount == Decimal("0.003")


def test_a_failed_span_says_why() -> None:
    node = observe(CHAT, status_code=2, status_message="ZeroDivisionError: division by zero")
    assert (node.status, node.error) == (NodeStatus.ERROR, "ZeroDivisionError: division by zero")
