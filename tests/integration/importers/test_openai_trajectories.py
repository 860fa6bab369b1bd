"""The published results of tau-bench come out with the published figures, through the tables."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator
from decimal import Decimal
from io import StringIO
from math import comb
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command

from deliberation.events import NodeObserved
from deliberation.vocabulary import NodeKind
from tests.people import make_project
from traces.analytics.pass_at_k import mean_pass_at_k
from traces.models import Node, Run, Verdict
from traces.queries.ledger import read_entries_after

DATA = Path(__file__).resolve().parents[4] / "shared" / "data"
LOG = DATA / "tau_bench_airline" / "gpt-4o-airline.json"
TRIALS = 4
MAX_ENTRIES = 1_000

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.skipif(
        not LOG.is_file(), reason="the public logs are not beside this tree (../shared/data)"
    ),
]


@pytest.fixture
def truth() -> dict[str, Any]:
    make_project()
    out = StringIO()
    call_command("import_traces", str(LOG), stdout=out, stderr=StringIO())
    assert all(json.loads(line)["warnings"] == [] for line in out.getvalue().splitlines())
    found: dict[str, Any] = json.loads((DATA / "GROUND_TRUTH.json").read_text())["tau_airline"]
    return found


def told(name: str, kind: NodeKind) -> Iterator[Any]:
    """The values of a JSON part of every node of a kind, out of the ledgers."""
    for run in Run.objects.values_list("pk", flat=True):
        for entry in read_entries_after(run, 0, MAX_ENTRIES):
            data = entry.parts.get(name)
            event = entry.event
            if isinstance(event, NodeObserved) and event.node_kind is kind and data is not None:
                yield json.loads(data)


def successes() -> Counter[str]:
    """Task → how many of its trials the environment accepted."""
    tasks = dict(Run.objects.values_list("pk", "task"))
    found = Counter(dict.fromkeys(tasks.values(), 0))
    for run, outcome in Verdict.objects.values_list("run_id", "outcome"):
        found[tasks[run]] += outcome == "accept"
    return found


def test_runs_calls_and_results(truth: dict[str, Any]) -> None:
    assert Run.objects.count() == truth["trajectories"]
    tools = Node.objects.filter(kind="tool_call")
    assert tools.count() == truth["tool_calls"] == 1_164
    assert tools.filter(status__in=("ok", "error")).count() == truth["tool_results"]
    assert tools.filter(tool="transfer_to_human_agents").count() == truth["transfers_to_human"]
    assert tools.filter(status="error").count() == 73
    ends = Counter(Run.objects.values_list("observed_state", "stop_reason"))
    assert ends == {
        ("completed", "user_stopped"): 147,
        ("completed", "transfer_to_human_agents"): 48,
        ("limit_exceeded", "max_steps"): 5,
    }


def test_how_often_all_of_k_trials_pass_is_computed_from_the_verdicts(
    truth: dict[str, Any],
) -> None:
    found = successes().values()
    assert len(found) == truth["tasks"]
    for k in range(1, TRIALS + 1):
        all_pass = sum(comb(right, k) / comb(TRIALS, k) for right in found) / len(found)
        assert round(all_pass, 4) == truth["passhat"][str(k)]
        some_pass = mean_pass_at_k(((TRIALS, right) for right in found), k)
        assert some_pass is not None
        assert round(some_pass, 4) == truth["pass_at"][str(k)]


def test_every_message_is_in_the_ledgers_once_and_what_the_user_cost(truth: dict[str, Any]) -> None:
    said = [each for side in ("input", "output") for each in told(side, NodeKind.MODEL_CALL)]
    roots = list(told("attributes", NodeKind.AGENT))
    after = sum(len(value.get("messages_after_the_last_call", [])) for value in roots)
    assert sum(map(len, said)) + after == truth["messages"] == 5_308
    spent = sum(Decimal(str(value["info"]["user_cost"] or 0)) for value in roots)
    assert round(float(spent), 4) == pytest.approx(truth["user_cost"], abs=1e-4)
    assert not Run.objects.exclude(cost=None).exists()


def test_the_verdicts_are_the_environments(truth: dict[str, Any]) -> None:
    assert Counter(Verdict.objects.values_list("verifier", "outcome")) == {
        ("tau-bench reward", "accept"): 84,
        ("tau-bench reward", "reject"): 116,
    }
    assert not Verdict.objects.exclude(saw_reference=True).exists()
