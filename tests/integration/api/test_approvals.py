"""Approvals over the API: who sees and decides, what a conflict hands over, and a project's policies."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from tests.integration.api.test_commands import api_of, signed_in
from tests.integration.control.acts import live_run
from tests.integration.control.asks import action_of, request
from tests.people import People
from traces.models.access import Scope

NEEDS_JSON = {"content_type": "application/json"}


def waiting(**more: Any) -> str:
    return request(live_run(), now=10**9, **more).approval.approval_id


def decide(client: Client, approval: str, decision: str = "approve", **more: Any) -> Any:
    body = {"decision": decision, **more}
    return client.post(f"/api/v1/approvals/{approval}/decision", body, **NEEDS_JSON)


def put(client: Client, **terms: Any) -> Any:
    return client.post("/api/v1/approval-policies", terms, **NEEDS_JSON)


@pytest.fixture
def api(people: People) -> Client:
    return api_of(people.project, Scope.CONTROL, Scope.READ)


def test_it_works(people: People, api: Client) -> None:
    approval = waiting()
    (item,) = api.get("/api/v1/approvals", {"status": "pending"}).json()["items"]
    assert (item["id"], item["tool"], item["side_effect"]) == (
        approval, "send_email", "irreversible"
    )  # fmt: skip
    answer = decide(signed_in(people.alice), approval, reason="go", shown=item["digest"])
    assert (answer.status_code, answer.json()["status"]) == (200, "approved")
    assert api.get("/api/v1/approvals", {"status": "pending"}).json()["items"] == []
    of_run = api.get(f"/api/v1/runs/{item['run_id']}/approvals").json()["items"]
    assert [each["id"] for each in of_run] == [approval]
    assert api.get(f"/api/v1/approvals/{approval}").json() == of_run[0]


def test_whoever_loses_is_handed_the_winner(people: People, api: Client) -> None:
    approval = waiting()
    decide(signed_in(people.alice), approval, "reject", reason="no")
    lost = decide(api, approval)
    assert (lost.status_code, lost["Content-Type"]) == (409, "application/problem+json")
    assert (lost.json()["winner"]["by"], lost.json()["winner"]["decision"]) == (
        "user:alice", "reject"
    )  # fmt: skip
    assert lost.json()["approval"]["status"] == "rejected"


def test_who_may_look_may_not_decide_and_a_stranger_finds_nothing(people: People) -> None:
    approval = waiting()
    assert decide(signed_in(people.bob), approval).status_code == 403
    stranger = signed_in(people.charlie)
    assert decide(stranger, approval).status_code == 404
    assert stranger.get(f"/api/v1/approvals/{approval}").status_code == 404
    assert stranger.get("/api/v1/approvals").json()["items"] == []
    assert decide(Client(), approval).status_code == 401


def test_the_key_that_asked_may_not_decide(people: People, api: Client) -> None:
    approval = waiting(by="key:a-key-of-d")
    answer = decide(api, approval)
    assert (answer.status_code, answer.json()["detail"]) == (403, "whoever asked may not decide")


def test_a_key_without_control_may_not_decide(people: People) -> None:
    assert decide(api_of(people.project, Scope.READ), waiting()).status_code == 403


def test_arguments_are_changed_as_json(people: People, api: Client) -> None:
    run = live_run()
    approval = request(run, now=10**9).approval.approval_id
    assert decide(api, approval, "modify").status_code == 422
    assert decide(api, approval, "approve", arguments={"to": "x"}).status_code == 422
    answer = decide(api, approval, "modify", arguments={"to": "a@example.org"}).json()
    assert (answer["status"], answer["arguments"]) == ("modified", '{"to":"a@example.org"}')
    assert answer["permit_digest"] == action_of(run, {"to": "a@example.org"}).digest


def test_pages_of_approvals_follow_each_other(people: People, api: Client) -> None:
    made = [waiting() for _ in range(5)]
    seen, cursor = [], None
    while True:
        query = {"limit": 2, **({"cursor": cursor} if cursor else {})}
        page = api.get("/api/v1/approvals", query).json()
        seen += [each["id"] for each in page["items"]]
        cursor = page["next"]
        if cursor is None:
            break
    assert sorted(seen) == sorted(made)
    assert api.get("/api/v1/approvals", {"cursor": "nonsense"}).status_code == 404


def test_an_owner_says_what_is_to_be_asked_about(people: People) -> None:
    owner, viewer = signed_in(people.alice), signed_in(people.bob)
    assert put(viewer, name="mail").status_code in (403, 404)
    made = put(owner, name="mail", tool="send_email", needed=2)
    assert (made.status_code, made.json()["version"]) == (201, 1)
    assert put(owner, name="No!").status_code == 422
    listed = viewer.get("/api/v1/approval-policies").json()["items"]
    assert [(each["name"], each["needed"]) for each in listed] == [("mail", 2)]
    ended = owner.post("/api/v1/approval-policies/mail/end", {}, **NEEDS_JSON)
    assert (ended.status_code, ended.json()["ended_by"]) == (200, "user:alice")
    assert owner.post("/api/v1/approval-policies/mail/end", {}, **NEEDS_JSON).status_code == 404
