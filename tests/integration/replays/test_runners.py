"""A runner takes replays under a lease, one at a time of each point, and says how they end."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from django.test import Client

from deliberation.events import BudgetSet
from deliberation.vocabulary import BudgetSource, OnHit
from tests.integration.build import make_event, make_project, new_run
from tests.integration.replays.replaying import (
    DIGEST,
    FORK,
    LIVE,
    PROGRAM,
    RECORDED,
    api_of,
    asked,
    at,
    claimed,
    original,
    post,
    randbytes,
    runner,
)
from tests.people import People
from traces.actions.ask_for_replay import cancel_replay
from traces.actions.claim_replay import claim_replay
from traces.actions.hold_replay import NotHeld, Outcome, end_replay, hold_replay
from traces.actions.sweep_replays import sweep_replays
from traces.models import Replay, Runner
from traces.models.access import Scope
from traces.queries.replay_jobs import read_job
from traces.queries.runners import is_served

SAID = {
    "name": "laptop",
    "holder": "host:1",
    "entries": [{"entry_point": PROGRAM, "version": "1", "code_digest": DIGEST}],
}
DONE = Outcome(state="completed")


@pytest.fixture
def api(people: People) -> Client:
    return api_of(people.project, Scope.RUN)


def registered(api: Client, **facts: Any) -> str:
    answer = post(api, "runners", SAID | facts)
    assert answer.status_code == 200, answer.content
    return str(answer.json()["runner_id"])


def swept(now: float) -> Replay:
    sweep_replays(now_ns=at(now), randbytes=randbytes)
    return Replay.objects.get()


def test_it_works(api: Client) -> None:
    run, mine = original(), registered(api)
    assert post(api, f"runners/{mine}/claim").status_code == 204
    replay = asked(run, FORK, from_node="b", overrides={"n": 3, "budget": {"usd": "0.50"}})
    Replay.objects.update(expires_ns=2**62)  # the API goes by the clock of the wall
    job = post(api, f"runners/{mine}/claim").json()["job"]
    assert job == {
        "id": str(replay.pk), "attempt": 1, "run_id": str(replay.run_id), "of_run": str(run.pk),
        "entry_point": PROGRAM, "parameters": {"numbers": [4, 7]}, "mode": "fork",
        "from_node": "b", "from_seq": 5, "strict": True,
        "overrides": {"n": 3, "budget": {"usd": "0.50"}},
        "budgets": {"usd": {"hard": "0.5", "soft": None, "on_hit": "stop", "on_soft": "warn",
                            "source": "raised"}},
        "recording": f"/api/v1/replays/{replay.pk}/recording", "expected_code_digest": DIGEST,
    }  # fmt: skip
    held = {"runner_id": mine, "attempt": 1}
    beat = post(api, f"replays/{replay.pk}/heartbeat", held | {"last_words": "step 1"})
    assert beat.json() == {"lease_seconds": 15, "cancel": False}
    assert Replay.objects.get().stage == "running"
    outcome = held | {"state": "completed", "reason": None, "last_words": "bye"}
    for _ in range(2):
        assert post(api, f"replays/{replay.pk}/outcome", outcome).status_code == 200
    found = Replay.objects.get()
    assert (found.stage, found.last_words, found.runner_name) == ("completed", "bye", "laptop")
    assert post(api, f"replays/{replay.pk}/heartbeat", held).status_code == 409
    other = outcome | {"state": "failed"}
    assert post(api, f"replays/{replay.pk}/outcome", other).status_code == 409


def test_the_same_process_again_is_the_same_runner(api: Client) -> None:
    assert registered(api) == registered(api, name="another name")
    assert registered(api) != registered(api, holder="host:2")
    assert Runner.objects.count() == 2


def test_what_nobody_serves_waits() -> None:
    asked(original())
    assert claim_replay(runner=runner(entry_point="other:program"), now_ns=at(51)) is None
    project = make_project()
    assert not is_served(project.pk, PROGRAM, at(51))
    runner("host:2", now=50)
    assert is_served(project.pk, PROGRAM, at(51))
    assert not is_served(project.pk, PROGRAM, at(66))


def test_another_project_gets_nothing(people: People, api: Client) -> None:
    replay = asked(original())
    foreign = runner(project=make_project("other"))
    assert claim_replay(runner=foreign, now_ns=at(51)) is None
    assert post(api, f"runners/{foreign.pk}/claim").status_code == 404
    other = api_of(make_project("other"), Scope.RUN)
    said = {"runner_id": str(foreign.pk), "attempt": 1}
    assert post(other, f"replays/{replay.pk}/heartbeat", said).status_code == 404
    assert other.get(f"/api/v1/replays/{replay.pk}/recording").status_code == 404
    assert post(api_of(people.project, Scope.CONTROL), "runners", SAID).status_code == 403


def test_one_at_a_time_of_each_point_and_the_oldest_first() -> None:
    run = original()
    mine, first = runner(), asked(run, LIVE, now=50, overrides={"n": 1})
    second = asked(run, LIVE, now=51, overrides={"n": 2})
    fork = asked(run, FORK, now=52, from_node="a")
    assert claimed(mine) == first
    assert claimed(runner("host:2")) == fork
    assert claim_replay(runner=mine, now_ns=at(53)) is None
    end_replay(replay=first, runner=mine, attempt=1, outcome=DONE, now_ns=at(54))
    assert claimed(mine, now=55) == second


def test_a_runner_that_dies_is_replaced_once_by_a_run_of_its_own() -> None:
    mine, replay = runner(), asked(original())
    claimed(mine, now=51)
    hold_replay(replay=replay, runner=mine, attempt=1, now_ns=at(52), last_words="so far")
    assert swept(66).stage == "running"
    again = swept(68)
    assert (again.stage, again.earlier_runs) == ("waiting", [replay.run_id])
    assert again.run_id != replay.run_id
    with pytest.raises(NotHeld):
        hold_replay(replay=replay, runner=mine, attempt=1, now_ns=at(69))
    assert claimed(runner("host:2", now=70), now=70).attempts == 2
    with pytest.raises(NotHeld):
        end_replay(replay=replay, runner=mine, attempt=1, outcome=DONE, now_ns=at(71))
    dead = swept(90)
    assert (dead.stage, dead.last_words) == ("failed", "so far")
    assert "twice" in (dead.reason or "")
    assert swept(95) == dead


def test_a_heartbeat_that_comes_before_the_sweep_keeps_the_lease() -> None:
    mine, replay = runner(), asked(original())
    claimed(mine, now=51)
    hold_replay(replay=replay, runner=mine, attempt=1, now_ns=at(80))
    assert swept(81).stage == "running"


def test_nobody_comes_and_it_expires() -> None:
    replay = asked(original(), now=0)
    assert swept(900).stage == "waiting"
    late = swept(901)
    assert (late.stage, late.ended_ns) == ("expired", at(901))
    assert claim_replay(runner=runner(now=902), now_ns=at(902)) is None
    assert late.pk == replay.pk


def test_a_cancelled_replay_ends_when_its_runner_says_so_or_is_silent() -> None:
    mine, replay = runner(), asked(original())
    claimed(mine)
    assert cancel_replay(replay_id=replay.pk, by="user:alice", now_ns=at(52))
    assert hold_replay(replay=replay, runner=mine, attempt=1, now_ns=at(53))
    failed = Outcome(state="failed", reason="ended when told to")
    for _ in range(2):
        end_replay(replay=replay, runner=mine, attempt=1, outcome=failed, now_ns=at(54))
    assert (Replay.objects.get().stage, Replay.objects.get().cancelled_by) == (
        "cancelled", "user:alice",
    )  # fmt: skip
    assert not cancel_replay(replay_id=replay.pk, by="user:alice", now_ns=at(55))


def test_a_cancelled_replay_whose_runner_died_is_not_tried_again() -> None:
    mine, replay = runner(), asked(original())
    claimed(mine)
    cancel_replay(replay_id=replay.pk, by="user:alice", now_ns=at(52))
    assert swept(70).stage == "cancelled"


def test_what_came_to_its_end_before_it_heard_of_the_cancelling_is_completed() -> None:
    mine, replay = runner(), asked(original())
    claimed(mine)
    cancel_replay(replay_id=replay.pk, by="user:alice", now_ns=at(52))
    end_replay(replay=replay, runner=mine, attempt=1, outcome=DONE, now_ns=at(53))
    assert Replay.objects.get().stage == "completed"


def test_long_last_words_are_kept_from_their_end_and_what_cannot_be_kept_is_marked() -> None:
    mine, replay = runner(), asked(original())
    claimed(mine)
    words = Outcome(state="failed", last_words="a" * 20_000 + "\x00end")
    end_replay(replay=replay, runner=mine, attempt=1, outcome=words, now_ns=at(53))
    kept = Replay.objects.get().last_words or ""
    assert len(kept) == 16 * 1024
    assert kept.endswith("\N{REPLACEMENT CHARACTER}end")


def test_a_recorded_replay_has_no_limits_of_its_own() -> None:
    run = original(budgets={"usd": "1", "model_calls": "10"})
    mine = runner()
    asked(run, RECORDED)
    assert read_job(claimed(mine), at(51)).limits == {}


def test_a_recorded_replay_has_the_limits_that_others_had_set() -> None:
    run = new_run()
    raised = make_event(
        BudgetSet, run, dimension="usd", version=2, by="user:alice", source=BudgetSource.COMMAND,
        hard=Decimal(5), on_hit=OnHit.STOP, on_soft=OnHit.WARN,
    )  # fmt: skip
    asked(original(raised, run=run, budgets={"usd": "1", "tokens": "100"}), RECORDED)
    limits = read_job(claimed(runner()), at(51)).limits
    assert {name.value: (each.limit.hard, each.is_raised) for name, each in limits.items()} == {
        "usd": (Decimal(5), True)
    }


def test_a_fork_inherits_what_was_left_and_counts_again_what_it_repeats() -> None:
    run = original(budgets={"model_calls": "10", "tokens": "100", "usd": "1"})
    asked(run, FORK, from_node="b", overrides={"budget": {"usd": "3"}})
    limits = read_job(claimed(runner()), at(51)).limits
    told = {name.value: (str(each.limit.hard), each.is_raised) for name, each in limits.items()}
    # Two calls of ten were made, and one of them comes before b; so with the tokens: 15 of each call.
    assert told == {"model_calls": ("9", False), "tokens": ("85", False), "usd": ("3", True)}


@pytest.mark.parametrize(
    "body",
    [
        SAID | {"entries": []},
        SAID | {"entries": [{"entry_point": ""}]},
        SAID | {"holder": "\x00"},
        SAID | {"name": "x" * 201},
        SAID | {"holder": None},
        SAID | {"entries": [{"entry_point": "a:b", "parameters_schema": {"x": "y" * 17_000}}]},
        SAID | {"entries": [{"entry_point": "a:b", "parameters_schema": {"x": "\x00"}}]},
        {"name": "x"},
    ],
)
def test_nonsense_of_a_runner_is_refused_with_a_problem(api: Client, body: Any) -> None:
    answer = post(api, "runners", body)
    assert (answer.status_code, answer["Content-Type"]) == (422, "application/problem+json")


@pytest.mark.parametrize(
    "said",
    [{}, {"attempt": 0}, {"attempt": 10**30}, {"runner_id": "x"}, {"last_words": "x" * 70_000}],
)
def test_nonsense_of_a_heartbeat_is_refused(api: Client, said: dict[str, Any]) -> None:
    replay, mine = asked(original()), registered(api)
    body = {"runner_id": mine, "attempt": 1} | said if said else {}
    assert post(api, f"replays/{replay.pk}/heartbeat", body).status_code in (404, 422)


def test_who_serves_what_can_be_read(people: People, api: Client) -> None:
    registered(api)
    reader = api_of(people.project, Scope.READ)
    (found,) = reader.get("/api/v1/runners").json()["items"]
    assert (found["name"], found["live"], found["entries"][0]["entry_point"]) == (
        "laptop", True, PROGRAM,
    )  # fmt: skip
    assert api_of(make_project("other"), Scope.READ).get("/api/v1/runners").json()["items"] == []
