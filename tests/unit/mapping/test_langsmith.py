"""LangSmith's runs."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import Any

import pytest

from deliberation.events import RunStarted
from deliberation.vocabulary import CostBasis, NodeKind, NodeStatus, Usage
from ingest.mapping import map_span
from tests.unit.mapping.making import RUN, make_span, observe, only, rest_of


def dumped(kind: str, **fields: Any) -> dict[str, Any]:
    """Return a message as LangChain dumps it."""
    path = ["langchain", "schema", "messages", kind]
    return {"lc": 1, "type": "constructor", "id": path, "kwargs": fields}


CALL = {"name": "calculator", "args": {"expression": "6*7"}, "id": "call_1", "type": "tool_call"}
PARTS = {
    "input_tokens": 191,
    "output_tokens": 12,
    "input_token_details": {"audio": 0, "cache_read": 95},
    "output_token_details": {"reasoning": 7},
}
ANSWER = dumped(
    "AIMessage",
    content="A call.",
    type="ai",
    tool_calls=[CALL],
    response_metadata={
        "model_name": "gpt-4o-mini-2024-07-18",
        "id": "chatcmpl-1",
        "finish_reason": "tool_calls",
    },
    usage_metadata=PARTS,
)
PROMPT = {
    "messages": [
        [
            dumped("SystemMessage", content="You are a careful judge.", type="system"),
            dumped("HumanMessage", content="6*7?", type="human"),
        ]
    ]
}
COMPLETION = {
    "generations": [
        [
            {
                "text": "A call.",
                "generation_info": {"finish_reason": "tool_calls", "logprobs": None},
                "type": "ChatGeneration",
                "message": ANSWER,
            }
        ]
    ],
    "llm_output": {"model_name": "gpt-4o-mini-2024-07-18"},
}


def run(kind: str, inputs: Any = None, outputs: Any = None, **more: Any) -> dict[str, Any]:
    """Return the attributes of a run of a kind; underscores in further names stand for dots."""
    operations = {"llm": "chat", "prompt": "chat", "tool": "execute_tool"}
    operations |= {"retriever": "embeddings", "embedding": "embeddings"}
    attributes = {
        "langsmith.span.kind": kind,
        "langsmith.trace.name": "its name",
        "gen_ai.operation.name": operations.get(kind, kind),
        "gen_ai.system": "langchain",
    }
    if inputs is not None:
        attributes["gen_ai.prompt"] = json.dumps(inputs)
    if outputs is not None:
        attributes["gen_ai.completion"] = json.dumps(outputs)
    return {**attributes, **more}


LLM = run(
    "llm",
    PROMPT,
    COMPLETION,
    **{
        "gen_ai.system": "openai",
        "gen_ai.request.model": "gpt-4o-mini",
        "gen_ai.usage.input_tokens": 191,
        "gen_ai.usage.output_tokens": 12,
        "gen_ai.usage.total_tokens": 203,
        "langsmith.metadata.ls_provider": "openai",
        "langsmith.metadata.usage_metadata": json.dumps(PARTS),
    },
)


def test_it_works() -> None:
    node = observe(LLM, name="ChatOpenAI")
    assert node.node_kind is NodeKind.MODEL_CALL
    assert (node.model, node.provider) == ("gpt-4o-mini-2024-07-18", "openai")
    assert (node.response_id, node.finish_reason) == ("chatcmpl-1", "tool_calls")
    assert node.usage == Usage(input=191, cache_read=95, output=12, reasoning=7)
    assert node.cost_basis is CostBasis.MEASURED
    asked = json.loads(node.input or "")
    assert [(each["role"], each["parts"][0]["content"]) for each in asked] == [
        ("system", "You are a careful judge."),
        ("user", "6*7?"),
    ]
    [answer] = json.loads(node.output or "")
    assert answer["parts"][-1] == {
        "type": "tool_call",
        "name": "calculator",
        "arguments": {"expression": "6*7"},
        "id": "call_1",
    }
    rest = rest_of(node)
    assert rest["deliberation.convention"] == "langsmith"
    assert json.loads(rest["gen_ai.completion"]) == COMPLETION
    assert rest["gen_ai.request.model"] == "gpt-4o-mini"
    assert "gen_ai.usage.input_tokens" not in rest


@pytest.mark.parametrize(
    ("named", "kind"),
    [
        ("llm", NodeKind.MODEL_CALL),
        ("tool", NodeKind.TOOL_CALL),
        ("retriever", NodeKind.RETRIEVAL),
        ("embedding", NodeKind.RETRIEVAL),
        ("prompt", NodeKind.STEP),
        ("parser", NodeKind.STEP),
        ("chain", NodeKind.STEP),
        ("something", NodeKind.STEP),
    ],
)
def test_each_run_is_what_its_own_word_says_not_its_operation(named: str, kind: NodeKind) -> None:
    node = observe(run(named, {"a": 1}))
    assert node.node_kind is kind
    assert node.provider is None
    assert rest_of(node)["gen_ai.operation.name"]


def test_a_chain_with_the_name_of_an_agent_is_the_agent() -> None:
    named = {"langsmith.metadata.lc_agent_name": "its name"}
    asked = {"messages": [{"role": "user", "content": "6*7?"}]}
    node = observe(run("chain", asked, **named))
    assert node.node_kind is NodeKind.AGENT
    assert json.loads(node.input or "")[0]["parts"][0]["content"] == "6*7?"
    below = observe(run("chain", asked, **named, **{"langsmith.trace.name": "model"}))
    assert below.node_kind is NodeKind.STEP


def test_a_tool_s_message_is_its_text() -> None:
    message = {"content": "42", "type": "tool", "tool_call_id": "call_1", "status": "success"}
    node = observe(
        run(
            "tool", {"expression": "6*7"}, {"output": message}, **{"gen_ai.tool.name": "calculator"}
        )
    )
    assert (node.tool, node.input, node.output) == ("calculator", '{"expression": "6*7"}', "42")
    assert json.loads(rest_of(node)["gen_ai.completion"]) == {"output": message}


def test_what_stands_alone_in_a_member_is_the_input() -> None:
    node = observe(run("parser", {"input": "text"}, {"output": {"a": [1]}}))
    assert (node.input, node.output) == ("text", '{"a":[1]}')


def test_tokens_that_stand_in_the_metadata_alone_are_read() -> None:
    stated = {"langsmith.metadata.usage_metadata": json.dumps({**PARTS, "total_cost": 0.25})}
    node = observe(run("llm", {"text": "6*7?"}, {"output": "42"}, **stated))
    assert node.usage == Usage(input=191, cache_read=95, output=12, reasoning=7)
    assert node.output == "42"
    assert node.cost is not None
    assert node.cost.amount == Decimal("0.25")


def test_tokens_that_stand_in_the_outputs_alone_are_read() -> None:
    assert observe(run("llm", PROMPT, COMPLETION)).usage == Usage(
        input=191, cache_read=95, output=12, reasoning=7
    )


def test_a_wrapped_client_s_request_and_response_are_read() -> None:
    asked = {"model": "m", "messages": [{"role": "user", "content": "6*7?"}]}
    said = {
        "id": "chatcmpl-2",
        "model": "m-1",
        "choices": [{"finish_reason": "stop", "message": {"role": "assistant", "content": "42"}}],
        "usage": {"prompt_tokens": 3, "completion_tokens": 1},
    }
    node = observe(run("llm", asked, said))
    assert (node.model, node.response_id, node.finish_reason) == ("m-1", "chatcmpl-2", "stop")
    assert node.usage == Usage(input=3, output=1)
    assert json.loads(node.output or "")[0]["parts"] == [{"type": "text", "content": "42"}]


def test_a_provider_has_opentelemetry_s_name() -> None:
    named = {"langsmith.metadata.ls_provider": "amazon_bedrock", "gen_ai.system": "anthropic"}
    assert observe({**LLM, **named}).provider == "aws.bedrock"


def test_a_kind_that_a_program_sets_beside_another_convention_is_kept() -> None:
    span = {
        "langsmith.span.kind": "llm",
        "gen_ai.request.model": "m",
        "gen_ai.prompt.0.role": "user",
        "gen_ai.prompt.0.content": "6*7?",
    }
    node = observe(span)
    assert (node.node_kind, node.model) == (NodeKind.MODEL_CALL, "m")
    assert json.loads(node.input or "")[0]["parts"][0]["content"] == "6*7?"


def test_a_failed_run_says_why() -> None:
    event = {
        "name": "exception",
        "attributes": {"exception.type": "Exception", "exception.message": "ValueError('no')"},
    }
    node = observe(run("chain", {"a": 1}, {}), status_code=2, events=[event])
    assert (node.status, node.error) == (NodeStatus.ERROR, "Exception: ValueError('no')")


def test_a_thread_is_a_session_and_tags_are_told() -> None:
    more = {"langsmith.metadata.thread_id": "t-1", "langsmith.span.tags": "judge, offline"}
    events = map_span(make_span(run("chain", {"a": 1}, **more), parent_id=None), RUN)
    started = only(events, RunStarted)
    assert (started.session_id, started.tags) == ("t-1", ["judge", "offline"])
