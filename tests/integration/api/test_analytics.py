"""What many runs come to, by the API: with a key, the filters of the list, and the runs of each figure."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from tests.integration.build import NOW
from tests.integration.queries.over_runs import answered
from tests.people import People, make_project
from traces.actions.set_up_local import make_key
from traces.models.access import Scope

KEY = "a-key-that-nobody-guesses"


@pytest.fixture
def api(people: People) -> Client:
    make_key(project=people.project, name="k", key=KEY, scopes=[Scope.READ], now=NOW)
    return Client(headers={"authorization": f"Bearer {KEY}"})


def get(api: Client, path: str, **query: object) -> Any:
    answer = api.get(f"/api/v1/{path}", query)
    assert answer.status_code == 200, answer.content
    return answer.json()


def figure(section: Any, key: str) -> Any:
    return next(each for each in section["figures"] if each["key"] == key)


def test_it_works(people: People, api: Client) -> None:
    for right, cost in ((True, "1"), (True, "3"), (False, "2")):
        answered(people.project, right=right, cost=cost, tags=["mine"])
    answered(people.project, right=False, cost="9")
    answered(make_project("other"), right=False, cost="9", tags=["mine"])
    found = get(api, "analytics", tag="mine", section=["effort", "tail"])
    effort, tail = found["sections"]
    assert (found["measure"], found["by"], found["times"]) == ("cost", "tier", 3)
    area = figure(effort, "effort.auc")
    assert (area["value"], area["n"], area["undefined"]) == (0.5, 3, None)
    assert "chance that a right run took more" in area["definition"]
    assert "Mann and Whitney" in area["source"]
    assert figure(tail, "tail.p50")["value"] == "2"
    runs = get(api, "analytics/effort/runs", tag="mine", cell_third="0", cell_is_right="true")
    assert len(runs["items"]) == 1


def test_all_sections_of_nothing_are_undefined_and_null(api: Client) -> None:
    found = get(api, "analytics")
    assert [each["key"] for each in found["sections"]] == [
        "outcomes", "discarded", "effort", "calibration", "tail", "tiers", "legibility", "budgets",
    ]  # fmt: skip
    area = figure(found["sections"][2], "effort.auc")
    assert (area["value"], area["undefined"]) == (None, "no_samples")


@pytest.mark.parametrize(
    "query",
    [
        {"measure": "love"},
        {"by": "colour"},
        {"times": "1"},
        {"section": "secrets"},
        {"since": "yesterday"},
        {"cost_from": "-1"},
    ],
)
def test_what_cannot_be_meant_is_a_problem_with_a_sentence(
    query: dict[str, str], api: Client
) -> None:
    answer = api.get("/api/v1/analytics", query)
    assert (answer.status_code, answer["Content-Type"]) == (422, "application/problem+json")
    assert answer.json()["detail"]


def test_cells_that_are_none_are_refused_and_the_rest_needs_a_key(api: Client) -> None:
    path = "/api/v1/analytics/tail/runs"
    for query in ({"cell_id": "1"}, {"cell_strategy": "x" * 400}):
        assert api.get(path, query).status_code == 422
    assert api.get(path, {"cursor": "none"}).status_code == 404
    assert Client().get(path).status_code == 401
    assert Client().get("/api/v1/analytics").status_code == 401


def test_charlie_is_told_of_no_run(people: People) -> None:
    answered(people.project, right=True, cost="1")
    charlie = Client()
    charlie.force_login(people.charlie)
    assert {each["n"] for each in get(charlie, "analytics")["sections"]} == {0}
    assert get(charlie, "analytics/outcomes/runs")["items"] == []


def test_pages_of_runs_go_on_where_the_one_before_ended(people: People, api: Client) -> None:
    made = [answered(people.project, cost="1") for _ in range(3)]
    first = get(api, "analytics/outcomes/runs", limit=2)
    second = get(api, "analytics/outcomes/runs", limit=2, cursor=first["next"])
    told = [run["id"] for run in (*first["items"], *second["items"])]
    assert told == sorted(made, reverse=True)
    assert second["next"] is None
