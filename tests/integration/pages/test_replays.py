"""The page of a run's replays: who may ask, how far each is, how truly it repeats, why a run offers none."""

from __future__ import annotations

import html
import re
from typing import Any

import pytest
from django.test import Client

from deliberation.events import ReplayDiverged
from deliberation.vocabulary import AfterDifference, CallSort, Difference
from tests.integration.build import make_event, new_run
from tests.integration.replays.replaying import (
    FORK,
    asked,
    at,
    call,
    claimed,
    drawn,
    original,
    repeated,
    runner,
)
from tests.people import People
from traces.actions.hold_replay import Outcome, end_replay
from traces.actions.judge_replays import judge_replays
from traces.models import Replay, Run, Runner

FAR = 2**62
"""A time by the clock of the wall that has not come."""


def client_of(person: Any) -> Client:
    client = Client()
    client.force_login(person)
    return client


@pytest.fixture
def alice(people: People) -> Client:
    return client_of(people.alice)


def text_of(client: Client, path: str) -> str:
    answer = client.get(path)
    assert answer.status_code == 200, path
    plain = re.sub(
        r"<(script|style)\b.*?</\1>|<[^>]+>", " ", answer.content.decode(), flags=re.DOTALL
    )
    return " ".join(html.unescape(plain).split())


def page_of(run: Run) -> str:
    return f"/runs/{run.pk}/replays"


def ask(client: Client, run: Run, **sent: str) -> Any:
    return client.post(page_of(run), {"request_id": "ticket-1", "mode": "recorded", **sent})


def test_it_works(alice: Client) -> None:
    run = original()
    page = text_of(alice, page_of(run))
    assert "game.solve:solve" in page
    assert 'Begun with {"numbers": [4, 7]}' in page
    assert "no runner a replay waits until one comes" in page
    assert "None yet." in page
    for _ in range(2):
        assert ask(alice, run).headers["Location"] == page_of(run)
    made = Replay.objects.get()
    assert (made.by, made.mode, made.is_strict) == ("user:alice", "recorded", True)
    assert "waits for a runner" in text_of(alice, page_of(run))
    assert "No runner is heard of" in text_of(alice, f"{page_of(run)}/list")
    Runner.objects.filter(pk=runner().pk).update(expires_ns=FAR)
    assert "No runner is heard of" not in text_of(alice, f"{page_of(run)}/list")


def test_a_fork_is_asked_for_with_its_changes(alice: Client) -> None:
    run = original(budgets={"usd": "1", "model_calls": "10"})
    shown = alice.get(f"{page_of(run)}?from=b").content.decode()
    assert 'name="from_node" maxlength="64" class="mono" value="b"' in shown
    # Eight calls were left, and the one before b is repeated.
    assert (
        'name="budget_model_calls" maxlength="40" value="" placeholder="a fork inherits 9"' in shown
    )
    sent = {
        "mode": "fork",
        "from_node": "b",
        "strict": "no",
        "budget_usd": "0.50",
        "temperature": "0,2",
        "n": "4",
        "prompt": "be brief",
        "others": '{"width": 3, "deep": [1]}',
    }
    assert ask(alice, run, **sent).status_code == 303
    made = Replay.objects.get()
    assert (made.from_node, made.is_strict) == ("b", False)
    assert made.overrides == {
        "budget": {"usd": "0.50"}, "temperature": 0.2, "n": 4, "prompt": "be brief", "width": 3,
        "deep": [1],
    }  # fmt: skip


def test_a_limit_of_which_nothing_was_left_is_named_before_a_fork_is_asked_for(
    alice: Client,
) -> None:
    assert "nothing was left of: Limit of model calls." in text_of(
        alice, page_of(original(budgets={"model_calls": "2", "usd": "1"}))
    )
    assert "nothing was left" not in text_of(alice, page_of(original(budgets={"usd": "1"})))


@pytest.mark.parametrize(
    ("sent", "sentence"),
    [
        ({"mode": "backwards"}, "The mode must be one of"),
        ({"mode": "fork"}, "The node name the node"),
        ({"mode": "fork", "from_node": "nowhere"}, "The node is no node of the run"),
        ({"mode": "live", "n": "many"}, "The number of samples must be a whole number"),
        ({"mode": "live", "temperature": "hot"}, "The temperature must be a number"),
        ({"mode": "live", "budget_usd": "much"}, "A limit must be a decimal number"),
        ({"mode": "live", "others": "[]"}, "The other parameters must be a JSON object"),
        ({"mode": "live", "others": "[" * 9_000}, "The other parameters must be a JSON object"),
        ({"request_id": ""}, "The ticket of the form must be"),
    ],
)
def test_what_cannot_be_taken_is_told_and_what_was_typed_stays(
    alice: Client, sent: dict[str, str], sentence: str
) -> None:
    answer = ask(alice, original(), **sent, seed="4711")
    assert answer.status_code == 400
    assert sentence in html.unescape(answer.content.decode())
    assert 'name="seed" maxlength="20" value="4711"' in answer.content.decode()
    assert not Replay.objects.exists()


def test_a_run_from_traces_says_why_and_offers_what_needs_no_program(alice: Client) -> None:
    run = original()
    Run.objects.filter(pk=run.pk).update(source="otlp", entry_point=None)
    shown = alice.get(page_of(run)).content.decode()
    assert shown.count("disabled aria-describedby") == 3
    assert "there is no program that can be started" in shown
    assert f'href="/runs/{run.pk}/playback"' in shown
    assert f'href="/runs/{run.pk}/counterfactual"' in shown
    assert ">Replay</button>" not in shown
    assert ask(alice, run).status_code == 409


def test_bob_sees_and_charlie_does_not(people: People, alice: Client) -> None:
    run = original()
    replay = asked(run)
    bob, charlie = client_of(people.bob), client_of(people.charlie)
    assert "you may look" in text_of(bob, page_of(run))
    assert ask(bob, run).status_code == 403
    end = f"/replays/{replay.pk}/cancel"
    assert bob.post(end).status_code == 404
    for path in (page_of(run), f"{page_of(run)}/list"):
        assert charlie.get(path).status_code == 404
    assert ask(charlie, run).status_code == 404
    assert charlie.post(end).status_code == 404
    assert alice.get(end).status_code == 405
    assert Replay.objects.get().stage == "waiting"
    assert alice.post(end).status_code == 303
    assert "cancelled" in text_of(bob, page_of(run))


def done(replay: Replay, state: str = "completed", **facts: str) -> None:
    mine = runner()
    claimed(mine)
    told = Outcome(state=state, **facts)
    end_replay(replay=replay, runner=mine, attempt=1, outcome=told, now_ns=at(60))


def test_a_replay_shows_its_badge_and_both_sides_of_each_difference(alice: Client) -> None:
    run = original()
    replay = asked(run, is_strict=False)
    done(replay)
    same = str(replay.run_id)
    parted = make_event(
        ReplayDiverged,
        same,
        difference=Difference.NOT_RECORDED,
        call_sort=CallSort.MODEL,
        then=AfterDifference.LIVE,
        name="m-1",
        node="y",
        recorded_seq=5,
        expected='{"arguments": "<b>how many</b>"}',
        got='{"arguments": "how few"}',
    )
    told = [drawn(same, "d"), *call(same, "x", "k1"), *call(same, "y", "k9", "9"), parted]
    made = repeated(run, *told, run=replay.run_id)
    judge_replays()
    page = text_of(alice, page_of(made))
    for words in (
        "How truly this run repeats another diverged at #5",
        "As recorded 2", "New 1", "Unused 1",
        "A call that was not recorded",
        'Recorded {"arguments": "<b>how many</b>"} Now {"arguments": "how few"}',
    ):  # fmt: skip
        assert words in page
    assert "diverged at #5" in text_of(alice, f"/runs/{made.pk}/header")
    assert "Recorded · lenient" in text_of(alice, page_of(run))


def test_other_code_is_told_before_and_after(alice: Client) -> None:
    run = original()
    other = runner("host:2", code_digest="sha256:" + "2" * 64)
    Runner.objects.filter(pk=other.pk).update(expires_ns=FAR)
    assert "The source that is served is another" in text_of(alice, page_of(run))
    replay = asked(run)
    claimed(other)
    end_replay(
        replay=replay, runner=other, attempt=1, outcome=Outcome(state="completed"), now_ns=at(60)
    )
    same = str(replay.run_id)
    told = [drawn(same, "d"), *call(same, "x", "k1"), *call(same, "y", "k2", "8")]
    repeated(run, *told, run=replay.run_id, code_digest="sha256:" + "2" * 64)
    judge_replays()
    assert "exact, by other code" in text_of(alice, page_of(run))


def test_the_last_words_of_a_program_that_failed_are_text(alice: Client) -> None:
    run = original()
    replay = asked(run, FORK, from_node="b")
    done(replay, "failed", reason="exit code 1", last_words="<script>alert(1)</script>")
    shown = alice.get(page_of(run)).content.decode()
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in shown
    assert "exit code 1" in shown


def test_a_replay_that_nobody_asked_for_here_is_judged_while_it_is_looked_at(
    alice: Client,
) -> None:
    run = original()
    same = new_run()
    told = [drawn(same, "d"), *call(same, "x", "k1"), *call(same, "y", "k2", "8")]
    made = repeated(run, *told, run=same)
    assert "How truly this run repeats another exact" in text_of(alice, page_of(made))


def test_a_node_of_a_program_leads_to_its_fork(alice: Client) -> None:
    run = original()
    assert f'href="{page_of(run)}?from=b#ask"' in alice.get(f"/runs/{run.pk}/nodes/b").text
    Run.objects.filter(pk=run.pk).update(entry_point=None)
    assert "?from=b" not in alice.get(f"/runs/{run.pk}/nodes/b").text


def test_health_shows_who_serves_what_to_those_of_the_project(
    people: People, alice: Client
) -> None:
    runner()
    assert "laptop silent game.solve:solve 1" in text_of(alice, "/health")
    assert "laptop" not in text_of(client_of(people.charlie), "/health")
