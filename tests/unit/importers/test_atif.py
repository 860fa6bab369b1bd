"""ATIF trajectories become an agent's calls and tools, with tokens and money counted once."""

from __future__ import annotations

import copy
import json
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from deliberation.events import RunEnded, RunStarted, VerdictGiven
from deliberation.vocabulary import (
    CostBasis,
    CostProvenance,
    NodeKind,
    NodeStatus,
    Usage,
    VerdictOutcome,
)
from ingest.importers.atif import MAX_DEPTH, TOO_DEEP, read, sniff
from ingest.importers.base import ImportedRun, NotImportable
from ingest.importers.cut_json import CUT
from tests.unit.importers.heard import assert_repeatable, nodes, only, rest, told, write

TRAJECTORY: dict[str, Any] = {
    "schema_version": "ATIF-v1.7",
    "session_id": "s-1",
    "agent": {"name": "terminus", "version": "2.0", "model_name": "gemini-2.5-flash"},
    "notes": "A note.",
    "final_metrics": {
        "total_prompt_tokens": 1120,
        "total_completion_tokens": 124,
        "total_cached_tokens": 200,
        "total_cost_usd": 0.00078,
    },
    "steps": [
        {"step_id": 1, "source": "system", "message": "Be exact."},
        {
            "step_id": 2,
            "timestamp": "2025-10-11T10:30:00Z",
            "source": "user",
            "message": "What is the price?",
        },
        {
            "step_id": 3,
            "timestamp": "2025-10-11T10:30:02Z",
            "source": "agent",
            "message": "I search.",
            "reasoning_content": "Two numbers are needed.",
            "reasoning_effort": "medium",
            "tool_calls": [
                {"tool_call_id": "c1", "function_name": "search", "arguments": {"q": "price"}},
                {"tool_call_id": "c2", "function_name": "search", "arguments": {"q": "volume"}},
            ],
            "observation": {
                "results": [
                    {"source_call_id": "c2", "content": "1.5M"},
                    {"source_call_id": "c1", "content": "$185"},
                ]
            },
            "metrics": {
                "prompt_tokens": 520,
                "completion_tokens": 80,
                "cached_tokens": 200,
                "cost_usd": 0.00045,
                "extra": {"reasoning_tokens": 12},
            },
        },
        {
            "step_id": 4,
            "source": "agent",
            "model_name": "gemini-2.5-pro",
            "message": "It is $185.",
            "metrics": {"prompt_tokens": 600, "completion_tokens": 44, "cost_usd": 0.00033},
        },
    ],
}


def trajectory(**changed: Any) -> dict[str, Any]:
    return copy.deepcopy(TRAJECTORY) | changed


def imported(folder: Path, content: Any, name: str = "trajectory.json") -> ImportedRun:
    (run,) = read(write(folder / "task__x" / "agent" / name, content))
    return run


def step(source: str = "agent", **more: Any) -> dict[str, Any]:
    return {"source": source, "message": "", **more}


def test_it_works(tmp_path: Path) -> None:
    run = imported(tmp_path, trajectory())
    start, end, found = only(run, RunStarted), only(run, RunEnded), nodes(run)
    assert (start.name, start.task) == ("terminus task__x", "What is the price?")
    assert (start.models, start.effort) == (["gemini-2.5-flash", "gemini-2.5-pro"], "medium")
    assert (start.session_id, end.answer) == ("s-1", "It is $185.")
    assert {node: event.node_kind for node, event in found.items()} == {
        "agent": NodeKind.AGENT,
        "agent:3": NodeKind.MODEL_CALL,
        "agent:3.1": NodeKind.TOOL_CALL,
        "agent:3.2": NodeKind.TOOL_CALL,
        "agent:4": NodeKind.MODEL_CALL,
    }
    assert (run.warnings, run.size) == ([], 5)


def test_a_step_has_its_tokens_cost_and_reasoning(tmp_path: Path) -> None:
    call = nodes(imported(tmp_path, trajectory()))["agent:3"]
    assert call.usage == Usage(input=520, cache_read=200, output=80, reasoning=12)
    assert call.cost
    assert (call.cost.amount, call.cost.provenance) == (
        Decimal("0.00045"),
        CostProvenance.REPORTED,
    )
    assert call.reasoning == "Two numbers are needed."
    assert rest(call)["metrics"]["cached_tokens"] == 200


def test_what_the_steps_account_for_is_not_counted_again(tmp_path: Path) -> None:
    root = nodes(imported(tmp_path, trajectory()))["agent"]
    assert (root.usage, root.cost, root.cost_basis) == (None, None, None)
    assert rest(root)["final_metrics"]["total_prompt_tokens"] == 1120


def test_results_are_of_the_tools_that_they_name(tmp_path: Path) -> None:
    found = nodes(imported(tmp_path, trajectory()))
    assert [found[f"agent:3.{place}"].output for place in (1, 2)] == ["$185", "1.5M"]
    assert found["agent:3.1"].input == '{"q":"price"}'
    heard = json.loads(found["agent:4"].input or "")
    assert [part["id"] for part in heard[0]["parts"]] == ["c1", "c2"]


def test_results_without_a_name_are_of_the_first_tool_that_has_none(tmp_path: Path) -> None:
    content = trajectory()
    for result in content["steps"][2]["observation"]["results"]:
        del result["source_call_id"]
    content["steps"][2]["observation"]["results"].append({"content": "more"})
    found = nodes(imported(tmp_path, content))
    assert [found[f"agent:3.{place}"].output for place in (1, 2, 3)] == ["1.5M", "$185", "more"]
    assert found["agent:3.3"].tool == "action"


def test_totals_stand_on_the_agent_when_no_step_states_its_own(tmp_path: Path) -> None:
    content = trajectory()
    for each in content["steps"]:
        each.pop("metrics", None)
    found = nodes(imported(tmp_path, content))
    root = found["agent"]
    assert root.usage == Usage(input=1120, cache_read=200, output=124)
    assert root.cost
    assert (root.cost.amount, root.cost_basis) == (Decimal("0.00078"), CostBasis.UNALLOCATED)
    call = found["agent:3"].cost
    # Stated as absent: a price beside the stated total would be counted twice.
    assert call
    assert call.provenance is CostProvenance.ABSENT


def test_what_some_steps_leave_open_is_unallocated(tmp_path: Path) -> None:
    content = trajectory()
    del content["steps"][3]["metrics"]
    found = nodes(imported(tmp_path, content))
    assert found["agent"].usage == Usage(input=600, output=44)
    assert found["agent"].cost
    assert found["agent"].cost.amount == Decimal("0.00033")


def test_totals_beyond_the_steps_are_unallocated(tmp_path: Path) -> None:
    totals = {"total_prompt_tokens": 5000, "total_cost_usd": 0.001}
    run = imported(tmp_path, trajectory(final_metrics=totals))
    root = nodes(run)["agent"]
    assert (root.usage, root.cost_basis) == (Usage(input=3880), CostBasis.UNALLOCATED)
    assert root.cost
    assert (root.cost.amount, run.warnings) == (Decimal("0.00022"), [])


def test_totals_below_the_steps_are_named(tmp_path: Path) -> None:
    totals = {"total_prompt_tokens": 900, "total_completion_tokens": 124, "total_cost_usd": 0.0005}
    run = imported(tmp_path, trajectory(final_metrics=totals))
    found = nodes(run)
    assert run.warnings == [
        "final_metrics say 900 tokens in, the steps add up to 1120: the steps are counted",
        "final_metrics say 0.0005 dollars, the steps add up to 0.00078: the whole is counted, and no step's own",
    ]
    assert found["agent"].usage is None
    assert found["agent:3"].usage
    costs = [found[node].cost for node in ("agent", "agent:3", "agent:4")]
    assert [cost.amount if cost else 0 for cost in costs] == [Decimal("0.0005"), None, None]
    assert rest(found["agent:3"])["metrics"]["cost_usd"] == 0.00045


@pytest.mark.parametrize(("total", "left"), [(1120, None), (2240, None), (3000, 760)])
def test_what_sub_agents_account_for_is_not_left_over(
    tmp_path: Path, total: int, left: int | None
) -> None:
    totals = {"total_prompt_tokens": total}
    content = trajectory(final_metrics=totals, subagent_trajectories=[trajectory()])
    usage = nodes(imported(tmp_path, content))["agent"].usage
    assert (usage.input if usage else None) == left


def test_one_look_after_several_tools_is_of_the_last(tmp_path: Path) -> None:
    content = trajectory()
    content["steps"][2]["observation"]["results"] = [{"content": "the screen"}]
    found = nodes(imported(tmp_path, content))
    assert [found[f"agent:3.{place}"].output for place in (1, 2)] == [None, "the screen"]
    assert found["agent:3.1"].status is NodeStatus.OK


def test_zeros_of_a_failed_run_are_not_measured_zeros(tmp_path: Path) -> None:
    nothing = {"prompt_tokens": 0, "completion_tokens": 0, "cost_usd": 0.0}
    totals = {"total_prompt_tokens": 0, "total_completion_tokens": 0, "total_cost_usd": 0.0}
    content = trajectory(steps=[step(metrics=nothing)], final_metrics=totals)
    found = nodes(imported(tmp_path, content))
    assert (found["agent:1"].usage, found["agent:1"].cost) == (None, None)
    assert (found["agent"].usage, found["agent"].cost) == (None, None)


def test_copied_steps_are_context_and_no_calls_again(tmp_path: Path) -> None:
    content = trajectory()
    for each in content["steps"][:3]:
        each["is_copied_context"] = True
    del content["final_metrics"]
    found = nodes(imported(tmp_path, content))
    assert set(found) == {"agent", "agent:4"}
    heard = json.loads(found["agent:4"].input or "")
    assert [message["role"] for message in heard] == ["system", "user", "assistant", "tool"]


def test_tools_that_a_rule_dispatched_are_no_call_of_a_model(tmp_path: Path) -> None:
    call = {"tool_call_id": "c", "function_name": "lint", "arguments": {}}
    content = trajectory(steps=[step(tool_calls=[call], llm_call_count=0)])
    found = nodes(imported(tmp_path, content))
    assert {event.node_kind for event in found.values()} == {NodeKind.AGENT, NodeKind.TOOL_CALL}
    assert found["agent:1.1"].status is NodeStatus.RUNNING


def test_a_system_step_that_did_something_shows_it(tmp_path: Path) -> None:
    observation = {"results": [{"content": "The context was compacted."}]}
    content = trajectory(steps=[step("system", observation=observation), step()])
    found = nodes(imported(tmp_path, content))
    assert found["agent:1.1"].output == "The context was compacted."


@pytest.mark.parametrize("named", ["trajectory_id", "session_id"])
def test_an_embedded_sub_agent_hangs_under_the_tool_that_names_it(
    tmp_path: Path, named: str
) -> None:
    sub = trajectory(**{named: "sub-1"})
    content = trajectory(subagent_trajectories=[sub, trajectory(session_id="unnamed")])
    content["steps"][2]["observation"]["results"][1]["subagent_trajectory_ref"] = [
        {named: "sub-1", "trajectory_path": None}
    ]
    found = nodes(imported(tmp_path, content))
    assert (found["agent.1"].parent, found["agent.2"].parent) == ("agent:3.1", "agent")
    assert found["agent.1:3"].parent == "agent.1"
    assert found["agent.1:3"].usage == found["agent:3"].usage


def test_a_sub_agent_in_a_file_of_its_own_stays_named(tmp_path: Path) -> None:
    content = trajectory()
    ref = {"session_id": "x", "trajectory_path": "sub.json"}
    content["steps"][2]["observation"]["results"][1]["subagent_trajectory_ref"] = [ref]
    tool = nodes(imported(tmp_path, content))["agent:3.1"]
    assert rest(tool)["observation"]["subagent_trajectory_ref"] == [ref]


def test_sub_agents_without_end_are_cut_off(tmp_path: Path) -> None:
    content = trajectory(steps=[])
    for _ in range(MAX_DEPTH + 3):
        content = trajectory(steps=[], subagent_trajectories=[content])
    run = imported(tmp_path, content)
    assert len(nodes(run)) == MAX_DEPTH + 1
    assert run.warnings[-1].startswith(TOO_DEEP[:20])


def test_images_and_texts_of_a_message_are_its_parts(tmp_path: Path) -> None:
    image = {"type": "image", "source": {"media_type": "image/png", "path": "images/1.png"}}
    content = trajectory(steps=[step("user", message=[{"type": "text", "text": "See:"}, image])])
    content["steps"].append(step(message="I see."))
    run = imported(tmp_path, content)
    (heard,) = json.loads(nodes(run)["agent:2"].input or "")
    assert heard["parts"] == [{"type": "text", "content": "See:"}, image]
    assert only(run, RunStarted).task == "See:"


@pytest.mark.parametrize(
    ("reward", "outcome"),
    [("1\n", VerdictOutcome.ACCEPT), ("0.5", VerdictOutcome.REJECT), ("?", None)],
)
def test_harbors_reward_beside_the_agents_folder_is_a_verdict(
    tmp_path: Path, reward: str, outcome: VerdictOutcome | None
) -> None:
    write(tmp_path / "task__x" / "verifier" / "reward.txt", reward)
    verdicts = told(imported(tmp_path, trajectory()), VerdictGiven)
    assert [verdict.outcome for verdict in verdicts] == ([outcome] if outcome else [])


def test_what_nobody_asked_for_is_kept(tmp_path: Path) -> None:
    content = trajectory(colour="red")
    content["steps"][2]["extra"] = {"mood": "good"}
    found = nodes(imported(tmp_path, content))
    assert (rest(found["agent"])["colour"], rest(found["agent"])["notes"]) == ("red", "A note.")
    assert rest(found["agent:3"])["extra"] == {"mood": "good"}


def test_a_step_that_is_none_is_named(tmp_path: Path) -> None:
    content = trajectory(final_metrics={})
    content["steps"][0] = 5
    run = imported(tmp_path, content)
    assert run.warnings == ["step 1 is left out: it is not an object"]
    assert "agent:3" in nodes(run)


def test_a_file_cut_short_keeps_the_steps_before_the_cut(tmp_path: Path) -> None:
    text = json.dumps(trajectory())
    run = imported(tmp_path, text[: text.index("It is $185")])
    assert CUT in run.warnings
    assert nodes(run)["agent:3"].usage
    assert told(run, RunEnded) == []


def test_every_event_keeps_its_key_and_survives_the_wire(tmp_path: Path) -> None:
    assert_repeatable(imported(tmp_path, trajectory(subagent_trajectories=[trajectory()])))


def test_it_is_known_by_its_version() -> None:
    assert sniff(Path("x"), json.dumps(TRAJECTORY).encode())
    assert not sniff(Path("x"), b'{"schema_version": "1.0", "name": "ATIF-v1"}')


@pytest.mark.parametrize("text", ['{"steps": 5}', "[]", "{nonsense}"])
def test_what_is_no_trajectory_is_refused(tmp_path: Path, text: str) -> None:
    with pytest.raises(NotImportable):
        imported(tmp_path, text)
