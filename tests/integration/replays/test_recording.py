"""What a replay is answered from: each call of the original, in order, as its ledger has it."""

from __future__ import annotations

import json
import uuid
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client

from deliberation.events import ApprovalRequested
from deliberation.vocabulary import CallSort, Cost, NodeStatus, RedactionRule, TextForm
from tests.integration.build import ended, make_event, make_project, new_run, put_on_record, started
from tests.integration.replays.replaying import (
    FORK,
    LIVE,
    api_of,
    asked,
    at,
    begun,
    call,
    claimed,
    drawn,
    original,
    over,
    randbytes,
    runner,
)
from tests.people import People
from traces.actions.rebuild import rebuild
from traces.actions.redact import Redaction, redact
from traces.actions.say import Speech
from traces.models import Replay, Run
from traces.models.access import Scope
from traces.queries import recording
from traces.queries.same_texts import Place


@pytest.fixture
def api(people: People) -> Client:
    return api_of(people.project, Scope.RUN)


def lines(api: Client, run: Run, *wanted: Any, **facts: Any) -> list[dict[str, Any]]:
    replay = asked(run, *wanted, **facts)
    claimed(runner())
    answer = api.get(f"/api/v1/replays/{replay.pk}/recording")
    assert (answer.status_code, answer["Content-Type"]) == (200, "application/x-ndjson")
    return [json.loads(line) for line in b"".join(answer.streaming_content).splitlines()]


def take_away(run: Run, seq: int, part: str) -> None:
    said = Speech(run_id=run.pk, by="user:alice", ticket="t", now_ns=at(45), randbytes=randbytes)
    what = Redaction(place=Place(seq, part), everywhere=False, rule=RedactionRule.SECRET)
    redact(speech=said, redaction=what)


def test_it_works(api: Client) -> None:
    run = new_run()
    cost = Cost(amount=Decimal("0.01"))
    head, seed, model, tool = lines(
        api,
        original(
            drawn(run, "d", 42),
            *call(run, "a", "k1", {"moves": [1, 2]}, cost=cost, provider="p", model="m-1-dated",
                  finish_reason="stop", reasoning="well"),
            *call(run, "b", "k2", "8", sort=CallSort.TOOL),
            run=run,
        ),
    )  # fmt: skip
    assert head == {
        "recording": 1, "of_run": run, "calls": 3, "until_seq": None, "nodes": None, "complete": True, "why": None,
    }  # fmt: skip
    assert (seed["sort"], seed["name"], seed["result"], seed["arguments"]) == (
        "random",
        "",
        42,
        "{}",
    )
    assert model == {
        "call_key": "k1", "sort": "model", "name": "m-1", "arguments": '{"input":"how many?","provider":"p"}',
        "result": {"moves": [1, 2]}, "error": None, "raised": None, "status": "ok",
        "usage": {"input": 10, "output": 5}, "cost": model["cost"], "finish_reason": "stop",
        "model": "m-1-dated", "response_id": None, "reasoning": "well", "node": "a", "seq": 3,
        "ended_seq": 4, "withheld": False, "why": None,
    }  # fmt: skip
    assert model["cost"]["amount"] == "0.01"
    assert (tool["sort"], tool["name"], tool["result"], tool["seq"]) == ("tool", "add", "8", 5)


def test_a_forks_recording_ends_before_its_node(api: Client) -> None:
    head, *calls = lines(api, original(), FORK, from_node="b")
    assert (head["until_seq"], head["calls"]) == (5, 2)
    assert [each["call_key"] for each in calls] == ["d", "k1"]


def test_calls_are_told_in_the_order_in_which_they_began(
    api: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(recording, "PORTION", 2)
    run = new_run()
    told = [
        event for n in range(7) for event in (*call(run, f"n{n}", f"k{n}"), drawn(run, f"d{n}"))
    ]
    head, *calls = lines(api, original(*told, run=run))
    assert head["calls"] == len(calls) == 14
    assert [each["seq"] for each in calls] == sorted(each["seq"] for each in calls)
    assert len({each["call_key"] for each in calls}) == 14


def test_a_call_that_failed_is_told_with_what_it_raised(api: Client) -> None:
    run, raised = new_run(), {"type": "builtins.ValueError", "args": ["no"]}
    failed = {"error": "ValueError: no", "raised": json.dumps(raised), "status": NodeStatus.ERROR}
    begin, end = call(run, "a", "k", None)
    end = ended(run, "a", **failed)
    _, told = lines(api, original(begin, end, run=run))
    assert (told["status"], told["error"], told["raised"]) == ("error", "ValueError: no", raised)
    assert (told["result"], told["withheld"]) == (None, False)


@pytest.mark.parametrize(
    ("form", "text", "result"),
    [
        (TextForm.TEXT, "[1]", "[1]"),
        (TextForm.JSON, "[1]", [1]),
        (TextForm.JSON, "no json", "no json"),
    ],
)
def test_text_and_json_are_told_apart(
    api: Client, form: TextForm, text: str, result: object
) -> None:
    run = new_run()
    begin, _ = call(run, "a", "k")
    _, told = lines(api, original(begin, ended(run, "a", output=text, output_form=form), run=run))
    assert told["result"] == result


def test_what_cannot_be_had_back_is_withheld(api: Client) -> None:
    run = new_run()
    begin, _ = call(run, "a", "k")
    described = ended(run, "a", output="<object at 0x7f>", output_form=TextForm.REPR)
    _, told = lines(api, original(begin, described, run=run))
    assert (told["result"], told["withheld"]) == (None, True)
    assert told["why"]


def test_what_was_taken_away_is_withheld(api: Client) -> None:
    run = original()
    take_away(run, 4, "output")
    head, _, told, other = lines(api, Run.objects.get(pk=run.pk), LIVE)
    assert (head["complete"], head["why"]) == (False, "removed")
    assert (told["result"], told["withheld"], other["withheld"]) == (None, True, False)


def test_what_replays_said_of_a_run_goes_with_its_texts(people: People) -> None:
    run = original()
    replay = asked(run, LIVE, overrides={"prompt": "a secret", "n": 2})
    Replay.objects.update(stage="failed", last_words="a secret")
    take_away(run, 4, "output")
    replay.refresh_from_db()
    assert (replay.last_words, replay.overrides) == (None, {"n": 2})


def test_an_end_that_comes_before_its_start_is_the_same_call(api: Client) -> None:
    run = new_run()
    begin, end = call(run, "a", "k")
    put_on_record(make_project(), begun(run), end, begin, over(run))
    _, told = lines(api, Run.objects.get(pk=run))
    assert (told["seq"], told["ended_seq"], told["result"], told["name"]) == (3, 2, "7", "m-1")


def test_a_call_that_an_approval_named_before_stands_where_it_began(api: Client) -> None:
    run = new_run()
    request = make_event(
        ApprovalRequested, run, approval="0" * 36, node="mail", tool="send", digest="0" * 64, action="{}", needed=1,
        by="key:test", asked="reviewer", expires_at=at(99),
    )  # fmt: skip
    told = [request, started(run, "thought"), *call(run, "mail", "k", sort=CallSort.TOOL)]
    head, *calls = lines(api, original(*told, run=run), FORK, from_node="thought")
    assert (head["until_seq"], head["calls"], head["nodes"], calls) == (3, 0, 0, [])
    rebuild(run_id=uuid.UUID(run))
    _, mail = lines(api, Run.objects.get(pk=run), LIVE)
    assert (mail["seq"], mail["ended_seq"]) == (4, 5)


def test_only_who_repeats_the_run_reads_it(api: Client) -> None:
    replay = asked(original())
    assert api.get(f"/api/v1/replays/{replay.pk}/recording").status_code == 409
    assert Client().get(f"/api/v1/replays/{replay.pk}/recording").status_code == 401


def test_a_call_without_an_end_is_withheld(api: Client) -> None:
    run = new_run()
    told = [
        started(run, "b", call_key="k0", call_sort=CallSort.TOOL, tool="t"),
        *call(run, "a", "k"),
    ]
    head, first = lines(api, original(*told, run=run), FORK, from_node="a")
    assert (head["complete"], head["why"]) == (False, "unended")
    assert (first["ended_seq"], first["withheld"]) == (None, True)
