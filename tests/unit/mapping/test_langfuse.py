"""Langfuse's observations."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import Any

import pytest

from deliberation.events import RunEnded, RunStarted
from deliberation.vocabulary import CostBasis, NodeKind, NodeStatus, ObservedState, Usage
from ingest.mapping import map_span
from tests.unit.mapping.making import RUN, make_span, observe, only, rest_of

GENERATION: dict[str, Any] = {
    "langfuse.observation.type": "generation",
    "langfuse.observation.model.name": "gpt-4o-mini-2024-07-18",
    "langfuse.observation.input": '[{"role": "user", "content": "6*7?"}]',
    "langfuse.observation.output": '{"role": "assistant", "content": "42"}',
    "langfuse.observation.metadata.finish_reason": '"stop"',
    "langfuse.observation.usage_details": json.dumps(
        {
            "prompt_tokens": 19,
            "completion_tokens": 24,
            "total_tokens": 43,
            "completion_tokens_details": {"reasoning_tokens": 8},
            "prompt_tokens_details": {"cached_tokens": 4},
        }
    ),
    "langfuse.observation.cost_details": '{"input": 0.0001, "output": 0.0002}',
    "user.id": "u-7",
}


def usage_of(details: dict[str, Any], model: str = "my-model-1") -> Usage | None:
    node = observe(
        {
            "langfuse.observation.type": "generation",
            "langfuse.observation.model.name": model,
            "langfuse.observation.usage_details": json.dumps(details),
        }
    )
    return node.usage


def test_it_works() -> None:
    node = observe(GENERATION)
    assert node.node_kind is NodeKind.MODEL_CALL
    assert (node.model, node.finish_reason) == ("gpt-4o-mini-2024-07-18", "stop")
    assert node.usage == Usage(input=19, cache_read=4, output=24, reasoning=8)
    assert node.cost_basis is CostBasis.MEASURED
    assert node.cost is not None
    assert node.cost.amount == Decimal("0.0003")
    assert json.loads(node.input or "")[0]["parts"] == [{"type": "text", "content": "6*7?"}]
    assert json.loads(node.output or "")[0]["role"] == "assistant"
    rest = rest_of(node)
    assert rest["deliberation.convention"] == "langfuse"
    assert rest["user.id"] == "u-7"
    assert "langfuse.observation.input" not in rest


@pytest.mark.parametrize(
    ("named", "kind"),
    [
        ("embedding", NodeKind.RETRIEVAL),
        ("retriever", NodeKind.RETRIEVAL),
        ("agent", NodeKind.AGENT),
        ("tool", NodeKind.TOOL_CALL),
        ("evaluator", NodeKind.VERIFICATION),
        ("guardrail", NodeKind.VERIFICATION),
        ("chain", NodeKind.STEP),
        ("span", NodeKind.STEP),
        ("event", NodeKind.STEP),
        ("GENERATION", NodeKind.MODEL_CALL),
        ("something", NodeKind.STEP),
    ],
)
def test_each_type_has_its_node_kind(named: str, kind: NodeKind) -> None:
    assert observe({"langfuse.observation.type": named}).node_kind is kind


def test_an_observation_without_a_type_that_names_a_model_is_a_call() -> None:
    assert observe({"langfuse.observation.model.name": "m"}).node_kind is NodeKind.MODEL_CALL


def test_what_a_user_sets_beside_another_convention_is_added_to_it() -> None:
    genai = {"gen_ai.operation.name": "chat", "gen_ai.request.model": "m"}
    node = observe({**genai, "langfuse.observation.input": "6*7?"})
    assert (node.node_kind, node.input, node.model) == (NodeKind.MODEL_CALL, "6*7?", "m")


def test_spans_of_others_that_its_processor_exports_follow_their_own_convention() -> None:
    node = observe({"openinference.span.kind": "TOOL", "langfuse.trace.name": "t"}, name="calc")
    assert (node.node_kind, node.tool) == (NodeKind.TOOL_CALL, "calc")


def test_a_decorated_function_s_only_argument_is_what_was_asked() -> None:
    given = '{"args": ["6*7"], "kwargs": {}}'
    node = observe(
        {
            "langfuse.observation.type": "tool",
            "langfuse.observation.input": given,
            "langfuse.observation.output": "42",
        },
        name="calculator",
    )
    assert (node.tool, node.input, node.output) == ("calculator", "6*7", "42")
    assert rest_of(node)["langfuse.observation.input"] == given


def test_its_own_buckets_share_nothing_and_are_added_up() -> None:
    details = {
        "input": 6,
        "input_cache_read": 4,
        "input_cache_creation": 1,
        "input_audio": 2,
        "output": 2,
        "output_reasoning": 3,
        "total": 18,
    }
    expected = Usage(input=13, cache_read=4, cache_write=1, output=5, reasoning=3)
    assert usage_of(details) == expected


def test_the_cache_of_anthropic_is_counted_apart_as_its_documentation_says() -> None:
    details = {"input": 10, "output": 5, "cache_read_input_tokens": 4}
    assert usage_of(details, "claude-opus-x") == Usage(input=14, cache_read=4, output=5)
    assert usage_of(details) == Usage(input=10, cache_read=4, output=5)


def test_a_total_tells_that_the_cache_was_counted_apart() -> None:
    details = {"input": 10, "output": 5, "cache_read_input_tokens": 4, "total": 19}
    assert usage_of(details) == Usage(input=14, cache_read=4, output=5)


def test_the_tokens_of_the_responses_api_are_read() -> None:
    details = {
        "input_tokens": 18,
        "input_tokens_details": {"cached_tokens": 0},
        "output_tokens": 2,
        "output_tokens_details": {"reasoning_tokens": 1},
        "total_tokens": 20,
    }
    assert usage_of(details) == Usage(input=18, cache_read=0, output=2, reasoning=1)


def test_no_tokens_are_no_usage() -> None:
    assert usage_of({}) is None
    assert usage_of({"input": "many"}) is None


def test_a_total_cost_is_the_cost() -> None:
    stated = '{"input": 0.1, "output": 0.2, "total": 0.25}'
    node = observe({**GENERATION, "langfuse.observation.cost_details": stated})
    assert node.cost is not None
    assert node.cost.amount == Decimal("0.25")


FAILED: dict[str, Any] = {
    "langfuse.observation.type": "generation",
    "langfuse.observation.level": "ERROR",
    "langfuse.observation.status_message": "Error code: 400 - bad",
    "langfuse.observation.cost_details": '{"input": 0, "output": 0, "total": 0}',
}


def test_an_error_s_level_makes_an_error_without_the_span_s_status() -> None:
    events = map_span(make_span(FAILED, parent_id=None), RUN)
    ended = only(events, RunEnded)
    assert (ended.state, ended.error) == (ObservedState.FAILED, "Error code: 400 - bad")
    mute = {
        name: value
        for name, value in FAILED.items()
        if name != "langfuse.observation.status_message"
    }
    assert observe(mute).error == "ERROR"


def test_zeros_of_a_failed_call_are_no_cost() -> None:
    node = observe(FAILED)
    assert (node.status, node.cost, node.usage) == (NodeStatus.ERROR, None, None)
    fine = {**FAILED, "langfuse.observation.level": "DEFAULT"}
    cost = observe(fine).cost
    assert cost is not None
    assert cost.amount == 0


def test_a_warning_is_no_error() -> None:
    warned = {**GENERATION, "langfuse.observation.level": "WARNING"}
    assert observe(warned).status is NodeStatus.OK


def test_a_trace_s_input_and_session_stand_on_its_root() -> None:
    root = {
        "langfuse.observation.type": "span",
        "langfuse.trace.input": "6*7?",
        "langfuse.trace.output": "42",
        "session.id": "s-1",
        "langfuse.trace.tags": ["judge"],
    }
    events = map_span(make_span(root, parent_id=None), RUN)
    started = only(events, RunStarted)
    assert (started.task, started.session_id, started.tags) == ("6*7?", "s-1", ["judge"])
    assert only(events, RunEnded).answer == "42"
