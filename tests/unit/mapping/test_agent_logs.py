"""What coding agents log of their work."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from deliberation.events import Event, NodeObserved, RunStarted
from deliberation.vocabulary import CostProvenance, NodeKind, NodeStatus, TextVisibility, Usage
from ingest.mapping import map_log
from ingest.mapping.trace_of import trace_of
from tests.unit.mapping.making import DIGEST, RUN, SPAN, make_log, rest_of

SITE = "event otel/src/events/session_telemetry.rs:1153"
AT = 10**18


def log(what: str, attributes: dict[str, Any], **fields: Any) -> list[Event]:
    """Return the events of a log that names itself in an attribute, outside any trace unless told."""
    said = {"event.name": what, "conversation.id": "thread-1", **attributes}
    usual: dict[str, Any] = {"event_name": SITE, "trace_id": None, "span_id": None}
    return map_log(make_log(said, **{**usual, **fields}), RUN)


def node(what: str, attributes: dict[str, Any], **fields: Any) -> NodeObserved:
    events = log(what, attributes, **fields)
    return next(each for each in events if isinstance(each, NodeObserved))


def test_it_works() -> None:
    used = node(
        "codex.tool_result",
        {
            "tool_name": "exec_command",
            "call_id": "call_1",
            "duration_ms": "54",
            "success": "true",
            "arguments": '{"cmd": "echo $((6*7))"}',
            "output": "42\n",
            "mcp_server": "",
        },
    )
    assert (used.node, used.node_kind, used.tool) == ("call_1", NodeKind.TOOL_CALL, "exec_command")
    assert (used.input, used.output) == ('{"cmd": "echo $((6*7))"}', "42\n")
    assert (used.status, used.error) == (NodeStatus.OK, None)
    assert (used.started_at, used.ended_at) == (AT - 54_000_000, AT)
    assert used.session_id == "thread-1"
    rest = rest_of(used)
    assert rest["deliberation.convention"] == "agent-events"
    assert "arguments" in rest["deliberation.read"]["agent-events"]
    assert (rest["success"], rest["otel.log.event_name"]) == ("true", SITE)


def test_a_failure_is_one_though_its_success_is_a_text() -> None:
    said = {"tool_name": "update_plan", "call_id": "c", "success": "false", "output": "unsupported"}
    used = node("codex.tool_result", said)
    assert (used.status, used.error) == (NodeStatus.ERROR, "unsupported")
    assert used.output == "unsupported"


def test_where_a_span_tells_of_the_same_use_the_times_are_the_span_s() -> None:
    said = {"tool_name": "x", "call_id": "c", "duration_ms": "54"}
    used = node("codex.tool_result", said, span_id=SPAN, trace_id="ab" * 16)
    assert (used.parent, used.started_at, used.ended_at) == (SPAN, None, None)


def test_a_prompt_is_the_task_of_the_run() -> None:
    [start, step] = log("codex.user_prompt", {"prompt": "Is 6*7=42?", "prompt_length": "10"})
    assert isinstance(start, RunStarted)
    assert (start.task, start.session_id) == ("Is 6*7=42?", "thread-1")
    assert isinstance(step, NodeObserved)
    assert (step.node_kind, step.input) == (NodeKind.STEP, "Is 6*7=42?")


def test_a_prompt_that_is_hidden_is_no_task() -> None:
    [start, step] = log("codex.user_prompt", {"prompt": "[REDACTED]"})
    assert isinstance(start, RunStarted)
    assert start.task is None
    assert isinstance(step, NodeObserved)
    assert (step.input, step.text_visibility) == (None, TextVisibility.REDACTED)
    assert rest_of(step)["prompt"] == "[REDACTED]"


def test_the_event_of_a_stream_that_states_tokens_is_the_call() -> None:
    counts = {
        "input_token_count": "5492",
        "output_token_count": "19",
        "cached_token_count": 2746,
        "cache_write_token_count": 0,
        "reasoning_token_count": 4,
        "tool_token_count": "5511",
    }
    said = {"event.kind": "response.completed", "model": "gpt-5-codex", **counts}
    call = node("codex.sse_event", said)
    assert (call.node_kind, call.model) == (NodeKind.MODEL_CALL, "gpt-5-codex")
    assert call.usage == Usage(input=5492, cache_read=2746, cache_write=0, output=19, reasoning=4)
    assert call.response_id == "counts:5492/2746/0/19/4"
    assert call.instrumentation == "scope"
    other = node("codex.sse_event", {"event.kind": "response.created", "model": "gpt-5-codex"})
    assert (other.node_kind, other.usage, other.name) == (NodeKind.STEP, None, "codex.sse_event")


def test_a_decision_hangs_under_the_use_that_it_allows_or_refuses() -> None:
    said = {
        "tool_name": "exec_command",
        "call_id": "call_1",
        "decision": "denied",
        "source": "User",
    }
    [decision, use] = log("codex.tool_decision", said, span_id=SPAN)
    assert isinstance(decision, NodeObserved)
    assert (decision.node_kind, decision.output) == (NodeKind.APPROVAL, "denied")
    assert (decision.node, decision.parent) == (DIGEST[:16], "call_1")
    assert rest_of(decision)["source"] == "User"
    assert isinstance(use, NodeObserved)
    assert (use.node, use.node_kind, use.tool) == ("call_1", NodeKind.TOOL_CALL, "exec_command")
    assert (use.status, use.parent) == (None, None)


def test_an_answer_is_what_came_out() -> None:
    assert node("codex.agent_response", {"response": "42"}).output == "42"


def test_claude_code_s_input_leaves_out_what_was_cached_and_its_cost_is_reported() -> None:
    call = node(
        "api_request",
        {
            "model": "claude-sonnet-4-5",
            "cost_usd": "0.0125",
            "duration_ms": "2100",
            "input_tokens": "12",
            "output_tokens": "300",
            "cache_read_tokens": "9000",
            "cache_creation_tokens": "100",
            "request_id": "req_1",
            "session.id": "s1",
        },
        event_name="api_request",
        body="claude_code.api_request",
    )
    assert rest_of(call)["otel.log.body"] == "claude_code.api_request"
    assert call.usage == Usage(input=9112, cache_read=9000, cache_write=100, output=300)
    assert call.cost is not None
    assert (call.cost.amount, call.cost.provenance) == (
        Decimal("0.0125"),
        CostProvenance.REPORTED,
    )
    assert (call.response_id, call.started_at) == ("req_1", AT - 2_100_000_000)


def test_gemini_s_thoughts_are_part_of_what_came_out() -> None:
    call = node(
        "gemini_cli.api_response",
        {
            "model": "gemini-2.5-pro",
            "input_token_count": 100,
            "output_token_count": 20,
            "cached_content_token_count": 40,
            "thoughts_token_count": 7,
            "tool_token_count": 0,
            "total_token_count": 127,
            "response_text": "42",
        },
    )
    assert call.usage == Usage(input=100, cache_read=40, output=27, reasoning=7)
    assert (call.output, call.text_visibility) == ("42", None)
    used = node(
        "gemini_cli.tool_call",
        {"function_name": "read_file", "function_args": '{"path":"a"}', "success": False},
    )
    assert (used.tool, used.input, used.status) == (
        "read_file",
        '{"path":"a"}',
        NodeStatus.ERROR,
    )


def test_a_call_that_failed_is_a_call() -> None:
    call = node(
        "claude_code.api_error", {"model": "m", "error": "overloaded", "status_code": "529"}
    )
    assert (call.node_kind, call.status, call.error) == (
        NodeKind.MODEL_CALL,
        NodeStatus.ERROR,
        "overloaded",
    )


@pytest.mark.parametrize(
    ("what", "said"),
    [
        ("codex.sse_event", {"input_token_count": "many"}),
        ("codex.tool_result", {"tool_name": 7}),
        ("codex.tool_decision", {"decision": None}),
        ("codex.something_new", {"prompt": "x"}),
    ],
)
def test_what_is_not_understood_is_a_step_with_all_it_said(what: str, said: dict[str, Any]) -> None:
    [step] = log(what, said)
    assert isinstance(step, NodeObserved)
    assert (step.node_kind, step.name) == (NodeKind.STEP, what)
    assert rest_of(step).items() >= said.items()


def test_logs_outside_any_trace_are_one_run_for_each_conversation() -> None:
    def of(session: str) -> str:
        return trace_of(make_log({"conversation.id": session}, trace_id=None))

    assert of("one") == of("one") != of("two")
    assert trace_of(make_log({"conversation.id": "one"})) == "ab" * 16
