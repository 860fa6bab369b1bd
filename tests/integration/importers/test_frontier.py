"""Accuracy against cost comes out of the public logs as published; the expected values are those of their file."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from tests.integration.importers.ground_truth import (
    DATA,
    FILE,
    read,
    shares_on_frontier,
    truth,
    viewer,
)
from traces.models import Candidate, Run
from traces.queries.frontier import get_frontier
from traces.queries.frontier_asked import read_frontier_asked
from traces.queries.frontier_curves import Rule
from traces.queries.frontier_rows import Frontier
from traces.queries.run_filters import RunFilters

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.skipif(
        not FILE.is_file(), reason="the public logs are not beside this tree (../shared/data)"
    ),
]


def ask(**asked: str) -> Frontier:
    told = read_frontier_asked({name: [value] for name, value in asked.items()})
    return get_frontier(who=viewer(), filters=RunFilters(), asked=told)


def test_the_leaderboard_s_frontier_is_the_published_one() -> None:
    read("aider_polyglot/polyglot_leaderboard.yml")
    found = ask()
    best = [each for each in found.points if each.on_frontier]
    told = [
        [each.system.partition(" · ")[0], each.cost, round(each.accuracy.mean * 100, 1)]
        for each in best
    ]
    assert told == truth("aider")["pareto"]
    assert (found.measure, len(best)) == ("exercise tests, second try", 8)
    costed = sum(each.costed for each in found.points)
    assert (found.runs, costed) == (truth("aider")["rows"], truth("aider")["rows_with_cost"])
    # From gpt-5 low to medium a point costs $1.36, from medium to high $8.76.
    assert [round(each.per_point, 2) for each in found.marginals[-2:]] == [1.36, 8.76]


def test_two_prompts_of_one_question_are_two_systems_of_the_same_bins(tmp_path: Path) -> None:
    """Ten puzzles; that all hundred come out as published is held in test_ground_truth.py."""
    folder = tmp_path / "game24"
    folder.mkdir()
    for method, prompt in (("io", "standard"), ("cot", "cot")):
        cases = json.loads((DATA / "tot_game24" / f"{method}_100.json").read_bytes())[:10]
        name = f"gpt-4_0.7_naive_{prompt}_sample_100_start900_end1000.json"
        (folder / name).write_text(json.dumps(cases))
    read(str(folder))
    found = ask(by="tags", rules="any")
    assert (found.runs, found.questions) == (20, 10)
    assert sum(each.questions for each in found.bins) == 10
    systems = {"game24, standard", "cot, game24"}
    assert {name for each in found.bins for name in each.systems} == systems
    right = Candidate.objects.filter(correct=True)
    for system, tag in (("game24, standard", "standard"), ("cot, game24", "cot")):
        runs = Run.objects.filter(tags__contains=[tag]).values("id")
        ours = shares_on_frontier(found, system, Rule.ANY)
        assert ours["1"] == pytest.approx(right.filter(run_id__in=runs).count() / 1000)
        solved = right.filter(run_id__in=runs).values("run_id").distinct().count()
        assert ours["100"] == pytest.approx(solved / 10)
    assert not any(each.on_frontier for each in found.points)  # an oracle's choice is nobody's


def test_trials_of_one_task_are_samples_of_one_question() -> None:
    read("tau_bench_airline/gpt-4o-airline.json")
    found = ask()
    assert (found.runs, found.questions) == (200, 50)
    published: dict[str, Any] = truth("tau_airline.pass_at")
    ours = shares_on_frontier(found, "gpt-4o · agent", Rule.ANY)
    assert {k: round(value, 4) for k, value in ours.items()} == {
        k: published[k] for k in ("1", "2", "4")
    }
    assert {(each.rule, each.why.value) for each in found.missing} == {
        (Rule.VOTES, "no_votes"),
        (Rule.BEST, "no_scores"),
    }
    harder = ask(bin="1")
    (recorded,) = [each for each in harder.points if each.rule is None]
    assert (recorded.accuracy.mean, recorded.accuracy.tasks) == (0.0, found.bins[0].questions)


def test_the_best_of_many_by_its_own_tests_is_worse_than_one(tmp_path: Path) -> None:
    """The first twenty tasks of CodeT: the whole file is held against its totals elsewhere."""
    for name in ("DERIVED_sample_results.csv", "SOURCE.txt"):
        (tmp_path / name).write_bytes((DATA / "codet_humaneval" / name).read_bytes())
    samples = "code_solution_codegen16B_n100.jsonl"
    lines = (DATA / "codet_humaneval" / samples).read_bytes().splitlines(keepends=True)
    (tmp_path / samples).write_bytes(b"".join(lines[:20]))
    read(str(tmp_path / samples))
    found = ask(rules="best,votes")
    best = shares_on_frontier(found, "codegen16B · best of n", Rule.BEST)
    assert best["5"] > best["1"] > best["100"]
    assert found.judge == "generated tests"
