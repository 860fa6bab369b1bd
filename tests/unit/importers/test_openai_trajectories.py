"""Conversations with tool calls become an agent's calls, tools and the environment's verdict."""

from __future__ import annotations

import copy
import json
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from deliberation.events import RunEnded, RunStarted, VerdictGiven
from deliberation.vocabulary import (
    NodeKind,
    NodeStatus,
    ObservedState,
    SideEffect,
    Usage,
    VerdictOutcome,
)
from ingest.importers.base import ImportedRun, NotImportable
from ingest.importers.cut_json import CUT
from ingest.importers.openai_trajectories import read, sniff
from tests.unit.importers.heard import assert_repeatable, nodes, only, rest, told, write


def calls(name: str, arguments: str = "{}", own: str = "call_1") -> dict[str, Any]:
    function = {"name": name, "arguments": arguments}
    return {
        "role": "assistant",
        "content": None,
        "tool_calls": [{"id": own, "type": "function", "function": function}],
    }


def result(content: str, name: str, own: str = "call_1") -> dict[str, Any]:
    return {"role": "tool", "tool_call_id": own, "name": name, "content": content}


ENTRY: dict[str, Any] = {
    "task_id": 7,
    "reward": 1.0,
    "info": {
        "task": {"instruction": "You want a refund.", "actions": []},
        "user_cost": 0.0035,
        "reward_info": {"reward": 1.0, "info": {"r_actions": True}},
    },
    "traj": [
        {"role": "system", "content": "Be kind."},
        {"role": "user", "content": "Hello, a refund please."},
        calls("get_user_details", '{"user_id": "mia"}'),
        result("Error: user not found", "get_user_details"),
        calls("cancel_reservation"),
        result("cancelled", "cancel_reservation"),
        {"role": "assistant", "content": "It is cancelled."},
        {"role": "user", "content": "Thanks! ###STOP###"},
    ],
    "trial": 2,
}
CHAT = [{"role": "user", "content": "Hi"}, {"role": "assistant", "content": "Ho"}]


def entry(**changed: Any) -> dict[str, Any]:
    return copy.deepcopy(ENTRY) | changed


def runs(folder: Path, content: Any, name: str = "gpt-4o-airline.json") -> list[ImportedRun]:
    return list(read(write(folder / name, content)))


def test_it_works(tmp_path: Path) -> None:
    (run,) = runs(tmp_path, [ENTRY])
    start, end = only(run, RunStarted), only(run, RunEnded)
    assert (start.name, start.task) == ("airline 7 trial 2", "You want a refund.")
    assert (start.models, start.tags) == (["gpt-4o"], ["tau-bench"])
    assert (end.state, end.answer) == (ObservedState.COMPLETED, "It is cancelled.")
    assert end.stop_reason == "user_stopped"
    kinds = [each.node_kind for each in nodes(run).values()]
    pair = [NodeKind.MODEL_CALL, NodeKind.TOOL_CALL]
    assert kinds == [NodeKind.AGENT, *pair, *pair, NodeKind.MODEL_CALL]
    assert (run.size, run.warnings) == (6, [])


def test_each_message_is_told_once(tmp_path: Path) -> None:
    (run,) = runs(tmp_path, [ENTRY])
    found = nodes(run)
    turns = [each for each in found.values() if each.node_kind is NodeKind.MODEL_CALL]
    texts = [text for turn in turns for text in (turn.input, turn.output)]
    roles = [message["role"] for text in texts for message in json.loads(text or "[]")]
    assert roles == [message["role"] for message in ENTRY["traj"][:-1]]
    (last,) = rest(found["agent"])["messages_after_the_last_call"]
    assert last["parts"] == [{"type": "text", "content": "Thanks! ###STOP###"}]


def test_calls_that_share_an_id_get_their_own_results(tmp_path: Path) -> None:
    found = nodes(runs(tmp_path, [ENTRY])[0])
    first, second = found["turn.1.tool.1"], found["turn.2.tool.1"]
    assert (first.input, first.output) == ('{"user_id": "mia"}', "Error: user not found")
    assert (first.status, first.error) == (NodeStatus.ERROR, "Error: user not found")
    assert (second.status, second.output) == (NodeStatus.OK, "cancelled")
    assert (first.side_effect, second.side_effect) == (SideEffect.READ, SideEffect.WRITE)


def test_calls_of_one_message_are_answered_by_their_ids(tmp_path: Path) -> None:
    both = calls("a", own="1")
    both["tool_calls"] += calls("b", own="2")["tool_calls"]
    chat = [CHAT[0], both, result("of b", "b", "2"), result("of a", "a", "1")]
    found = nodes(runs(tmp_path, {"messages": chat})[0])
    assert [found[f"turn.1.tool.{place}"].output for place in (1, 2)] == ["of a", "of b"]


def test_the_reward_is_the_environments_verdict(tmp_path: Path) -> None:
    good, bad = runs(tmp_path, [entry(), entry(reward=0.0, trial=3)])
    assert only(good, VerdictGiven).outcome is VerdictOutcome.ACCEPT
    verdict = only(bad, VerdictGiven)
    assert (verdict.outcome, verdict.score, verdict.threshold) == (VerdictOutcome.REJECT, 0.0, 1.0)
    assert (verdict.node, verdict.saw_reference) == ("agent", True)
    assert json.loads(verdict.evidence or "")["info"] == {"r_actions": True}


@pytest.mark.parametrize("reward", [None, "good", True])
def test_a_reward_that_is_no_number_is_no_verdict(tmp_path: Path, reward: Any) -> None:
    assert told(runs(tmp_path, [entry(reward=reward)])[0], VerdictGiven) == []


@pytest.mark.parametrize(
    ("kept", "extra", "state", "reason"),
    [
        (6, [], ObservedState.LIMIT_EXCEEDED, "max_steps"),
        (
            2,
            [
                calls("transfer_to_human_agents"),
                result("Transfer successful", "transfer_to_human_agents"),
            ],
            ObservedState.COMPLETED,
            "transfer_to_human_agents",
        ),
    ],
)
def test_how_an_episode_ended(
    tmp_path: Path, kept: int, extra: list[Any], state: ObservedState, reason: str
) -> None:
    (run,) = runs(tmp_path, [entry(traj=ENTRY["traj"][:kept] + extra)])
    end = only(run, RunEnded)
    assert (end.state, end.stop_reason) == (state, reason)


@pytest.mark.parametrize(
    ("name", "model"),
    [
        ("tool-calling-claude-3-5-sonnet-0.0_range_0--1_user-gpt-4o-llm_0401.json", "claude-3-5-sonnet"),
        ("sonnet-35-new-airline.json", "sonnet-35"),
        ("results.json", None),
    ],
)  # fmt: skip
def test_the_model_stands_in_the_name(tmp_path: Path, name: str, model: str | None) -> None:
    start = only(runs(tmp_path, [ENTRY], name)[0], RunStarted)
    assert start.models == ([model] if model else None)


def test_cost_of_the_simulated_user_is_not_taken_for_the_agents(tmp_path: Path) -> None:
    root = nodes(runs(tmp_path, [ENTRY])[0])["agent"]
    assert (root.usage, root.cost) == (None, None)
    assert rest(root)["info"]["user_cost"] == 0.0035


@pytest.mark.parametrize("content", [CHAT, {"messages": CHAT}, [{"messages": CHAT}]])
def test_messages_of_any_program_are_read(tmp_path: Path, content: Any) -> None:
    (run,) = runs(tmp_path, content, "chat.json")
    start, end = only(run, RunStarted), only(run, RunEnded)
    assert (start.task, end.answer) == ("Hi", "Ho")
    assert start.name in ("chat entry 1", "chat line 1")
    assert told(run, VerdictGiven) == []
    assert sniff(tmp_path / "chat.json", (tmp_path / "chat.json").read_bytes())


def test_entries_one_a_line_are_runs(tmp_path: Path) -> None:
    lines = "\n".join(json.dumps({"messages": CHAT, "model": model}) for model in ("a", "b"))
    first, second = runs(tmp_path, lines + "\n{oops\n", "chat.jsonl")
    assert first.known_by != second.known_by
    assert only(second, RunStarted).models == ["b"]
    assert [warning[:6] for warning in first.warnings] == ["line 3"]


def test_usage_cost_and_model_that_a_message_states_are_its_calls(tmp_path: Path) -> None:
    usage = {
        "prompt_tokens": 100,
        "completion_tokens": 9,
        "prompt_tokens_details": {"cached_tokens": 40},
        "completion_tokens_details": {"reasoning_tokens": 5},
    }
    said = {**CHAT[1], "usage": usage, "cost": 0.25, "model": "gpt-5", "reasoning_content": "Hm."}
    call = nodes(runs(tmp_path, [CHAT[0], said])[0])["turn.1"]
    assert call.usage == Usage(input=100, cache_read=40, output=9, reasoning=5)
    assert call.cost
    assert (call.cost.amount, call.model, call.reasoning) == (Decimal("0.25"), "gpt-5", "Hm.")


def test_what_cannot_be_read_is_named(tmp_path: Path) -> None:
    odd = [*CHAT, 5, result("?", "x", "nobody")]
    (run,) = runs(tmp_path, [{"messages": odd}, "what", {"messages": []}])
    assert run.warnings == [
        "entry 1: message 3 is left out: it is not an object",
        "entry 1: message 4 is the result of a tool that nobody called: it is kept as a message",
        "entry 2 is left out: it is not an object",
        "entry 3 is left out: it has no messages",
    ]


def test_a_call_without_a_result_is_not_called_done(tmp_path: Path) -> None:
    (run,) = runs(tmp_path, {"messages": [CHAT[0], calls("look")]})
    assert nodes(run)["turn.1.tool.1"].status is NodeStatus.RUNNING


def test_a_file_cut_short_keeps_what_stands_before_the_cut(tmp_path: Path) -> None:
    text = json.dumps([ENTRY, entry(trial=3)])
    first, second = runs(tmp_path, text[: text.rindex("cancelled")])
    assert len(nodes(first)) == 6
    assert {"turn.1.tool.1", "turn.2"} < set(nodes(second))
    assert CUT in second.warnings


def test_every_event_keeps_its_key_and_survives_the_wire(tmp_path: Path) -> None:
    assert_repeatable(runs(tmp_path, [ENTRY])[0])


def test_it_is_known_by_messages_near_the_top() -> None:
    path = Path("x.json")
    assert sniff(path, json.dumps([ENTRY]).encode())
    assert not sniff(path, json.dumps({"samples": [{"messages": CHAT}]}).encode())
    assert not sniff(path, b'{"messages": [{"id": 1}]}')
    assert not sniff(path, b"messages")


@pytest.mark.parametrize("text", ["[]", "[5]", '{"messages": 5}', "{nonsense", '["a", nonsense]'])
def test_what_holds_no_conversation_is_refused(tmp_path: Path, text: str) -> None:
    with pytest.raises(NotImportable):
        runs(tmp_path, text)
