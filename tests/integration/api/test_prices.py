"""Prices over the API: read with `read`, changed with `admin`."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from tests.integration.build import NOW, make_project
from tests.integration.pages.test_pages import client_of
from tests.integration.prices import add, cost_of, one_run, recorded
from tests.people import People
from traces.actions.set_up_local import make_key
from traces.models import PriceOverride, Project
from traces.models.access import Scope

NEW = {"model": "brain-*", "provider": None, "input": "2.50", "output": "10", "cache_read": "0.25"}
OVERRIDES = "/api/v1/prices/overrides"


def api_of(project: Project, scope: Scope) -> Client:
    text = f"a-{scope}-key-of-{project.slug}"
    make_key(project=project, name="k", key=text, scopes=[scope], now=NOW)
    return Client(headers={"authorization": f"Bearer {text}"})


def post(client: Client, body: Any, path: str = OVERRIDES) -> Any:
    return client.post(path, body, content_type="application/json")


def test_it_works(people: People) -> None:
    admin, reader = (api_of(people.project, scope) for scope in (Scope.ADMIN, Scope.READ))
    one_run(people.project, "a", "b")
    (row,) = reader.get("/api/v1/prices/unpriced").json()["items"]
    assert (row["project"], row["model"], row["provider"]) == ("default", "brain-1", "acme")
    assert (row["why"], row["calls"], row["runs"], row["input_tokens"]) == ("no_price", 2, 1, 2_000_000)  # fmt: skip
    assert row["first_at"] == row["last_at"] == "2026-11-23T12:00:00.000000000Z"
    answer = post(admin, NEW)
    assert answer.status_code == 201
    listed = reader.get(OVERRIDES).json()
    assert listed == {"items": [answer.json()], "next": None}
    added = answer.json()
    assert (added["input"], added["cache_read"], added["cache_write"]) == ("2.5", "0.25", None)
    assert added["created_by"] == "key:a-admin-ke"
    assert reader.get("/api/v1/prices/unpriced").json()["items"][0]["why"] == "price_since"


def test_a_price_added_over_the_api_is_that_of_the_next_call(people: People) -> None:
    post(api_of(people.project, Scope.ADMIN), NEW)
    run = one_run(people.project, "a")
    assert str(cost_of(run, "a")[0]).startswith("2.5")
    assert recorded(people.project, run=run) == run


def test_a_price_is_ended_and_withdrawn(people: People) -> None:
    admin = api_of(people.project, Scope.ADMIN)
    number = post(admin, NEW).json()["id"]
    path = f"{OVERRIDES}/{number}/end"
    assert post(admin, {}, path).status_code == 422  # a body without a day withdraws nothing
    ended = post(admin, {"on": "2026-12-01"}, path).json()
    assert (ended["valid_until"], ended["was_mistake"]) == ("2026-12-01", False)
    assert post(admin, {"on": None}, path).json()["was_mistake"] is True


def test_only_admin_keys_and_owners_change(people: People) -> None:
    for scope in (Scope.READ, Scope.INGEST, Scope.CONTROL):
        assert post(api_of(people.project, scope), NEW).status_code == 403
    assert post(client_of(people, "bob"), NEW).status_code == 404
    assert post(client_of(people, "charlie"), NEW).status_code == 404
    assert post(Client(), NEW).status_code == 401
    assert not PriceOverride.objects.exists()
    added = post(client_of(people, "alice"), NEW)
    assert (added.status_code, added.json()["created_by"]) == (201, "user:alice")


def test_an_owner_s_session_needs_the_token_of_its_form(people: People) -> None:
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(people.alice)
    assert post(strict, NEW).status_code == 403


def test_nobody_sees_or_ends_the_prices_of_another_project(people: People) -> None:
    other = make_project("other")
    theirs = add(other, "brain-1")
    run = one_run(other, "a")
    admin = api_of(people.project, Scope.ADMIN)
    assert post(admin, {"on": None}, f"{OVERRIDES}/{theirs.pk}/end").status_code == 404
    assert post(admin, NEW | {"project": "other"}).status_code == 404
    assert admin.get(OVERRIDES).json()["items"] == []
    assert admin.get("/api/v1/prices/unpriced").json()["items"] == []
    for query in ({"project": "other"}, {"run": run}, {"run": "x"}):
        assert admin.get("/api/v1/prices/unpriced", query).status_code == 404
    assert client_of(people, "charlie").get(OVERRIDES).json()["items"] == []


@pytest.mark.parametrize(
    "change",
    [
        {"input": "-1"}, {"input": "NaN"}, {"input": "Infinity"}, {"output": None}, {"model": ""},
        {"model": "a\x00"}, {"model": "\ud800"}, {"valid_from": "2026-13-01"}, {"input": "1e999999999"},
        {"valid_from": "2026-12-01", "valid_until": "2026-11-01"}, {"cache_write": "0.0000000000001"},
    ],
)  # fmt: skip
def test_what_is_no_price_is_a_problem_with_a_sentence(
    people: People, change: dict[str, Any]
) -> None:
    answer = post(api_of(people.project, Scope.ADMIN), NEW | change)
    assert (answer.status_code, answer["Content-Type"]) == (422, "application/problem+json")
    assert answer.json()["detail"]
