"""An ATIF trajectory through the tables: the run's totals are the file's, whichever way it states them."""

from __future__ import annotations

from decimal import Decimal
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command

from tests.people import make_project
from tests.unit.importers.heard import write
from tests.unit.importers.test_atif import TRAJECTORY, trajectory
from traces.models import Node, Run

pytestmark = pytest.mark.django_db


def without_metrics() -> dict[str, Any]:
    content = trajectory()
    for step in content["steps"]:
        step.pop("metrics", None)
    return content


def without_one() -> dict[str, Any]:
    content = trajectory()
    del content["steps"][3]["metrics"]
    return content


@pytest.mark.parametrize("content", [TRAJECTORY, without_metrics(), without_one()])
def test_tokens_and_cost_of_the_run_are_the_files(tmp_path: Path, content: dict[str, Any]) -> None:
    make_project()
    path = write(tmp_path / "trajectory.json", content)
    call_command("import_traces", str(path), stdout=StringIO(), stderr=StringIO())
    run = Run.objects.get()
    assert (run.input_tokens, run.output_tokens) == (1_120, 124)
    assert (run.cost, run.cost_provenance) == (Decimal("0.00078"), "reported")
    assert (run.strategy, run.observed_state, run.orphans) == ("agent", "completed", 0)
    assert Node.objects.filter(kind="model_call").count() == 2
    assert not Node.objects.filter(contradicted=True).exists()


def test_a_sub_agents_tokens_are_part_of_the_runs(tmp_path: Path) -> None:
    make_project()
    content = trajectory(subagent_trajectories=[trajectory(trajectory_id="sub")])
    ref = {"trajectory_id": "sub"}
    content["steps"][2]["observation"]["results"][0]["subagent_trajectory_ref"] = [ref]
    path = write(tmp_path / "trajectory.json", content)
    call_command("import_traces", str(path), stdout=StringIO(), stderr=StringIO())
    run = Run.objects.get()
    assert (run.input_tokens, run.cost) == (2_240, Decimal("0.00156"))
    assert Node.objects.get(node_id="agent.1").parent_id == "agent:3.2"
