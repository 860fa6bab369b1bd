"""What several records tell of one thing is one thing: calls of the Model Context Protocol, told by both sides."""

from __future__ import annotations

from typing import Any

import pytest

from tests.integration.corpus.replay import replay, told
from tests.unit.wire.recordings import recorded, summary
from traces.models import Node, Project, Run

pytestmark = pytest.mark.django_db(transaction=True)


def nodes_of(project: Project) -> list[dict[str, Any]]:
    runs = Run.objects.filter(project=project)
    return list(Node.objects.filter(run_id__in=[run.pk for run in runs]).values())


def test_a_call_that_client_and_server_tell_is_one_tool_call() -> None:
    bodies, facts = list(recorded("mcp-openinference")), summary("mcp-openinference")
    project = replay("mcp", bodies)
    nodes = nodes_of(project)
    calls = {node["tool"]: node for node in nodes if node["kind"] == "tool_call"}
    assert dict.fromkeys(calls, 1) == facts["tool_names"]
    assert sum(run.tool_calls for run in Run.objects.filter(project=project)) == len(calls)
    assert {name for name, node in calls.items() if node["error"]} == {"boom", "nope"}
    assert sum(node["status"] == "error" for node in nodes) == facts["error_spans"]
    assert len(nodes) == facts["spans_unique"]
    assert not any(node["contradicted"] for node in nodes)
    assert {run.session_id for run in Run.objects.filter(project=project)} == {None, "sess-mcp"}
    assert told(replay("mcp-reversed", bodies[::-1])) == told(project)


def test_a_turn_of_codex_has_its_task_its_calls_once_and_what_its_tools_did() -> None:
    bodies = list(recorded("codex-cli-proto"))
    stated = summary("codex-cli-proto")["token_attributes_raw"]
    project = replay("codex", bodies)
    runs, nodes = Run.objects.filter(project=project), nodes_of(project)
    assert {run.task for run in runs if run.task} == {
        "Is 6*7=42? Check with the shell.",
        "Plan first.",
    }
    # Told by spans, and by logs outside any trace; a turn repeats their sums.
    calls = [node for node in nodes if node["kind"] == "model_call"]
    counted = [node for node in calls if node["aside"] is None]
    assert (len(counted), len(calls)) == (stated["gen_ai.usage.input_tokens"]["spans"], 10)
    assert sum(run.model_calls for run in runs) == len(counted)
    for name in ("input", "output"):
        total = sum(getattr(run, f"{name}_tokens") or 0 for run in runs)
        assert total == stated[f"codex.turn.token_usage.{name}_tokens"]["sum"]
    uses = {node["node_id"]: node for node in nodes if node["kind"] == "tool_call"}
    assert sorted(use["tool"] for use in uses.values()) == [*["exec_command"] * 3, "update_plan"]
    [failed] = [use for use in uses.values() if use["status"] == "error"]
    assert (failed["tool"], failed["error"]) == ("update_plan", "unsupported call: update_plan")
    decisions = [node for node in nodes if node["kind"] == "approval"]
    assert {node["preview"] for node in decisions} == {"approved"}
    assert {node["parent_id"] for node in decisions} <= uses.keys()
    assert not any(node["contradicted"] for node in nodes)
