"""A session by the API: its runs in order of time, and their sums."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from django.test import Client

from deliberation.events import RunEnded, RunStarted
from deliberation.vocabulary import Cost, CostProvenance, NodeKind, ObservedState, Usage
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
from traces.actions.settle_responses import settle_responses
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


def turn(people: People, number: int, *, session: str = "s-1", **facts: object) -> str:
    """A run of a session, that began `number` seconds after noon."""
    run, at = new_run(), NOW_NS + number * SECOND
    told: dict[str, Any] = {
        "node_kind": NodeKind.MODEL_CALL,
        "model": f"m-{number}",
        "usage": Usage(input=10, output=2),
        "cost": Cost(amount=Decimal("0.5"), provenance=CostProvenance.REPORTED),
        "started_at": at,
        "ended_at": at + SECOND,
    }
    put_on_record(
        people.project,
        make_event(RunStarted, run, name=f"turn {number}", session_id=session, at=at),
        observed(run, "call", **told | facts),
        make_event(RunEnded, run, state=ObservedState.COMPLETED, answer="42", at=at + SECOND),
    )
    return run


def test_it_works(people: People, api: Client) -> None:
    runs = [turn(people, number) for number in (3, 1, 2)]
    turn(people, 4, session="another")
    found = get(api, "sessions/s-1")
    assert [run["id"] for run in found["items"]] == [runs[1], runs[2], runs[0]]
    assert [run["name"] for run in found["items"]] == ["turn 1", "turn 2", "turn 3"]
    assert (found["id"], found["project"], found["runs"]) == ("s-1", "default", 3)
    assert (found["usage"]["input"], found["usage"]["output"]) == (30, 6)
    assert found["usage"]["reasoning"] is None
    assert (found["cost"]["amount"], found["cost"]["provenance"]) == ("1.5", "reported")
    assert found["models"] == ["m-1", "m-2", "m-3"]
    assert found["started_at"] == "2026-11-23T12:00:01.000000000Z"
    assert found["ended_at"] == "2026-11-23T12:00:04.000000000Z"


def test_pages_of_a_session_hold_each_run_once_and_the_whole_sums(
    people: People, api: Client
) -> None:
    numbers = [5, 1, 1, 4, 2]
    runs = {turn(people, number) for number in numbers}
    nameless = new_run()
    put_on_record(people.project, observed(nameless, "a", session_id="s-1"))
    seen: list[str] = []
    cursor = None
    while True:
        found = get(api, "sessions/s-1", limit=2, **({"cursor": cursor} if cursor else {}))
        assert (found["runs"], found["usage"]["input"]) == (6, 50)
        seen += [run["id"] for run in found["items"]]
        cursor = found["next"]
        if cursor is None:
            break
    assert set(seen) == runs | {nameless}
    assert len(seen) == 6
    assert seen[-1] == nameless, "without a start comes last"


def test_a_call_that_two_runs_tell_of_is_in_the_sums_once(people: People, api: Client) -> None:
    for instrumentation in ("one", "other"):
        turn(people, 1, response_id="chatcmpl-766d7039acf0", instrumentation=instrumentation)
    settle_responses()
    found = get(api, "sessions/s-1")
    assert (found["runs"], found["usage"]["input"], found["cost"]["amount"]) == (2, 10, "0.5")


def test_the_weakest_provenance_is_that_of_the_sum(people: People, api: Client) -> None:
    turn(people, 1)
    turn(people, 2, cost=Cost(amount=Decimal(1), provenance=CostProvenance.ESTIMATED))
    turn(people, 3, cost=None)
    cost = get(api, "sessions/s-1")["cost"]
    assert (cost["amount"], cost["provenance"]) == ("1.5", "estimated")


def test_runs_are_listed_by_session(people: People, api: Client) -> None:
    run = turn(people, 1)
    turn(people, 2, session="another")
    assert [each["id"] for each in get(api, "runs", session="s-1")["items"]] == [run]
    assert get(api, "runs", session="none")["items"] == []


@pytest.mark.parametrize("session", ["none", "a/b", "%00", "s-1/", "\u202e"])
def test_a_session_that_is_not_there_is_a_problem(
    people: People, api: Client, session: str
) -> None:
    turn(people, 1)
    answer = api.get(f"/api/v1/sessions/{session}")
    assert (answer.status_code, answer["Content-Type"]) == (404, "application/problem+json")


def test_a_cursor_of_another_session_is_not_there(people: People, api: Client) -> None:
    turn(people, 1)
    other = turn(people, 2, session="another")
    assert api.get("/api/v1/sessions/s-1", {"cursor": other}).status_code == 404
    assert api.get("/api/v1/sessions/s-1", {"cursor": "nonsense"}).status_code == 404


def test_charlie_and_other_projects_do_not_learn_of_it(people: People, api: Client) -> None:
    turn(people, 1)
    charlie = Client()
    charlie.force_login(people.charlie)  # type: ignore[arg-type]
    assert charlie.get("/api/v1/sessions/s-1").status_code == 404
    assert Client().get("/api/v1/sessions/s-1").status_code == 401
    make_project("other")
    assert api.get("/api/v1/sessions/s-1", {"project": "other"}).status_code == 404
    assert api.get("/api/v1/sessions/s-1", {"project": "default"}).status_code == 200


def test_an_id_that_is_in_two_projects_needs_the_project(people: People) -> None:
    from traces.models import Membership
    from traces.models.access import Role

    turn(people, 1)
    other = make_project("other")
    run = new_run()
    put_on_record(other, make_event(RunStarted, run, session_id="s-1"))
    bob = Client()
    bob.force_login(people.bob)  # type: ignore[arg-type]
    assert bob.get("/api/v1/sessions/s-1").json()["project"] == "default"
    Membership.objects.create(project=other, user=people.bob, role=Role.VIEWER)
    assert bob.get("/api/v1/sessions/s-1").status_code == 404
    assert bob.get("/api/v1/sessions/s-1?project=other").json()["items"][0]["id"] == run
