"""The published trajectories of SWE-agent come out with their own figures, through the tables."""

from __future__ import annotations

import json
from decimal import Decimal
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command

from tests.people import make_project
from traces.models import Node, Run

DATA = Path(__file__).resolve().parents[4] / "shared" / "data"
LOGS = DATA / "swe_agent_traj"

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.skipif(
        not LOGS.is_dir(), reason="the public logs are not beside this tree (../shared/data)"
    ),
]


def read(name: str) -> tuple[Run, list[str]]:
    make_project()
    out = StringIO()
    call_command("import_traces", str(LOGS / name), stdout=out, stderr=StringIO())
    (line,) = out.getvalue().splitlines()
    return Run.objects.get(), json.loads(line)["warnings"]


def truth() -> dict[str, Any]:
    found: dict[str, Any] = json.loads((DATA / "GROUND_TRUTH.json").read_text())["swe_agent"]
    return found


def test_a_run_with_its_steps_tokens_and_cost() -> None:
    run, warnings = read("pydicom__pydicom-1458.traj")
    said = truth()
    calls = Node.objects.filter(kind="model_call")
    assert calls.count() == said["steps"] == said["api_calls"] == 12
    assert Node.objects.filter(kind="tool_call").count() == said["steps"]
    assert (run.input_tokens, run.output_tokens) == (
        said["tokens_sent"],
        said["tokens_received"],
    )
    assert run.cost == Decimal(str(said["total_cost"]))
    assert (run.strategy, run.observed_state, run.stop_reason) == (
        "agent",
        "completed",
        said["exit"],
    )
    assert (run.model_names, run.cost_provenance, warnings) == (["gpt4"], "reported", [])


def test_a_replay_is_not_a_free_run() -> None:
    run, warnings = read("marshmallow-1867_replay.traj")
    assert (run.cost, run.input_tokens, run.model_names) == (None, None, [])
    assert any("not known" in warning for warning in warnings)
    assert Node.objects.filter(kind="tool_call", tool="bash").count() == 6
