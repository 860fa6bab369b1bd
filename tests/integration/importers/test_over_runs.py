"""Statistics over the runs of public logs: what was published of them, or counted by another program."""

from __future__ import annotations

import pytest

from tests.integration.importers.ground_truth import FILE, read, truth, viewer
from tests.integration.queries.over_runs import concluded
from traces.models import Project
from traces.queries.access import Viewer
from traces.queries.known_right import read_outcomes
from traces.queries.over_runs.known import known_runs
from traces.queries.over_runs.scope import Grouping, Measure, Scope, ask
from traces.queries.over_runs.sections import SECTIONS
from traces.queries.over_runs.told import Fact, Section
from traces.queries.run_filters import RunFilters

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.skipif(
        not FILE.is_file(), reason="the public logs are not beside this tree (../shared/data)"
    ),
]


def scope(**looks: object) -> Scope:
    ids = frozenset(Project.objects.values_list("id", flat=True))
    return Scope(who=Viewer(project_ids=ids), filters=RunFilters(), **looks)  # type: ignore[arg-type]


def section(name: str, **looks: object) -> Section:
    return SECTIONS[name].read(scope(**looks))


def by_key(facts: object) -> dict[str, Fact]:
    return {fact.key.partition(".")[2]: fact for fact in facts}  # type: ignore[attr-defined]


def test_searches_of_the_game_of_24() -> None:
    read("tot_game24/tot_bfs_b5.json")
    expected = truth("tot_game24.tot_b5")
    discarded = section("discarded")
    reasons = {row.label: by_key(row.facts)["nodes"].value for row in discarded.tables[0].rows}
    assert reasons == {"pruned_low_value": 6398, "duplicate": 15}
    rest = {row.label: by_key(row.facts)["nodes"].value for row in discarded.tables[1].rows}
    assert rest == {"kept": 1599, "selected": 400, "open": 100}
    told = by_key(discarded.facts)
    assert told["not_returned"].value == pytest.approx(expected["discarded_node_ratio"], abs=5e-5)
    assert float(told["unallocated"].value) == expected["cost"]  # type: ignore[arg-type]
    tiers = section("tiers", grouping=Grouping.STRATEGY)
    assert by_key(tiers.facts)["gini"].value == pytest.approx(expected["gini_cost"], abs=5e-5)
    (row,) = tiers.tables[0].rows
    assert by_key(row.facts)["gini_of"].value == pytest.approx(expected["gini_cost"], abs=5e-5)
    assert by_key(row.facts)["accuracy"].value == expected["success_top1"]
    tail = by_key(section("tail").facts)
    assert float(tail["most"].value) == pytest.approx(expected["cost_case.max"], abs=5e-5)  # type: ignore[arg-type]
    # The middle of an even number is theirs; ours is the observed one below it.
    assert float(tail["p50"].value) == pytest.approx(expected["cost_case.median"], abs=1e-3)  # type: ignore[arg-type]
    assert_known_as_on_pages(100)
    assert told_right() == (round(100 * expected["success_top1"]), 100)


@pytest.mark.parametrize("method", ["io", "cot"])
def test_votes_of_the_game_of_24_are_over_confident(method: str) -> None:
    read(f"tot_game24/{method}_100.json")
    expected = truth(f"tot_game24.{method}")
    (table,) = section("calibration").tables
    assert table.key == "calibration.most_voted"
    told = by_key(table.facts)
    assert told["mean"].value == pytest.approx(expected["mean_vote_share"], abs=5e-5)
    assert told["ece"].value == pytest.approx(expected["ece10"], abs=5e-5)
    assert told["brier"].value == pytest.approx(expected["brier"], abs=5e-5)
    assert told["accuracy"].value == expected["maj_at_100"]
    assert told_right() == (0, 0)  # none of its hundred samples is said to have been returned


def test_agents_of_tau_bench_and_their_calls() -> None:
    read("tau_bench_airline/gpt-4o-airline.json")
    outcomes = by_key(section("outcomes").facts)
    assert (outcomes["right"].value, outcomes["right"].n) == (0.42, 200)
    effort = section("effort", measure=Measure.CALLS)
    assert (effort.n, by_key(effort.facts)["unknown"].value) == (200, 0)
    # Failed runs have two thirds of all messages: longer is worse.
    area = by_key(effort.facts)["auc"]
    assert isinstance(area.value, float)
    assert area.interval is not None
    assert area.value < area.interval.high < 0.5
    assert by_key(effort.facts)["within"].n == 4 * tasks_with_both()
    assert told_right() == (84, 200)


def tasks_with_both() -> int:
    """By pass@4 and pass^4 of the fifty tasks: 72 % right at least once, 20 % always."""
    return round(50 * (0.72 - 0.20))


@pytest.mark.parametrize(
    ("log", "right", "known"),
    [
        ("reflexion_verifier/humaneval_py_reflexion_gpt4.jsonl", 150, 164),
        ("lats_mcts/webshop_mcts.log", 2, 2),
        ("swe_agent_traj/pydicom__pydicom-1458.traj", 0, 0),
        ("aider_polyglot/polyglot_leaderboard.yml", 0, 0),
    ],
)
def test_all_pages_count_the_same_runs_as_right(log: str, right: int, known: int) -> None:
    read(log)
    assert told_right() == (right, known)


def told_right() -> tuple[int, int]:
    """How many runs every page takes for right, and of how many it is known."""
    known = [each for each in concluded(viewer()).values() if each is not None]
    return sum(known), len(known)


def assert_known_as_on_pages(runs: int) -> None:
    """Hold what is known of thousands at once against what a run's own pages conclude."""
    rows = ask(known_runs(scope()), "SELECT id, selected_node, is_right FROM known")
    assert len(rows) == runs
    for row in rows:
        known = read_outcomes(row["id"])
        right, wrong = (row["selected_node"] in each for each in (known.right, known.wrong))
        assert row["is_right"] is (True if right else False if wrong else None)
