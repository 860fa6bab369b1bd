"""The strategy over the API: read with its source and evidence, set by who may judge."""

from __future__ import annotations

from typing import Any

from django.test import Client

from tests.integration.api.test_prices import api_of
from tests.integration.build import make_project
from tests.integration.pages.test_pages import client_of
from tests.integration.pages.test_strategy import EVIDENCE, loop
from tests.people import People
from traces.models.access import Scope


def post(client: Client, run: str, body: Any) -> Any:
    return client.post(f"/api/v1/runs/{run}/strategy", body, content_type="application/json")


def test_it_works(people: People) -> None:
    run = loop(people.project)
    reader, admin = (api_of(people.project, scope) for scope in (Scope.READ, Scope.ADMIN))
    told = reader.get(f"/api/v1/runs/{run}").json()
    assert (told["strategy"], told["strategy_source"], told["strategy_evidence"]) == (
        "agent", "inferred", EVIDENCE
    )  # fmt: skip
    answer = post(admin, run, {"strategy": "debate", "reason": "they argue"})
    assert answer.status_code == 200
    told = answer.json()
    assert (told["strategy"], told["strategy_source"]) == ("debate", "set_by_person")
    assert told["strategy_evidence"] == "key:a-admin-ke: they argue"
    narrowed = reader.get("/api/v1/runs", {"strategy_source": "set_by_person"}).json()
    assert [each["id"] for each in narrowed["items"]] == [run]
    back = post(admin, run, {"strategy": None, "reason": "no"}).json()
    assert (back["strategy"], back["strategy_source"]) == ("agent", "inferred")


def test_it_takes_a_right_a_reason_and_a_word_of_the_list(people: People) -> None:
    run = loop(people.project)
    good = {"strategy": "debate", "reason": "they argue"}
    assert post(api_of(people.project, Scope.READ), run, good).status_code == 403
    assert post(api_of(people.project, Scope.CONTROL), run, good).status_code == 403
    assert post(Client(), run, good).status_code == 401
    stranger = api_of(make_project("elsewhere"), Scope.ADMIN)
    assert post(stranger, run, good).status_code == 404
    admin = api_of(people.project, Scope.ADMIN)
    bad = ({"strategy": "magic", "reason": "x"}, {"strategy": "debate", "reason": ""})
    for body in (*bad, {"reason": "x"}):
        answer = post(admin, run, body)
        assert answer.status_code == 422
        assert answer["Content-Type"] == "application/problem+json"


def test_a_viewer_who_is_signed_in_finds_nothing_to_change(people: People) -> None:
    run = loop(people.project)
    body = {"strategy": "debate", "reason": "they argue"}
    assert post(client_of(people, "bob"), run, body).status_code == 404
    assert post(client_of(people, "alice"), run, body).status_code == 200
