"""The events of an Inspect sample become nodes, decisions and ends."""

from __future__ import annotations

import json
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from deliberation.events import (
    AnswerSelected,
    CandidateProposed,
    FateDecided,
    RunEnded,
    RunStarted,
    VerdictGiven,
)
from deliberation.vocabulary import (
    CostProvenance,
    DiscardReason,
    Independence,
    NodeKind,
    NodeStatus,
    ObservedState,
    SideEffect,
    Strategy,
    TextVisibility,
    Usage,
    VerdictOutcome,
    VerifierKind,
)
from ingest.importers.base import ImportedRun
from ingest.importers.inspect_calls import provider_of
from ingest.importers.inspect_eval import read
from ingest.importers.inspect_usage import usage_of
from tests.unit.importers.heard import assert_repeatable, nodes, only, rest
from tests.unit.importers.inspect_logs import (
    at,
    begin,
    end,
    event,
    model,
    said,
    sample,
    write_eval,
)

CALL = {"id": "c1", "function": "add", "arguments": {"a": 1.5}, "type": "function"}


def imported(folder: Path, *events: dict[str, Any], **changed: Any) -> ImportedRun:
    (run,) = read(write_eval(folder / "log.eval", sample(*events, **changed)))
    return run


def tool(second: float = 2, **more: Any) -> dict[str, Any]:
    made = {"id": "c1", "function": "add", "arguments": {"a": 1}, "completed": at(second + 1)}
    return event("tool", second, **{**made, "result": "2", "events": [], **more})


def approval(decision: str, approver: str = "human", **more: Any) -> dict[str, Any]:
    return event("approval", 2, call=CALL, approver=approver, decision=decision, **more)


def test_it_works(tmp_path: Path) -> None:
    run = imported(tmp_path, begin("solve", 0), model(), tool(), end("solve", 4))
    found = nodes(run)
    assert only(run, RunStarted).strategy is Strategy.AGENT
    assert (found["e.2"].tool, found["e.2"].input, found["e.2"].output) == ("add", '{"a":1}', "2")
    assert (found["e.2"].parent, found["e.2"].status) == ("span:solve", NodeStatus.OK)
    assert (found["e.2"].ended_at or 0) - (found["e.2"].started_at or 0) == 1_000_000_000
    assert_repeatable(run)


def test_a_tools_span_is_the_tool_call(tmp_path: Path) -> None:
    run = imported(
        tmp_path,
        begin("solve", 0),
        {**begin("t1", 2.1, "solve", type="tool"), "name": "add"},
        {**begin("t2", 2.2, "solve", type="tool"), "name": "add"},
        model(2.5, span="t2"),
        tool(2),
        tool(2, id="c2"),
        end("t1", 2.6),
        end("t2", 2.9),
    )
    found = nodes(run)
    assert set(found) == {"sample", "span:solve", "e.3", "e.4", "e.5"}
    assert found["e.3"].parent == "e.5"
    assert rest(found["e.4"])["span"]["id"] == "t1"


def test_a_failed_tool_says_how(tmp_path: Path) -> None:
    failed = tool(result="", error={"type": "parsing", "message": "no such tool"})
    node = nodes(imported(tmp_path, failed, span=None))["e.0"]
    assert (node.status, node.error, node.output) == (
        NodeStatus.ERROR,
        "parsing: no such tool",
        None,
    )


def test_events_inside_a_tool_hang_under_it(tmp_path: Path) -> None:
    inner = [event("step", 2, None, action="begin", name="sub"), model(2.2, span=None)]
    found = nodes(imported(tmp_path, tool(events=inner)))
    assert (found["e.0.0"].parent, found["e.0.1"].parent) == ("e.0", "e.0.0")


def test_each_message_of_a_conversation_is_told_once(tmp_path: Path) -> None:
    asked, answer = {"role": "user", "content": "6*7?"}, said("42")["message"]
    more = {"role": "user", "content": "Sure?"}
    run = imported(
        tmp_path,
        model(1, said("42"), input=[asked]),
        model(2, said("Yes"), input=[asked, answer, more]),
        model(3, said("A new one"), input=[more]),
    )
    found = nodes(run)
    heard = [json.loads(found[f"e.{n}"].input or "") for n in range(3)]
    texts = [[message["parts"][0]["content"] for message in each] for each in heard]
    assert texts == [["6*7?"], ["Sure?"], ["Sure?"]]
    assert rest(found["e.1"])["input_continues"] == {"node": "e.0", "messages": 2}
    assert "input_continues" not in rest(found["e.2"])


def test_the_tools_on_offer_are_told_where_they_change(tmp_path: Path) -> None:
    offered = [{"name": "add", "description": "Adds."}]
    found = nodes(imported(tmp_path, model(1, tools=offered), model(2, tools=offered)))
    assert rest(found["e.0"])["tools"] == offered
    assert rest(found["e.1"])["tools"] == {"same_as": "e.0"}


def test_reasoning_and_tool_calls_are_parts_of_the_answer(tmp_path: Path) -> None:
    content = [
        {"type": "reasoning", "reasoning": "Six sevens.", "signature": "s"},
        {"type": "text", "text": "I add."},
    ]
    call = nodes(imported(tmp_path, model(1, said(content, tool_calls=[CALL]))))["e.0"]
    (message,) = json.loads(call.output or "")
    assert [part["type"] for part in message["parts"]] == ["reasoning", "text", "tool_call"]
    assert message["parts"][2]["arguments"] == {"a": 1.5}
    assert call.reasoning == "Six sevens."


def test_a_sealed_thought_is_encrypted(tmp_path: Path) -> None:
    sealed = [{"type": "reasoning", "reasoning": "gAAAA", "redacted": True}]
    call = nodes(imported(tmp_path, model(1, said(sealed))))["e.0"]
    assert (call.text_visibility, call.reasoning) == (TextVisibility.ENCRYPTED, None)


def test_several_choices_of_a_call_are_samples_under_it(tmp_path: Path) -> None:
    run = imported(tmp_path, model(1, said("41", tool_calls=[CALL]), said("42")))
    found = nodes(run)
    assert [found[f"e.0:c{n}"].node_kind for n in (0, 1)] == [NodeKind.SAMPLE] * 2
    assert only(run, CandidateProposed).node == "sample"
    assert_repeatable(run)


def test_an_answer_from_the_cache_costs_nothing_anew(tmp_path: Path) -> None:
    usage = {"input_tokens": 20, "output_tokens": 10, "total_tokens": 30, "total_cost": 0.5}
    call = nodes(imported(tmp_path, model(1, cache="read", usage=usage)))["e.0"]
    assert call.usage == Usage(input=0, output=0)
    assert call.cost
    assert (call.cost.amount, call.cost.provenance) == (Decimal(0), CostProvenance.REPORTED)
    assert rest(call)["cached_call"] == {"usage": usage, "response_id": "resp-1"}
    assert call.response_id is None
    assert rest(call)["cache"] == "read"


def test_a_stated_cost_is_kept_to_the_digit(tmp_path: Path) -> None:
    usage = {"input_tokens": 2, "output_tokens": 1, "total_tokens": 3, "total_cost": 0.00012345}
    cost = nodes(imported(tmp_path, model(1, usage=usage, retries=2)))["e.0"].cost
    assert cost
    assert cost.amount == Decimal("0.00012345")


@pytest.mark.parametrize(
    ("error", "status"),
    [("boom", NodeStatus.ERROR), ("Cancelled by limit", NodeStatus.CANCELLED)],
)
def test_a_call_that_broke_says_so(tmp_path: Path, error: str, status: NodeStatus) -> None:
    broken = model(1, error=error, traceback="at line 1", output={"model": "", "choices": []})
    call = nodes(imported(tmp_path, broken))["e.0"]
    assert (call.status, call.error) == (status, f"{error}\n\nat line 1")
    assert (call.model, call.usage) == ("openai/gpt-4o", None)


def test_what_was_pending_when_the_log_was_written_is_running(tmp_path: Path) -> None:
    found = nodes(imported(tmp_path, model(1, pending=True), tool(pending=True)))
    assert {found[node].status for node in ("e.0", "e.1")} == {NodeStatus.RUNNING}


@pytest.mark.parametrize(
    ("plain", "usage"),
    [
        # As documented: Anthropic always, the others since 2025.
        ((10, 5, 115, 100, None), Usage(input=110, cache_read=100, output=5)),
        # OpenAI until then.
        ((110, 5, 115, 100, None), Usage(input=110, cache_read=100, output=5)),
        # Google until then, and Grok: thoughts beside the output.
        ((10, 5, 18, None, 3), Usage(input=10, output=8, reasoning=3)),
        ((10, 5, 15, None, 3), Usage(input=10, output=5, reasoning=3)),
        ((10, 5, 118, 100, 3), Usage(input=110, cache_read=100, output=8, reasoning=3)),
        # A total that says nothing.
        ((10, 5, 0, 4, 3), Usage(input=14, cache_read=4, output=5, reasoning=3)),
        ((0, 0, 0, None, None), None),
    ],
)
def test_tokens_are_inclusive_whichever_way_they_were_counted(
    plain: tuple[int | None, ...], usage: Usage | None
) -> None:
    names = ("input_tokens", "output_tokens", "total_tokens", "input_tokens_cache_read")
    assert usage_of(dict(zip((*names, "reasoning_tokens"), plain, strict=True))) == usage


@pytest.mark.parametrize(
    ("model_name", "provider"),
    [
        ("openai/gpt-4o", "openai"),
        ("grok/grok-3", "x-ai"),
        ("anthropic/bedrock/claude", "aws"),
        ("openai-api/deepseek/chat", "deepseek"),
        ("openrouter/anthropic/claude", "openrouter"),
        ("gpt-4o", None),
    ],
)
def test_a_models_provider_is_the_one_that_served_it(model_name: str, provider: str | None) -> None:
    assert provider_of(model_name) == provider


@pytest.mark.parametrize(
    ("decision", "outcome"),
    [
        ("approve", VerdictOutcome.ACCEPT),
        ("modify", VerdictOutcome.ACCEPT),
        ("reject", VerdictOutcome.REJECT),
        ("terminate", VerdictOutcome.REJECT),
        ("escalate", VerdictOutcome.UNSURE),
    ],
)
def test_an_approval_is_a_node_under_the_call_and_a_verdict_on_it(
    tmp_path: Path, decision: str, outcome: VerdictOutcome
) -> None:
    run = imported(tmp_path, approval(decision, explanation="harmless"), tool(), scores={})
    verdict = only(run, VerdictGiven)
    assert (verdict.node, verdict.by_node, verdict.outcome) == ("e.1", "e.0", outcome)
    assert (verdict.verifier, verdict.verifier_kind) == ("human", VerifierKind.HUMAN)
    assert (verdict.independence, verdict.rationale) == (Independence.HUMAN, "harmless")
    node = nodes(run)["e.0"]
    assert (node.node_kind, node.parent) == (NodeKind.APPROVAL, "e.1")
    assert node.name == f"human: {decision}"


@pytest.mark.parametrize(
    ("kind", "decision", "state"),
    [
        ("token", "approve", ObservedState.LIMIT_EXCEEDED),
        ("operator", "approve", ObservedState.CANCELLED),
        ("operator", "terminate", ObservedState.REJECTED),
    ],
)
def test_a_limit_is_how_the_run_ended(
    tmp_path: Path, kind: str, decision: str, state: ObservedState
) -> None:
    limit = event("sample_limit", 5, type=kind, message="Enough.", limit=10)
    run = imported(tmp_path, approval(decision), limit)
    assert only(run, RunEnded).state is state
    assert only(run, AnswerSelected).node == "sample"
    assert nodes(run)["sample"].status is NodeStatus.CANCELLED
    assert (nodes(run)["e.1"].name, nodes(run)["e.1"].text) == (f"{kind} limit", "Enough.")


def test_an_error_ends_the_run_and_attempts_before_it_are_discarded(tmp_path: Path) -> None:
    error = {"message": "Boom", "traceback": "at line 1", "traceback_ansi": "\x1b[1m"}
    attempt = {**error, "events": [model(0.5, error="Boom", span="gone")]}
    run = imported(
        tmp_path, event("error", 3, None, error=error), error=error, error_retries=[attempt]
    )
    ended, fate, found = only(run, RunEnded), only(run, FateDecided), nodes(run)
    assert (ended.state, ended.error) == (ObservedState.FAILED, "Boom\n\nat line 1")
    assert (fate.node, fate.reason) == ("try.1", DiscardReason.ERROR)
    assert (found["try.1.0"].parent, found["try.1.0"].node_kind) == (
        "try.1",
        NodeKind.MODEL_CALL,
    )
    assert found["e.0"].error == "Boom\n\nat line 1"


def test_the_sandbox_says_what_it_did(tmp_path: Path) -> None:
    run = imported(
        tmp_path,
        event("sandbox", 1, action="exec", cmd="ls", result=2, output="no", completed=at(2)),
        event("sandbox", 1, action="write_file", file="a.txt", input="x"),
    )
    ran, wrote = (nodes(run)[node] for node in ("e.0", "e.1"))
    assert (ran.input, ran.output, ran.error) == ("ls", "no", "exit code 2")
    assert (wrote.name, wrote.input, wrote.side_effect) == (
        "sandbox write_file",
        "a.txt",
        SideEffect.WRITE,
    )


def test_logs_infos_and_kinds_not_known_here_are_kept(tmp_path: Path) -> None:
    run = imported(
        tmp_path,
        event("logger", 1, message={"level": "warning", "message": "slow", "lineno": 3}),
        event("info", 2, source="mine", data={"n": 1}),
        event("store", 3, changes=[{"op": "add", "path": "/x", "value": 1}]),
        event("brand_new", 4, colour="red"),
        event("state", 5, changes=[]),
    )
    found = nodes(run)
    names = [found[f"e.{n}"].name for n in range(4)]
    assert names == ["log warning", "info mine", "store", "brand new"]
    assert (found["e.0"].text, found["e.1"].text) == ("slow", '{"n":1}')
    assert rest(found["e.3"]) == {"colour": "red"}
    assert rest(found["sample"])["events_not_imported"] == {"state": 1}
