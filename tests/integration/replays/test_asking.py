"""A replay is asked for: once for a double click, and refused with a sentence where there is nothing to start."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from deliberation.events import GapReported
from tests.integration.build import make_event, make_project, new_run, put_on_record, started
from tests.integration.replays.replaying import (
    FORK,
    LIVE,
    RECORDED,
    api_of,
    asked,
    at,
    begun,
    call,
    original,
    over,
    post,
    randbytes,
    wish,
)
from tests.people import People
from traces.actions.ask_for_replay import NotReplayable, ask_for_replay, cancel_replay
from traces.actions.conflict import Unfit
from traces.models import Removal, Replay, Run
from traces.models.access import Scope
from traces.queries.replayable import find_obstacles


@pytest.fixture
def api(people: People) -> Client:
    return api_of(people.project, Scope.CONTROL, Scope.READ)


def signed_in(person: Any) -> Client:
    client = Client()
    client.force_login(person)
    return client


def test_it_works(api: Client) -> None:
    run = original()
    answer = post(api, f"runs/{run.pk}/replays", {"mode": "recorded"})
    assert answer.status_code == 202, answer.content
    made = answer.json()
    assert (made["stage"], made["of_run"], made["mode"], made["strict"]) == (
        "waiting", str(run.pk), "recorded", True,
    )  # fmt: skip
    assert made["run_id"] not in (str(run.pk), made["id"])
    assert made["fidelity"] == {
        "word": None, "diverged_at_seq": None, "calls": None, "lowered": False,
    }  # fmt: skip
    assert api.get(f"/api/v1/replays/{made['id']}").json() == made
    assert api.get(f"/api/v1/runs/{run.pk}/replays").json()["items"] == [made]


def test_a_double_click_makes_one_replay() -> None:
    run = original()
    first = asked(run, request_id="click")
    assert asked(run, LIVE, request_id="click") == first
    assert asked(run) == first
    assert Replay.objects.count() == 1


def test_another_wish_or_one_after_the_end_is_another_replay() -> None:
    run = original()
    first = asked(run)
    assert asked(run, is_strict=False) != first
    cancel_replay(replay_id=first.pk, by="user:alice", now_ns=at(60))
    assert asked(run) != first


def test_a_fork_begins_at_a_node_of_the_run() -> None:
    run = original()
    made = asked(run, FORK, from_node="b", overrides={"budget": {"usd": "1"}, "n": 3})
    assert (made.from_seq, made.point) == (5, "fork:b")
    with pytest.raises(Unfit, match="no node of the run"):
        asked(run, FORK, from_node="nowhere")


@pytest.mark.parametrize(
    ("facts", "field"),
    [
        ({"mode": FORK}, "from_node"),
        ({"mode": LIVE, "from_node": "a"}, "from_node"),
        ({"mode": RECORDED, "overrides": {"n": 1}}, "overrides"),
        ({"mode": LIVE, "request_id": "a b"}, "request_id"),
        ({"mode": LIVE, "overrides": {"n": True}}, "overrides.n"),
        ({"mode": LIVE, "overrides": {"temperature": -1}}, "overrides.temperature"),
        ({"mode": LIVE, "overrides": {"model": ""}}, "overrides.model"),
        ({"mode": LIVE, "overrides": {"budget": {"hope": "1"}}}, "overrides.budget"),
        ({"mode": LIVE, "overrides": {"budget": {"usd": "-1"}}}, "overrides.budget.usd"),
        ({"mode": LIVE, "overrides": {"budget": {"usd": 1.5}}}, "overrides.budget.usd"),
        ({"mode": LIVE, "overrides": {"a b": 1}}, "overrides"),
        ({"mode": LIVE, "overrides": {"text": "x" * 16_384}}, "overrides"),
        ({"mode": LIVE, "overrides": {"text": "a\x00b"}}, "overrides"),
        ({"mode": LIVE, "overrides": {"text": "\ud800"}}, "overrides"),
        ({"mode": LIVE, "overrides": {"number": float("nan")}}, "overrides"),
        ({"mode": LIVE, "overrides": {f"n{n}": n for n in range(51)}}, "overrides"),
    ],
)
def test_what_has_not_its_form_is_told_where(facts: dict[str, Any], field: str) -> None:
    run = original()
    with pytest.raises(Unfit) as unfit:
        ask_for_replay(
            run=run, wish=wish(**facts), by="user:alice", now_ns=at(50), randbytes=randbytes
        )
    assert unfit.value.field == field


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"source": "otlp", "entry_point": None}, "traced"),
        ({"source": "import"}, "imported"),
        ({"source": "bundle"}, "foreign"),
        ({"entry_point": None}, "no_program"),
        ({"observed_state": "running"}, "going_on"),
        ({"program_seq": 0}, "no_parameters"),
    ],
)
def test_a_run_without_a_program_offers_nothing(
    api: Client, change: dict[str, Any], why: str
) -> None:
    run = original()
    Run.objects.filter(pk=run.pk).update(**change)
    answer = post(api, f"runs/{run.pk}/replays", {"mode": "live"})
    assert (answer.status_code, answer["Content-Type"]) == (409, "application/problem+json")
    told = answer.json()
    assert (told["why"], told["offered"]) == (why, [])
    assert told["detail"].endswith(".")


def test_an_incomplete_recording_is_offered_as_a_fork() -> None:
    run = new_run()
    gap = make_event(GapReported, run, missing=3, cause="spool_full")
    with pytest.raises(NotReplayable) as refused:
        asked(original(*call(run, "a", "k"), gap, run=run))
    assert (refused.value.obstacle, refused.value.offered) == ("gaps", (FORK, LIVE))
    assert asked(Run.objects.get(pk=run), FORK, from_node="a").stage == "waiting"


def test_a_text_of_a_call_that_was_taken_away_is_missed_and_no_other() -> None:
    run = original()
    Removal.objects.create(run_id=run.pk, seq=90, kind="redacted", entry=1, part="task")
    assert find_obstacles(run)[RECORDED] is None
    Removal.objects.create(run_id=run.pk, seq=91, kind="redacted", entry=4, part="output")
    assert find_obstacles(run)[RECORDED] == "removed"


def test_a_call_that_came_to_no_end_cannot_be_repeated() -> None:
    run = new_run()
    put_on_record(make_project(), begun(run), started(run, "a", call_key="k"), over(run))
    assert find_obstacles(Run.objects.get(pk=run))[RECORDED] == "unended"


def test_operators_ask_viewers_see_and_others_know_nothing(people: People) -> None:
    path = f"runs/{original().pk}/replays"
    body = {"mode": "recorded"}
    assert post(signed_in(people.alice), path, body).status_code == 202
    assert post(signed_in(people.bob), path, body).status_code == 403
    assert post(signed_in(people.charlie), path, body).status_code == 404
    assert post(Client(), path, body).status_code == 401
    assert post(api_of(people.project, Scope.READ), path, body).status_code == 403
    assert post(api_of(make_project("other"), Scope.CONTROL), path, body).status_code == 404
    (made,) = signed_in(people.bob).get(f"/api/v1/{path}").json()["items"]
    for person, status in ((people.bob, 200), (people.charlie, 404)):
        assert signed_in(person).get(f"/api/v1/replays/{made['id']}").status_code == status
    end = f"replays/{made['id']}/cancel"
    assert post(signed_in(people.bob), end).status_code == 403
    assert post(signed_in(people.alice), end).json()["stage"] == "cancelled"
    assert post(signed_in(people.alice), end).status_code == 409


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"mode": "backwards"},
        {"mode": "live", "overrides": []},
        {"mode": "live", "strict": "x" * 9},
        {"mode": "live", "who": 1},
        {"mode": "fork", "from_node": "x" * 65},
        {"mode": "live", "overrides": {"a": "\x00"}},
    ],
)
def test_nonsense_is_refused_with_a_problem(api: Client, body: Any) -> None:
    answer = post(api, f"runs/{original().pk}/replays", body)
    assert (answer.status_code, answer["Content-Type"]) == (422, "application/problem+json")
