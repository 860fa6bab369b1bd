"""What a run would have answered, asked by a program."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from django.test import Client

from deliberation.events import AnswerSelected, CandidateProposed, RunStarted, VerdictGiven
from deliberation.vocabulary import (
    Cost,
    CostBasis,
    CostProvenance,
    NodeKind,
    Strategy,
    VerdictOutcome,
)
from tests.integration.build import (
    NOW,
    NOW_NS,
    SECOND,
    make_event,
    new_run,
    observed,
    put_on_record,
)
from tests.people import People, make_project
from traces.actions.set_up_local import make_key
from traces.models.access import Scope

SAMPLES = [("a", True, 0.9), ("b", False, 0.2), ("b", False, 0.1), ("c", False, 1.0)]


@pytest.fixture
def api(people: People) -> Client:
    make_key(
        project=people.project, name="k", key="a-key-of-frontier", scopes=[Scope.READ], now=NOW
    )
    return Client(headers={"authorization": "Bearer a-key-of-frontier"})


def four_samples(project: Any, *, knows_cost: bool = True) -> str:
    """One right sample and three wrong ones at ten cents; the judge likes a wrong one best."""
    run = new_run()
    told: list[Any] = [make_event(RunStarted, run, strategy=Strategy.BEST_OF_N)]
    cost = Cost(amount=Decimal("0.10"), provenance=CostProvenance.REPORTED) if knows_cost else None
    for at, (answer, right, score) in enumerate(SAMPLES, 1):
        node, end = f"s{at}", NOW_NS + at * SECOND
        told += [
            observed(
                run,
                node,
                node_kind=NodeKind.MODEL_CALL,
                ended_at=end,
                cost=cost,
                cost_basis=CostBasis.MEASURED if knows_cost else None,
            ),
            make_event(CandidateProposed, run, node=node, answer=answer, correct=right, at=end),
            make_event(
                VerdictGiven,
                run,
                node=node,
                verifier="judge",
                outcome=VerdictOutcome.UNSURE,
                score=score,
            ),
        ]
    told.append(make_event(AnswerSelected, run, node="s4", rule="best score"))
    put_on_record(project, *told)
    return run


def ask(api: Client, run: str, **asked: object) -> Any:
    answer = api.get(f"/api/v1/runs/{run}/counterfactual", asked)
    assert answer.status_code == 200, answer.content
    return answer.json()


def test_it_works(api: Client, people: People) -> None:
    run = four_samples(people.project)
    found = ask(api, run, rule="best", n=2)
    assert found["undefined"] is None
    # Of six pairs three hold the wrong sample that the judge likes best, and two more the right one.
    assert found["right"] == pytest.approx(2 / 6)
    assert found["cost"] == {
        "amount": "0.2",
        "dimension": "usd",
        "of": "0.4",
        "is_estimated": False,
        "draws": None,
    }
    assert found["estimator"]["name"] == "best of N"
    assert "arXiv 2110.14168" in found["estimator"]["source"]
    assert (found["uncertainty"]["right"], found["uncertainty"]["samples"]) == (1, 4)
    assert [each["answer"] for each in found["returned"] if each["is_recorded"]] == ["c"]
    assert [each["n"] for each in found["curve"]] == [1, 2, 4]
    assert found["turning_point"]["n"] == 2


def test_what_one_rule_knows_alone_names_the_rule(api: Client, people: People) -> None:
    run = four_samples(people.project)
    found = ask(api, run, budget_usd="0.30")
    assert (found["rule"], found["budget"], found["returned"][0]["answer"]) == ("cap", "0.3", "b")


def test_the_first_accepted_tells_how_many_are_drawn_and_the_usual_threshold(
    api: Client, people: People
) -> None:
    run = four_samples(people.project)
    found = ask(api, run, rule="accepted")
    assert found["threshold"] == pytest.approx(0.55)  # the middle between 0.1 and 1.0
    assert found["right"] == pytest.approx(0.5)
    assert found["cost"]["draws"] == pytest.approx(5 / 3)


@pytest.mark.parametrize(
    ("asked", "lack"),
    [
        ({"rule": "votes", "n": "5"}, "too_few_samples"),
        ({"rule": "search"}, "not_recorded"),
        ({"budget_usd": "1"}, "not_recorded"),
    ],
)
def test_what_cannot_be_computed_is_undefined_with_the_reason(
    api: Client, people: People, asked: dict[str, str], lack: str
) -> None:
    found = ask(api, four_samples(people.project, knows_cost=False), **asked)
    assert found["undefined"] == lack
    assert len(found["reason"]) > 20
    assert found["right"] is found["wrong"] is found["nothing"] is found["cost"]["amount"] is None


def test_a_run_without_candidates_has_no_rules(api: Client, people: People) -> None:
    run = new_run()
    put_on_record(people.project, make_event(RunStarted, run), observed(run, "n"))
    found = ask(api, run)
    assert (found["rules"], found["undefined"], found["estimator"]) == ([], "no_samples", None)


@pytest.mark.parametrize(
    "asked",
    [
        {"rule": "luck"},
        {"n": "0"},
        {"n": "two"},
        {"n": "²"},
        {"threshold": "nan"},
        {"threshold": "1e999999999"},
        {"budget_usd": "x"},
        {"beam": "1.5"},
        {"beam": "2", "rule": "votes"},
        {"budget_usd": "1", "rule": "best"},
        {"normaliser": "none"},
        {"by": "\x00"},
        {"by": "nobody"},
    ],
)
def test_what_cannot_be_read_is_400_with_a_sentence(
    api: Client, people: People, asked: dict[str, str]
) -> None:
    answer = api.get(f"/api/v1/runs/{four_samples(people.project)}/counterfactual", asked)
    assert (answer.status_code, answer["Content-Type"]) == (400, "application/problem+json")
    assert answer.json()["detail"].startswith(next(iter(asked)))


def test_another_project_s_run_is_not_there(api: Client) -> None:
    run = four_samples(make_project("another"))
    assert api.get(f"/api/v1/runs/{run}/counterfactual").status_code == 404
