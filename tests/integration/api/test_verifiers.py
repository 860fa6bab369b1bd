"""Verifiers by the API: the same figures as on their pages, undefined ones as null with the reason."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from deliberation.events import CandidateProposed, RunStarted, VerdictGiven
from deliberation.vocabulary import VerdictOutcome
from tests.integration.build import NOW, make_event, make_project, new_run, put_on_record
from tests.people import People
from traces.actions.set_up_local import make_key
from traces.models import Project
from traces.models.access import Scope

KEY = "a-key-that-nobody-guesses"
ACCEPT, REJECT = VerdictOutcome.ACCEPT, VerdictOutcome.REJECT


@pytest.fixture
def api(people: People) -> Client:
    make_key(project=people.project, name="k", key=KEY, scopes=[Scope.READ], now=NOW)
    return Client(headers={"authorization": f"Bearer {KEY}"})


def get(api: Client, path: str, **query: object) -> Any:
    answer = api.get(f"/api/v1/{path}", query)
    assert answer.status_code == 200, answer.content
    return answer.json()


def judge(project: Project, name: str = "judge/of all", **facts: Any) -> None:
    """Two samples, one right: both accepted, with scores that say so."""
    run = new_run()
    events = [make_event(RunStarted, run, tags=["t"])]
    for node, right, score in (("a", True, 0.9), ("b", False, 0.1)):
        told = {"verifier": name, "outcome": ACCEPT, "score": score, **facts}
        events += [
            make_event(CandidateProposed, run, node=node, answer="4", correct=right),
            make_event(VerdictGiven, run, node=node, **told),
        ]
    put_on_record(project, *events)


def test_it_works(people: People, api: Client) -> None:
    for _ in range(2):
        judge(people.project)
    listed = get(api, "verifiers")
    [row] = listed["items"]
    assert (row["name"], row["nodes"], row["accept"], row["runs"]) == ("judge/of all", 4, 4, 2)
    assert row["precision"] == {"value": 0.5, "undefined": None}
    assert (listed["next"], listed["counted_runs"], listed["counted_verdicts"]) == (None, 2, 4)
    one = get(api, "verifiers/judge/of all")
    assert one["counts"] == {
        "true_accepts": 2, "false_accepts": 2, "false_rejects": 0, "true_rejects": 0,
    }  # fmt: skip
    rate = one["rates"]["false_accept_rate"]
    assert (rate["value"], rate["n"], rate["tasks"]) == (1.0, 2, 2)
    assert 0 < rate["low"] < rate["high"] == 1.0
    assert one["rates"]["false_discovery_rate"]["value"] == 0.5
    assert one["auc"] == {"value": 1.0, "undefined": None}
    assert one["truth"] == {"outcome": 4, "reference": 0, "exact_check": 0, "person": 0}
    assert [(each["n"], each["chosen"]["value"]) for each in one["best_of_n"]] == [
        (1, 0.5),
        (2, 1.0),
    ]
    assert [each["count"] for each in one["bins"]] == [2, 2]


def test_what_is_undefined_is_null_with_a_reason(people: People, api: Client) -> None:
    judge(people.project, outcome=VerdictOutcome.UNSURE, score=None)
    one = get(api, "verifiers/judge/of all")
    assert one["auc"] == {"value": None, "undefined": "no_samples"}
    assert one["rates"]["precision"]["value"] is None
    assert one["rates"]["precision"]["undefined"] == "no_samples"
    assert (one["best_of_n"], one["best_of_n_undefined"]) == ([], "no_samples")
    assert (one["undecided"], one["cost"], one["turning"]) == (2, None, None)


def test_a_threshold_a_version_and_filters_narrow(people: People, api: Client) -> None:
    judge(people.project, version="1")
    judge(people.project, version="2")
    one = get(api, "verifiers/judge/of all", threshold=0.5, version="2", tag="t")
    assert (one["nodes"], one["version"], one["versions"]) == (2, "2", {"1": 2, "2": 2})
    assert (one["counts"]["true_accepts"], one["counts"]["true_rejects"]) == (1, 1)
    assert get(api, "verifiers", tag="none")["items"] == []
    assert [row["version"] for row in get(api, "verifiers", tag="t")["items"]] == ["1", "2"]


def test_lists_go_on_after_their_last(people: People, api: Client) -> None:
    for name in ("x", "y", "z"):
        judge(people.project, name=name)
    first = get(api, "verifiers", limit=2)
    rest = get(api, "verifiers", limit=2, cursor=first["next"])
    assert [row["name"] for row in first["items"] + rest["items"]] == ["x", "y", "z"]
    assert rest["next"] is None


def test_what_is_not_theirs_is_not_there_and_what_means_nothing_is_refused(
    people: People, api: Client
) -> None:
    judge(people.project)
    judge(make_project("other"), name="theirs")
    assert api.get("/api/v1/verifiers/theirs").status_code == 404
    assert api.get("/api/v1/verifiers", {"project": "other"}).status_code == 404
    assert api.get("/api/v1/verifiers", {"cursor": "%"}).status_code == 404
    for wrong in (
        {"threshold": "nan"},
        {"threshold": "much"},
        {"truth": "oracle"},
        {"since": "soon"},
    ):
        answer = api.get("/api/v1/verifiers/judge/of all", wrong)
        assert (answer.status_code, wrong) == (422, wrong)
        assert next(iter(wrong)) in answer.json()["detail"]
    assert Client().get("/api/v1/verifiers").status_code == 401
    people_of_none = Client()
    people_of_none.force_login(people.charlie)
    assert people_of_none.get("/api/v1/verifiers").json()["items"] == []
    assert people_of_none.get("/api/v1/verifiers/judge").status_code == 404


def test_a_person_who_is_signed_in_sees_the_same(people: People, api: Client) -> None:
    judge(people.project, name="judge")
    bob = Client()
    bob.force_login(people.bob)
    assert bob.get("/api/v1/verifiers/judge").json() == get(api, "verifiers/judge")
    assert bob.get(reverse("verifier", args=["judge"])).status_code == 200
