"""What tau-bench's published results say beyond their totals (test_ground_truth.py), through the tables."""

from __future__ import annotations

import json
from collections import Counter
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import call_command

from tests.people import make_project
from traces.models import Node, Run, Verdict

DATA = Path(__file__).resolve().parents[4] / "shared" / "data"
LOG = DATA / "tau_bench_airline" / "gpt-4o-airline.json"

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.skipif(
        not LOG.is_file(), reason="the public logs are not beside this tree (../shared/data)"
    ),
]


@pytest.fixture(autouse=True)
def imported() -> None:
    make_project()
    out = StringIO()
    call_command("import_traces", str(LOG), stdout=out, stderr=StringIO())
    assert all(json.loads(line)["warnings"] == [] for line in out.getvalue().splitlines())


def test_runs_end_as_they_ended_and_cost_what_nobody_said() -> None:
    assert Node.objects.filter(kind="tool_call", status="error").count() == 73
    ends = Counter(Run.objects.values_list("observed_state", "stop_reason"))
    assert ends == {
        ("completed", "user_stopped"): 147,
        ("completed", "transfer_to_human_agents"): 48,
        ("limit_exceeded", "max_steps"): 5,
    }
    assert not Run.objects.exclude(cost=None).exists()


def test_the_verdicts_are_the_environments() -> None:
    assert Counter(Verdict.objects.values_list("verifier", "outcome")) == {
        ("tau-bench reward", "accept"): 84,
        ("tau-bench reward", "reject"): 116,
    }
    assert not Verdict.objects.exclude(saw_reference=True).exists()
