"""SWE-agent trajectories become an agent's calls and actions, with the run's tokens and cost."""

from __future__ import annotations

import copy
import json
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from deliberation.events import RunEnded, RunStarted
from deliberation.vocabulary import (
    CostBasis,
    NodeKind,
    NodeStatus,
    ObservedState,
    SideEffect,
    Strategy,
    Usage,
)
from ingest.importers.base import ImportedRun, NotImportable
from ingest.importers.cut_json import CUT
from ingest.importers.swe_agent import NO_END, NOT_FREE, read, sniff
from tests.unit.importers.heard import assert_repeatable, nodes, only, rest, write

FOLDER = "gpt4__my-data__default__t-0.20__p-0.95__c-3.00__install-1"
TRAJ: dict[str, Any] = {
    "environment": "swe_main",
    "trajectory": [
        {
            "action": "open a.py\n",
            "observation": "[File: a.py]",
            "response": "Let's look.\n```\nopen a.py\n```",
            "thought": "Let's look.\n",
            "state": '{"working_dir": "/repo"}\n',
            "execution_time": 0.5,
        },
        {"action": "python a.py", "observation": "ok", "response": "Run it.", "thought": "Run it."},
        {"action": "submit\n", "observation": "diff", "response": "Done.", "thought": "Done."},
    ],
    "history": [
        {"role": "system", "content": "You are a programmer.", "agent": "primary"},
        {"role": "assistant", "content": "Run it.", "is_demo": True},
        {"role": "user", "content": "Fix the bug.", "agent": "primary"},
        {
            "role": "assistant",
            "content": "Let's look.\n```\nopen a.py\n```",
            "thought": "Let's look.\n",
        },
        {"role": "user", "content": "[File: a.py]"},
        {"role": "assistant", "content": "Run it."},
        {"role": "user", "content": "ok"},
        {"role": "assistant", "content": "Done."},
    ],
    "info": {
        "exit_status": "submitted",
        "submission": "diff",
        "edited_files30": "a.py",
        "model_stats": {
            "total_cost": 9.5,
            "instance_cost": 0.1,
            "tokens_sent": 700,
            "tokens_received": 30,
            "api_calls": 3,
        },
    },
}
CONFIG = {
    "agent": {"model": {"name": "claude-sonnet-4", "per_instance_cost_limit": 3.0}},
    "problem_statement": {"text": "The issue."},
}


def traj(**changed: Any) -> dict[str, Any]:
    return copy.deepcopy(TRAJ) | changed


def imported(folder: Path, content: Any) -> ImportedRun:
    (run,) = read(write(folder / FOLDER / "repo-1.traj", content))
    return run


def test_it_works(tmp_path: Path) -> None:
    run = imported(tmp_path, traj())
    start, end, found = only(run, RunStarted), only(run, RunEnded), nodes(run)
    assert (start.name, start.task, start.models) == ("repo-1", "Fix the bug.", ["gpt4"])
    assert start.strategy is Strategy.AGENT
    assert (end.state, end.answer) == (ObservedState.COMPLETED, "diff")
    assert end.stop_reason == "submitted"
    kinds = [each.node_kind for each in found.values()]
    assert kinds == [NodeKind.AGENT, *[NodeKind.MODEL_CALL, NodeKind.TOOL_CALL] * 3]
    assert run.warnings == []


def test_tokens_and_cost_stand_on_the_agent_for_no_step_says_its_own(tmp_path: Path) -> None:
    root = nodes(imported(tmp_path, traj()))["agent"]
    assert root.usage == Usage(input=700, output=30)
    assert root.cost
    assert (root.cost.amount, root.cost_basis) == (Decimal("0.1"), CostBasis.UNALLOCATED)


def test_a_call_heard_what_is_new_since_the_call_before(tmp_path: Path) -> None:
    found = nodes(imported(tmp_path, traj()))
    first, second = (json.loads(found[f"step.{number}"].input or "") for number in (1, 2))
    assert [message["role"] for message in first] == ["system", "assistant", "user"]
    assert first[1]["is_demo"] is True
    assert second == [{"role": "user", "parts": [{"type": "text", "content": "[File: a.py]"}]}]


def test_an_action_has_its_tool_result_and_side_effect(tmp_path: Path) -> None:
    found = nodes(imported(tmp_path, traj()))
    look, program = found["step.1.action"], found["step.2.action"]
    assert (look.tool, look.input, look.output) == ("open", "open a.py\n", "[File: a.py]")
    assert (look.side_effect, rest(look)) == (SideEffect.READ, {"execution_time": 0.5})
    assert (program.tool, program.side_effect) == ("python", None)
    assert rest(found["step.1"])["state"] == {"working_dir": "/repo"}


def test_a_look_that_is_chained_to_something_else_is_not_called_a_look(tmp_path: Path) -> None:
    content = traj()
    content["trajectory"][0]["action"] = "cat a.py; rm a.py"
    assert nodes(imported(tmp_path, content))["step.1.action"].side_effect is None


def test_a_function_call_names_its_tool(tmp_path: Path) -> None:
    content = traj()
    call = {"id": "call_1", "function": {"name": "bash", "arguments": '{"command": "ls"}'}}
    content["history"][3]["tool_calls"] = [call]
    found = nodes(imported(tmp_path, content))
    assert found["step.1.action"].tool == "bash"
    assert rest(found["step.1.action"])["tool_call_id"] == "call_1"
    (answer,) = json.loads(found["step.1"].output or "")
    assert [part["type"] for part in answer["parts"]] == ["text", "tool_call"]


def test_a_model_that_thinks_apart_has_its_reasoning(tmp_path: Path) -> None:
    content = traj()
    content["trajectory"][0]["thinking_blocks"] = [{"type": "thinking", "thinking": "Hm."}]
    assert nodes(imported(tmp_path, content))["step.1"].reasoning == "Hm."


def test_a_replay_that_cost_nothing_is_not_free(tmp_path: Path) -> None:
    nothing = {"instance_cost": 0, "tokens_sent": 0, "tokens_received": 0, "api_calls": 3}
    config = {"agent": {"model": {"name": "replay"}}}
    run = imported(tmp_path, traj(info={"model_stats": nothing}, replay_config=config))
    root = nodes(run)["agent"]
    assert (root.usage, root.cost, root.cost_basis) == (None, None, None)
    assert only(run, RunStarted).models is None
    assert NOT_FREE in run.warnings


@pytest.mark.parametrize("written", [CONFIG, json.dumps(CONFIG)])
def test_the_configuration_says_model_task_and_budget(tmp_path: Path, written: Any) -> None:
    start = only(imported(tmp_path, traj(replay_config=written)), RunStarted)
    assert (start.models, start.task) == (["claude-sonnet-4"], "The issue.")
    assert start.budgets == {"usd": "3.0"}


@pytest.mark.parametrize(
    ("status", "state"),
    [
        ("submitted (exit_cost)", ObservedState.LIMIT_EXCEEDED),
        ("exit_context", ObservedState.LIMIT_EXCEEDED),
        ("exit_forfeit", ObservedState.COMPLETED),
        ("exit_format", ObservedState.FAILED),
        ("something new", ObservedState.FAILED),
    ],
)
def test_how_it_ended(tmp_path: Path, status: str, state: ObservedState) -> None:
    assert only(imported(tmp_path, traj(info={"exit_status": status})), RunEnded).state is state


def test_what_nobody_asked_for_is_kept(tmp_path: Path) -> None:
    root = nodes(imported(tmp_path, traj(colour="red")))["agent"]
    kept = rest(root)
    assert (kept["colour"], kept["environment"]) == ("red", "swe_main")
    assert kept["info"]["edited_files30"] == "a.py"
    assert kept["info"]["model_stats"]["total_cost"] == 9.5


def test_a_step_that_is_none_is_named_and_the_others_stay(tmp_path: Path) -> None:
    content = traj()
    content["trajectory"][1] = "what?"
    run = imported(tmp_path, content)
    assert set(nodes(run)) == {"agent", "step.1", "step.1.action", "step.3", "step.3.action"}
    assert run.warnings == ["step 2 is left out: it is not an object"]


def test_a_file_cut_short_keeps_the_steps_before_the_cut(tmp_path: Path) -> None:
    text = json.dumps(traj())
    run = imported(tmp_path, text[: text.index('"Run it."') + 4])
    assert run.warnings == [CUT, NO_END]
    assert "step.1.action" in nodes(run)
    assert nodes(run)["agent"].status is NodeStatus.RUNNING


def test_every_event_keeps_its_key_and_survives_the_wire(tmp_path: Path) -> None:
    assert_repeatable(imported(tmp_path, traj(replay_config=CONFIG)))


def test_it_is_known_by_its_name_or_by_its_steps() -> None:
    head = json.dumps(traj()).encode()
    assert sniff(Path("a.json"), head)
    assert sniff(Path("a.traj"), b'{"environment": "main"')
    assert not sniff(Path("a.json"), b'{"trajectory": []}')
    assert not sniff(Path("a.traj"), b"[1]")


@pytest.mark.parametrize("text", ['{"history": []}', '{"trajectory": 5}', "[]", "{nonsense}"])
def test_what_is_no_trajectory_is_refused_with_a_sentence(tmp_path: Path, text: str) -> None:
    with pytest.raises(NotImportable):
        imported(tmp_path, text)
