"""Spans of the Codex CLI, which are functions, and what few of them say of its work."""

from __future__ import annotations

from typing import Any

from deliberation.events import NodeObserved
from deliberation.vocabulary import CostBasis, NodeKind, NodeStatus, Usage
from ingest.mapping import map_span
from ingest.wire.span import Origin
from tests.unit.mapping.making import PARENT, RUN, SPAN, make_span, rest_of

CODEX = Origin({"service.name": "codex_exec"}, "codex_exec", "", {}, "")
RESPONSE = {
    "codex.request.reasoning_effort": "medium",
    "gen_ai.usage.input_tokens": 5492,
    "gen_ai.usage.cache_read.input_tokens": 2746,
    "gen_ai.usage.cache_write.input_tokens": 0,
    "gen_ai.usage.output_tokens": 19,
    "codex.usage.reasoning_output_tokens": 4,
    "codex.usage.total_tokens": 5511,
}
TURN = {
    "model": "gpt-5-codex",
    "turn.id": "turn-1",
    "codex.turn.token_usage.input_tokens": 16365,
    "codex.turn.token_usage.cached_input_tokens": 4246,
    "codex.turn.token_usage.cache_write_input_tokens": 0,
    "codex.turn.token_usage.output_tokens": 62,
    "codex.turn.token_usage.reasoning_output_tokens": 14,
    "codex.turn.token_usage.total_tokens": 16427,
}


def nodes_of(attributes: dict[str, Any], **fields: Any) -> dict[str, NodeObserved]:
    events = map_span(make_span(attributes, origin=CODEX, **fields), RUN)
    return {each.node: each for each in events if isinstance(each, NodeObserved)}


def test_it_works() -> None:
    nodes = nodes_of(RESPONSE, name="handle_responses")
    assert nodes[SPAN].node_kind is NodeKind.STEP
    assert nodes[SPAN].usage is None
    call = nodes[PARENT]
    assert (call.node_kind, call.cost_basis) == (NodeKind.MODEL_CALL, CostBasis.MEASURED)
    assert call.usage == Usage(input=5492, cache_read=2746, cache_write=0, output=19, reasoning=4)
    assert (call.instrumentation, call.response_id) == ("codex_exec", "counts:5492/2746/0/19/4")
    assert (call.status, call.started_at, call.name, call.model) == (None, None, None, None)
    rest = rest_of(nodes[SPAN])
    assert rest["gen_ai.usage.input_tokens"] == 5492
    assert "gen_ai.usage.input_tokens" in rest["deliberation.read"]["codex"]


def test_a_turn_is_an_agent_with_the_sums_of_its_calls() -> None:
    node = nodes_of(TURN, name="session_task.turn")[SPAN]
    assert (node.node_kind, node.model) == (NodeKind.AGENT, "gpt-5-codex")
    assert node.usage == Usage(input=16365, cache_read=4246, cache_write=0, output=62, reasoning=14)
    assert node.cost_basis is None


def test_a_function_that_names_a_model_or_a_tool_is_a_step() -> None:
    for said in (
        {"model": "gpt-5-codex"},
        {"tool_name": "exec_command", "from": "output_item_done"},
    ):
        assert {each.node_kind for each in nodes_of(said).values()} == {NodeKind.STEP}


def test_a_tool_s_use_that_an_event_tells_is_a_node_under_its_span() -> None:
    said = {
        "event.name": "codex.tool_result",
        "tool_name": "update_plan",
        "call_id": "call_3",
        "success": "false",
        "output_length": 29,
    }
    event = {"name": "event otel/src/tool_result.rs:54", "time": 10**18 + 3, "attributes": said}
    use = nodes_of({}, events=[event])["call_3"]
    assert (use.node_kind, use.tool, use.parent) == (NodeKind.TOOL_CALL, "update_plan", SPAN)
    assert use.status is NodeStatus.ERROR
    assert (use.started_at, use.ended_at) == (10**18, 10**18 + 5)


def test_other_events_of_a_span_are_no_nodes() -> None:
    odd: list[dict[str, Any]] = [
        {"event.name": "codex.tool_result", "call_id": "call_3"},
        {"event.name": "codex.tool_result", "tool_name": "x"},
        {"event.name": 7, "tool_name": "x", "call_id": "call_3"},
        {"event.name": "codex.turn_ttft", "tool_name": "x", "call_id": "call_3"},
    ]
    for said in odd:
        assert list(nodes_of({}, events=[{"name": "e", "attributes": said}])) == [SPAN]
    assert list(nodes_of({}, events=[{"name": "e"}])) == [SPAN]
