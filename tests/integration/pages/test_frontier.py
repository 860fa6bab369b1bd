"""Accuracy against cost over many runs: the page, its figure and file, and the same for a program."""

from __future__ import annotations

import csv
from decimal import Decimal
from io import StringIO
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from deliberation.events import AnswerSelected, CandidateProposed, RunStarted, VerdictGiven
from deliberation.vocabulary import (
    Cost,
    CostBasis,
    CostProvenance,
    NodeKind,
    Strategy,
    VerdictOutcome,
)
from tests.integration.build import NOW, make_event, new_run, observed, put_on_record
from tests.people import People, make_project
from traces.actions.set_up_local import make_key
from traces.models.access import Scope

BY = {"by": "model,effort"}
HOSTILE = '<b onmouseover="x()">=1+1'


def answer(
    project: Any,
    model: str,
    question: str,
    right: bool | None,
    cents: int | None,
    *,
    effort: str | None = None,
) -> str:
    """A run of one answer."""
    run = new_run()
    cost = None
    if cents is not None:
        cost = Cost(amount=Decimal(cents) / 100, provenance=CostProvenance.REPORTED)
    put_on_record(
        project,
        make_event(RunStarted, run, models=[model], task=question, effort=effort, tags=["one"]),
        observed(
            run,
            "a",
            node_kind=NodeKind.MODEL_CALL,
            cost=cost,
            cost_basis=CostBasis.MEASURED if cost else None,
        ),
        make_event(CandidateProposed, run, node="a", answer="4", correct=right),
        make_event(AnswerSelected, run, node="a"),
    )
    return run


def samples(project: Any, question: str, right: list[bool]) -> str:
    """A run of as many samples as outcomes, a cent each; the judge likes them the less the later they come."""
    run = new_run()
    told: list[Any] = [
        make_event(RunStarted, run, models=["many"], task=question, strategy=Strategy.BEST_OF_N)
    ]
    for at, is_right in enumerate(right):
        node = f"s{at}"
        told += [
            observed(
                run,
                node,
                node_kind=NodeKind.MODEL_CALL,
                cost=Cost(amount=Decimal("0.01"), provenance=CostProvenance.REPORTED),
                cost_basis=CostBasis.MEASURED,
            ),
            make_event(CandidateProposed, run, node=node, answer=f"{is_right}", correct=is_right),
            make_event(
                VerdictGiven,
                run,
                node=node,
                verifier="judge",
                outcome=VerdictOutcome.UNSURE,
                score=-float(at),
            ),
        ]
    put_on_record(project, *told)
    return run


@pytest.fixture
def bob(people: People) -> Client:
    client = Client()
    client.force_login(people.bob)
    return client


@pytest.fixture
def runs(people: People) -> People:
    """Two questions: cheap is right once, dear always, wasteful costs more and is right once; one run is unknown."""
    for question, cheap in (("q1", True), ("q2", False)):
        answer(people.project, "cheap", question, cheap, 1)
        answer(people.project, "dear", question, True, 10, effort="high")
        answer(people.project, "wasteful", question, cheap, 50)
    answer(people.project, "cheap", "q3", None, 1)
    return people


@pytest.fixture
def drawn(people: People) -> People:
    """Two questions of three samples."""
    samples(people.project, "q1", [False, True, True])
    samples(people.project, "q2", [False, False, True])
    return people


def ask(people: People, **asked: object) -> Any:
    """What a program gets; a system is a model with its effort."""
    make_key(project=people.project, name="k", key="frontier-key", scopes=[Scope.READ], now=NOW)
    api = Client(headers={"authorization": "Bearer frontier-key"})
    got = api.get("/api/v1/frontier", BY | asked)
    assert got.status_code == 200, got.content
    return got.json()


def again(**asked: object) -> Any:
    """The same asker once more."""
    api = Client(headers={"authorization": "Bearer frontier-key"})
    return api.get("/api/v1/frontier", BY | asked).json()


def by_name(found: Any, rule: str) -> dict[str, Any]:
    return {each["system"]: each for each in found["points"] if each["rule"] == rule}


def test_it_works(runs: People, bob: Client) -> None:
    found = ask(runs)
    points = by_name(found, "recorded")
    assert {name: each["accuracy"]["mean"] for name, each in points.items()} == {
        "cheap": 0.5,
        "dear · high": 1.0,
        "wasteful": 0.5,
    }
    assert [name for name, each in points.items() if each["on_frontier"]] == [
        "cheap",
        "dear · high",
    ]
    assert points["cheap"]["runs_without_outcome"] == 1
    (step,) = found["steps"]
    assert step["per_point"] == pytest.approx(0.09 / 50)
    assert not step["is_sure"]  # two questions tell next to nothing
    assert (found["axis"], found["measure"], found["runs"], found["questions"]) == (
        "cost",
        "right",
        7,
        3,
    )
    page = bob.get(reverse("frontier"), BY).text
    assert "dear · high" in page
    assert "50.0 %" in page
    assert "(may be chance)" in page


def test_bins_hold_questions_by_how_often_they_are_solved(runs: People) -> None:
    found = ask(runs)
    # q1 is always answered rightly, q2 once of three times, and of q3 nothing is known.
    assert {each["number"]: each["questions"] for each in found["bins"] if each["questions"]} == {
        2: 1,
        5: 1,
    }
    assert found["questions_without_outcome"] == 1
    hard = again(bin="2")
    assert by_name(hard, "recorded")["cheap"]["accuracy"]["mean"] == 0.0
    assert by_name(hard, "recorded")["dear · high"]["accuracy"]["questions"] == 1


def test_curves_are_what_each_draw_would_have_returned(drawn: People) -> None:
    found = ask(drawn, axis="samples")
    curves: dict[str, dict[int, float]] = {}
    for each in found["points"]:
        curves.setdefault(each["rule"], {})[int(each["n"])] = each["accuracy"]["mean"]
    # q1: 2 of 3 right, q2: 1 of 3. The judge likes the first, wrong, sample best.
    assert curves["any"] == pytest.approx({1: 1 / 2, 2: (1 + 2 / 3) / 2, 3: 1.0})
    assert curves["best"] == pytest.approx({1: 1 / 2, 2: (1 / 3 + 0) / 2, 3: 0.0})
    assert curves["votes"] == pytest.approx({1: 1 / 2, 2: 1 / 2, 3: 1 / 2})
    cost = {each["n"]: each["cost"] for each in found["points"] if each["rule"] == "any"}
    assert cost == pytest.approx({1: 0.01, 2: 0.02, 3: 0.03})
    assert all(each["is_estimated"] for each in found["points"])
    (turned,) = found["turning_points"]
    assert (turned["at"]["rule"], turned["at"]["n"], turned["end"]["n"]) == ("best", 1, 3)
    # One sample is one, whatever rule would return it: only one of the two stands on the frontier.
    assert sum(each["on_frontier"] for each in found["points"] if each["n"] == 1) == 1
    assert not any(each["on_frontier"] for each in found["points"] if each["rule"] == "any")


def test_the_filters_of_the_list_narrow_it_and_each_system_leads_to_its_runs(
    runs: People, bob: Client
) -> None:
    one = bob.get(reverse("frontier"), {"model": "dear"}).text
    assert "wasteful" not in one
    assert f"{reverse('runs')}?model=dear" in one
    listed = bob.get(reverse("frontier"), BY | {"system": "cheap"}).text
    assert listed.count(f'href="{reverse("runs")[:-1]}/runs/') == 3
    assert ask(runs, tag="none")["runs"] == 0


def test_the_figure_its_table_and_its_file_say_the_same(runs: People, bob: Client) -> None:
    drawn = bob.get(reverse("frontier-points")).json()
    beaten, best = drawn["data"]
    assert (beaten["x"], beaten["y"]) == ([0.5], [0.5])
    assert (best["x"], best["y"]) == ([0.01, 0.1], [0.5, 1.0])
    assert "2 stand on the frontier" in drawn["said"]
    rows = list(
        csv.DictReader(StringIO(bob.get(reverse("frontier-csv"), BY).text.lstrip("\ufeff")))
    )
    assert [row["System"] for row in rows] == ["cheap", "dear · high", "wasteful"]
    piece = bob.get(reverse("frontier-table"), headers={"HX-Request": "true"}).text
    assert piece.startswith('<div class="figure__table"')
    assert "100.0 %" in bob.get(reverse("frontier-table")).text


def test_a_script_gets_the_piece_and_names_of_others_do_nothing(
    people: People, bob: Client
) -> None:
    answer(people.project, HOSTILE, "q", True, 1)
    piece = bob.get(reverse("frontier"), headers={"HX-Request": "true"}).text
    assert piece.startswith('<div id="frontier"')
    assert "<b onmouseover" not in piece
    drawn = bob.get(reverse("frontier-points")).json()
    told = drawn["data"][-1]
    assert not any("<b " in each for each in (*told["hovertext"], *told["text"]))
    assert "\n=1+1" not in bob.get(reverse("frontier-csv")).text


@pytest.mark.parametrize(
    "asked",
    [
        {"by": "luck"},
        {"axis": "time"},
        {"rules": "any,luck"},
        {"bin": "6"},
        {"bin": "x"},
        {"judge": "\x00"},
        {"measure": "m" * 1001},
        {"state": "asleep"},
    ],
)
def test_what_cannot_be_read_is_400_with_a_sentence(
    people: People, bob: Client, asked: dict[str, str]
) -> None:
    for name in ("frontier", "frontier-points", "frontier-table", "frontier-csv"):
        assert bob.get(reverse(name), asked).status_code == 400
    if "state" not in asked:
        make_key(project=people.project, name="k", key="frontier-key", scopes=[Scope.READ], now=NOW)
        got = Client(headers={"authorization": "Bearer frontier-key"}).get(
            "/api/v1/frontier", asked
        )
        assert (got.status_code, got["Content-Type"]) == (400, "application/problem+json")


def test_of_nothing_it_says_why_there_is_nothing(people: People, bob: Client) -> None:
    assert "No run is let through by these filters." in bob.get(reverse("frontier")).text
    answer(people.project, "m", "q", None, 1)
    assert "whether its answer is right" in bob.get(reverse("frontier")).text
    answer(people.project, "m", "q", True, None)
    drawn = bob.get(reverse("frontier-points"), {"axis": "tokens"}).json()
    assert (drawn["data"], "another axis" in drawn["empty"]) == ([], True)


def test_charlie_and_another_project_see_nothing_of_it(runs: People, bob: Client) -> None:
    answer(make_project("another"), "secret", "q1", True, 1)
    assert "secret" not in bob.get(reverse("frontier")).text
    client = Client()
    client.force_login(runs.charlie)
    assert "cheap" not in client.get(reverse("frontier")).text
    assert Client().get(reverse("frontier")).status_code == 302
