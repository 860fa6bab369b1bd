"""The read API: shapes as the contract says, and errors as problems."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client

from deliberation.events import (
    AnswerSelected,
    CandidateProposed,
    RunEnded,
    RunStarted,
    VerdictGiven,
)
from deliberation.vocabulary import (
    Cost,
    CostProvenance,
    NodeKind,
    ObservedState,
    SideEffect,
    Strategy,
    Usage,
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

KEY = "a-key-that-nobody-guesses"
RUN_NAMES = {
    "id", "project", "name", "trace_id", "session_id", "strategy", "desired_state",
    "observed_state", "started_at", "ended_at", "duration_seconds", "task", "answer",
    "stated_confidence", "stop_reason", "effort", "tier", "high_compute", "models", "replay_of",
    "tags", "usage", "cost", "counts", "discarded", "last_seq", "head",
}  # fmt: skip
NODE_NAMES = {
    "id", "parent_id", "kind", "name", "status", "fate", "fate_reason", "fate_by", "depth",
    "order", "started_at", "ended_at", "value", "visits", "prior", "rank", "answer", "cluster",
    "model", "tool", "error", "usage", "cost", "subtree", "preview", "text_visibility",
    "source_span_id",
}  # fmt: skip


@pytest.fixture
def api(people: People) -> Client:
    make_key(project=people.project, name="k", key=KEY, scopes=[Scope.READ], now=NOW)
    return Client(headers={"authorization": f"Bearer {KEY}"})


def get(api: Client, path: str, **query: object) -> Any:
    answer = api.get(f"/api/v1/{path}", query)
    assert answer.status_code == 200, answer.content
    return answer.json()


def one_run(people: People) -> str:
    run = new_run()
    put_on_record(
        people.project,
        make_event(RunStarted, run, name="say hello", strategy=Strategy.BEST_OF_N, tags=["t"]),
        observed(run, "a", node_kind=NodeKind.MODEL_CALL, model="m", input="question", output="42",
                 started_at=NOW_NS + 1, ended_at=NOW_NS + SECOND, attributes='{"x": 1.5}',
                 usage=Usage(input=3, output=1),
                 cost=Cost(amount=Decimal("0.100"), provenance=CostProvenance.PRICED)),
        observed(run, "b/c", parent="a", node_kind=NodeKind.TOOL_CALL, tool="add", input="{}",
                 side_effect=SideEffect.NONE),
        make_event(CandidateProposed, run, node="a", answer="42", correct=True),
        make_event(VerdictGiven, run, node="a", verifier="v", outcome=VerdictOutcome.ACCEPT, score=1.0),
        make_event(AnswerSelected, run, node="a", rule="first"),
        RunEnded(run=run, key="end", at=NOW_NS + 2 * SECOND, state=ObservedState.COMPLETED, answer="42"),
    )  # fmt: skip
    return run


def test_it_works(people: People, api: Client) -> None:
    run = one_run(people)
    listed = get(api, "runs")
    assert (len(listed["items"]), listed["next"]) == (1, None)
    shown = get(api, f"runs/{run}")
    assert set(shown) >= RUN_NAMES
    assert shown["started_at"] == "2026-11-23T12:00:00.000000000Z"
    assert (shown["id"], shown["project"], shown["duration_seconds"]) == (run, "default", 2.0)
    assert shown["usage"] == {
        "input": 3, "cache_read": None, "cache_write": None, "output": 1, "reasoning": None,
    }  # fmt: skip
    assert shown["cost"] == {
        "amount": "0.1", "currency": "USD", "provenance": "priced", "price_table": None,
    }  # fmt: skip
    assert (shown["counts"]["nodes"], shown["counts"]["events"]) == (2, shown["last_seq"] + 1)
    assert shown["discarded"] == {"nodes": 0, "node_ratio": 0.0, "tokens": None, "cost": None}
    assert {name: value for name, value in shown.items() if name != "discarded"} == {
        name: value for name, value in listed["items"][0].items() if name != "discarded"
    }


def test_nodes_come_in_pre_order_and_one_comes_whole(people: People, api: Client) -> None:
    run = one_run(people)
    first = get(api, f"runs/{run}/nodes", limit=1)
    second = get(api, f"runs/{run}/nodes", limit=1, after=first["next"])
    assert [node["id"] for node in (*first["items"], *second["items"])] == ["a", "b/c"]
    assert second["next"] is None
    assert set(first["items"][0]) >= NODE_NAMES
    assert first["items"][0]["subtree"]["cost"] == "0.1"
    whole = get(api, f"runs/{run}/nodes/a")
    assert (whole["input"], whole["output"], whole["text"]) == ("question", "42", None)
    assert whole["attributes"] == {"x": 1.5}
    assert whole["started_at"] == "2026-11-23T12:00:00.000000001Z"
    assert [verdict["verifier"] for verdict in whole["verdicts"]] == ["v"]
    assert whole["verdicts"][0]["outcome"] == "accept"
    tool = get(api, f"runs/{run}/nodes/b/c")
    assert tool["tool_call"] == {
        "name": "add", "side_effect": "none", "arguments": "{}", "result": None, "resources": [],
    }  # fmt: skip


def test_what_is_in_a_run_comes_in_lists(people: People, api: Client) -> None:
    run = one_run(people)
    (candidate,) = get(api, f"runs/{run}/candidates")["items"]
    assert (candidate["node_id"], candidate["chosen"], candidate["correct"]) == ("a", True, True)
    assert candidate["verdicts"] == {"v": "accept"}
    assert [each["score"] for each in get(api, f"runs/{run}/verdicts")["items"]] == [1.0]
    assert [each["name"] for each in get(api, f"runs/{run}/tool-calls")["items"]] == ["add"]
    events = get(api, f"runs/{run}/events", limit=2)
    assert [event["kind"] for event in events["items"]] == ["run.opened", "run.started"]
    rest = get(api, f"runs/{run}/events", after=events["next"])
    assert [event["seq"] for event in rest["items"]] == list(range(2, 8))


def test_runs_are_found_by_the_contracts_filters(people: People, api: Client) -> None:
    run = one_run(people)
    for query, count in (
        ({"q": "hello"}, 1), ({"q": "hello\x00"}, 0), ({"status": "completed"}, 1), ({"tag": "t"}, 1),
        ({"strategy": "best_of_n"}, 1), ({"trace_id": "x"}, 0), ({"since": NOW.isoformat()}, 1),
        ({"until": NOW.isoformat()}, 0), ({"cursor": run}, 0),
    ):  # fmt: skip
        assert len(get(api, "runs", **query)["items"]) == count, query


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("runs/nonsense", 404),
        ("runs/%00", 404),
        ("runs/00000000-0000-7000-8000-000000000000", 404),
        ("runs/{run}/nodes/nobody", 404),
        ("runs/{run}/nodes/%00", 404),
        ("runs/{run}/nodes?after=nobody", 404),
        ("runs?cursor=nonsense", 404),
        ("runs?limit=1001", 422),
        ("runs?limit=0", 422),
        ("runs?limit=x", 422),
        ("runs?since=yesterday", 422),
        ("runs?since=%00", 422),
        ("runs/{run}/events?after=-2", 422),
        ("runs/{run}/verdicts?cursor=-1", 404),
        ("runs/{run}/nothing", 404),
    ],
)
def test_what_cannot_be_answered_is_told_as_a_problem(
    people: People, api: Client, path: str, status: int
) -> None:
    answer = api.get("/api/v1/" + path.format(run=one_run(people)))
    assert answer.status_code == status
    assert answer["Content-Type"] == "application/problem+json"
    assert set(answer.json()) == {"type", "title", "status", "detail"}
    assert answer.json()["status"] == status


def test_without_a_key_nothing_is_told(people: People) -> None:
    answer = Client().get(f"/api/v1/runs/{one_run(people)}")
    assert (answer.status_code, answer["WWW-Authenticate"]) == (401, "Bearer")
    assert answer["Content-Type"] == "application/problem+json"


def test_an_unknown_key_is_refused_even_from_a_browser_that_is_signed_in(people: People) -> None:
    client = Client(headers={"authorization": "Bearer nonsense"})
    client.force_login(people.alice)
    assert client.get("/api/v1/runs").status_code == 401


def test_a_revoked_key_is_refused(people: People, api: Client) -> None:
    people.project.keys.update(revoked_at=NOW + dt.timedelta(days=1))
    assert api.get("/api/v1/runs").status_code == 401


def test_a_key_without_the_scope_is_refused(people: People) -> None:
    make_key(project=people.project, name="k", key=KEY, scopes=[Scope.INGEST], now=NOW)
    answer = Client().get("/api/v1/runs", headers={"authorization": f"bearer {KEY}"})
    assert answer.status_code == 403
    assert "'read'" in answer.json()["detail"]


def test_another_projects_run_is_not_there(people: People, api: Client) -> None:
    run = new_run()
    put_on_record(make_project("other"), observed(run, "a"))
    assert get(api, "runs")["items"] == []
    for path in ("", "/nodes", "/nodes/a", "/candidates", "/verdicts", "/tool-calls", "/events"):
        assert api.get(f"/api/v1/runs/{run}{path}").status_code == 404


def test_people_who_are_signed_in_see_what_is_theirs(people: People) -> None:
    run = one_run(people)
    for person, status in ((people.alice, 200), (people.bob, 200), (people.charlie, 404)):
        client = Client()
        client.force_login(person)
        assert client.get(f"/api/v1/runs/{run}").status_code == status


@pytest.mark.parametrize("text", ["a\x00b", "a\ud800b", "\u202e", "<script>", "🎈" * 9_000])
def test_any_recorded_text_can_be_read_back(people: People, api: Client, text: str) -> None:
    run = new_run()
    put_on_record(
        people.project,
        make_event(RunStarted, run, name=text, task=text, tags=[text[:9]]),
        observed(run, "a", name=text, input=text, output=text, error=text, model=text),
        make_event(CandidateProposed, run, node="a", answer=text, cluster=text[:9]),
        make_event(RunEnded, run, state=ObservedState.FAILED, answer=text, error=text),
    )
    shown = text.replace("\x00", "\ufffd").replace("\ud800", "\ufffd")
    assert get(api, f"runs/{run}")["answer"] == shown
    assert get(api, f"runs/{run}/nodes/a")["output"] == shown
    for path in ("nodes", "candidates", "events"):
        get(api, f"runs/{run}/{path}")


def test_the_document_names_every_address_and_shape(client: Client) -> None:
    document = client.get("/api/v1/openapi.json").json()
    read = {path for path in document["paths"] if path.startswith("/api/v1/runs")}
    assert read >= {
        "/api/v1/runs", "/api/v1/runs/{run_id}", "/api/v1/runs/{run_id}/nodes",
        "/api/v1/runs/{run_id}/nodes/{node_id}", "/api/v1/runs/{run_id}/candidates",
        "/api/v1/runs/{run_id}/verdicts", "/api/v1/runs/{run_id}/tool-calls",
        "/api/v1/runs/{run_id}/events",
    }  # fmt: skip
    shapes = document["components"]["schemas"]
    assert set(shapes["Run"]["properties"]) >= RUN_NAMES
    assert set(shapes["Node"]["properties"]) >= NODE_NAMES
    assert set(document["components"]["securitySchemes"]) >= {"Key", "Session"}
