"""The published leaderboard comes out of the tables: tiers, costs, and what is best for its money."""

from __future__ import annotations

import json
from collections import defaultdict
from dataclasses import dataclass
from decimal import Decimal
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command

from tests.people import make_project
from traces.models import Node, Run, Verdict

TREE = Path(__file__).resolve().parents[3]
DATA = TREE.parent / "shared" / "data"
FIRST, SECOND = "exercise tests, first try", "exercise tests, second try"

pytestmark = pytest.mark.skipif(
    not DATA.is_dir(), reason="the public logs are not beside this tree (../shared/data)"
)


@pytest.fixture(autouse=True)
def leaderboard(db: None) -> None:
    make_project()
    call_command(
        "import_traces", str(DATA / "aider_polyglot"), stdout=StringIO(), stderr=StringIO()
    )


def published() -> Any:
    return json.loads((DATA / "GROUND_TRUTH.json").read_text())["aider"]


@dataclass(frozen=True, slots=True)
class Row:
    """A run of the leaderboard, as the tables have it."""

    model: str
    effort: str | None
    cost: Decimal | None
    output: int | None
    scores: dict[str, float]


def rows() -> list[Row]:
    scores: defaultdict[Any, dict[str, float]] = defaultdict(dict)
    for run, verifier, score in Verdict.objects.values_list("run_id", "verifier", "score"):
        scores[run][verifier] = score or 0.0
    runs = Run.objects.values_list("pk", "model_names", "effort", "cost", "output_tokens")
    return [Row(names[0], effort, cost, out, scores[pk]) for pk, names, effort, cost, out in runs]


def test_each_row_is_one_run_of_one_node_and_most_state_a_cost() -> None:
    truth = published()
    assert Run.objects.count() == Node.objects.count() == truth["rows"]
    assert Run.objects.exclude(cost=None).count() == truth["rows_with_cost"]
    assert set(Run.objects.values_list("cost_provenance", flat=True)) == {None, "reported"}
    assert Run.objects.exclude(output_tokens=None).count() == 23
    assert not Run.objects.exclude(started_ns=None).exists()


def test_the_best_for_their_money_are_the_published_ones() -> None:
    paid = [(each.cost, -each.scores[SECOND], each.model) for each in rows() if each.cost]
    best: list[list[Any]] = []
    for cost, loss, model in sorted(paid):
        if not best or -loss > best[-1][2]:
            best.append([model, float(cost), -loss])
    assert best == published()["pareto"]


def test_more_effort_buys_more_and_costs_more() -> None:
    tiers = [
        [each.effort, each.scores[FIRST], each.scores[SECOND], float(each.cost or 0), each.output]
        for each in rows()
        if each.model.startswith("gpt-5 (")
    ]
    assert sorted(tiers, key=lambda tier: -float(tier[2] or 0)) == published()["tiers"]["gpt-5"]


def test_the_counts_of_the_tests_are_kept() -> None:
    best = Verdict.objects.order_by("-score").values_list(
        "checks_passed", "checks_total", "outcome"
    )
    assert best.first() == (198, 225, "unsure")
