"""The pages and addresses of holds, requests, expiry and policies: owners act, members look, others see nothing."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.contrib.auth.models import AbstractBaseUser
from django.test import Client

from deliberation.events import RunEnded
from deliberation.vocabulary import ObservedState
from tests.integration.build import make_event, new_run, observed, put_on_record
from tests.people import People, make_person
from traces.models import ExpiredRun, LegalHold, Node, ProjectHold, RetentionPolicy
from traces.models.access import Role

WORD = "Gruenkohl-7731"


@pytest.fixture
def olga(people: People) -> AbstractBaseUser:
    return make_person("olga", project=people.project, role=Role.OWNER)


@pytest.fixture
def run(people: People) -> str:
    made = new_run()
    put_on_record(
        people.project,
        observed(made, "a", output=WORD),
        make_event(RunEnded, made, state=ObservedState.COMPLETED),
    )
    return made


def signed_in(person: Any) -> Client:
    client = Client()
    client.force_login(person)
    return client


def post(client: Client, run: str, **sent: str) -> int:
    return client.post(f"/runs/{run}/retention", sent).status_code


def call(client: Client, address: str, **told: Any) -> Any:
    return client.post(f"/api/v1{address}", json.dumps(told), content_type="application/json")


def test_it_works(people: People, olga: AbstractBaseUser, run: str) -> None:
    alice, second = signed_in(people.alice), signed_in(olga)
    assert post(alice, run, act="hold", reason="a case", ticket="h") == 303
    asked = {"act": "redact", "entry": "1", "part": "output", "rule": "secret", "ticket": "q"}
    assert post(alice, run, **asked) == 303
    assert Node.objects.get().preview == WORD
    page = alice.get(f"/runs/{run}/retention").content.decode()
    for words in ("a case", "Delete output of entry 1", "asked by", "Withdraw"):
        assert words in page
    assert "Agree: it is done at once" in second.get(f"/runs/{run}/retention").content.decode()
    agree = {"act": "decide", "request": "q", "agrees": "yes", "ticket": "d"}
    assert post(alice, run, **agree) == 403
    assert post(second, run, **agree) == 303
    assert Node.objects.get().preview is None
    page = alice.get(f"/runs/{run}/retention").content.decode()
    assert "agreed by" in page
    assert WORD not in page


def test_a_hold_is_lifted_and_the_run_deleted_by_forms(
    people: People, olga: AbstractBaseUser, run: str
) -> None:
    alice, second = signed_in(people.alice), signed_in(olga)
    post(alice, run, act="hold", reason="a case", ticket="h")
    assert post(alice, run, act="lift", hold="h", ticket="q") == 303
    assert post(second, run, act="decide", request="q", agrees="yes", ticket="d") == 303
    assert LegalHold.objects.get().lifted_agreed_by == "user:olga"
    assert post(alice, run, act="expire", ticket="e", reason="old") == 303
    assert Node.objects.get().preview is None
    answer = alice.post(f"/runs/{run}/retention", {"act": "expire_run", "ticket": "x"})
    assert answer["Location"] == f"/projects/{people.project.slug}/retention"
    assert alice.get(f"/runs/{run}").status_code == 404
    assert run in alice.get(answer["Location"]).content.decode()


def test_bob_looks_and_charlie_sees_nothing(people: People, run: str) -> None:
    project = f"/projects/{people.project.slug}/retention"
    for person, seen, changed in ((people.bob, 200, 403), (people.charlie, 404, 404)):
        client = signed_in(person)
        assert client.get(f"/runs/{run}/retention").status_code == seen
        assert client.get(project).status_code == seen
        assert post(client, run, act="expire", ticket="e") == changed
        assert client.post(project, {"act": "keep"}).status_code == changed
        assert call(client, f"/runs/{run}/expiry").status_code == changed
        assert call(client, f"/runs/{run}/legal-holds", reason="r").status_code == changed
        assert client.get(f"/api/v1/runs/{run}/legal-holds").status_code == seen
    assert (
        signed_in(people.bob).get(f"/runs/{run}/retention?entry=1&part=output").status_code == 200
    )
    assert Node.objects.get().preview == WORD


def test_forms_that_make_no_sense_are_answered_with_why(people: People, run: str) -> None:
    alice = signed_in(people.alice)
    for sent in (
        {},
        {"act": "nothing"},
        {"act": "redact", "entry": "x", "part": "output"},
        {"act": "redact", "entry": "1", "part": "output", "rule": "none"},
        {"act": "redact", "entry": "9" * 30, "part": "output", "rule": "secret"},
        {"act": "hold", "reason": " ", "ticket": "t"},
        {"act": "hold", "reason": "r", "ticket": "has blanks"},
        {"act": "lift", "hold": "none", "ticket": "t"},
    ):
        assert post(alice, run, **sent) == 400, sent
    assert post(alice, run, act="decide", request="none", ticket="t") == 404


def test_a_projects_policy_and_hold_are_changed_by_forms(
    people: People, olga: AbstractBaseUser
) -> None:
    alice, second = signed_in(people.alice), signed_in(olga)
    address = f"/projects/{people.project.slug}/retention"
    assert alice.post(address, {"act": "keep", "content_days": "x"}).status_code == 400
    assert alice.post(address, {"act": "keep", "content_days": "90"}).status_code == 303
    policy = RetentionPolicy.objects.get()
    assert (policy.content_days, policy.run_days, policy.by) == (90, None, "user:alice")
    assert alice.post(address, {"act": "hold", "ticket": "t", "reason": "r"}).status_code == 303
    lift = {"act": "lift", "hold": str(ProjectHold.objects.get().pk)}
    assert alice.post(address, lift).status_code == 303
    assert alice.post(address, lift).status_code == 403
    assert "Agree: lift it" in second.get(address).content.decode()
    assert second.post(address, lift).status_code == 303
    assert ProjectHold.objects.get().lifted_by == "user:olga"
    assert second.post(address, lift).status_code == 404
    assert "90 days" in alice.get(address).content.decode()


def test_the_api_does_the_same(people: People, olga: AbstractBaseUser, run: str) -> None:
    alice, second = signed_in(people.alice), signed_in(olga)
    held = call(alice, f"/runs/{run}/legal-holds", reason="a case", hold_id="h")
    assert (held.status_code, held.json()["items"][0]["hold_id"]) == (201, "h")
    refused = call(alice, f"/runs/{run}/expiry")
    assert refused.status_code == 409
    assert "legal hold" in refused.json()["detail"]
    asked = call(
        alice, f"/runs/{run}/removal-requests", what="expire", request_id="q", reason="why"
    )
    assert asked.json()["items"][0]["outcome"] is None
    decision = f"/runs/{run}/removal-requests/q/decision"
    assert call(alice, decision, agrees=True).status_code == 403
    done = call(second, decision, agrees=True)
    assert (done.status_code, done.json()["items"][0]["closed_by"]) == (200, "user:olga")
    [removal] = alice.get(f"/api/v1/runs/{run}/redactions").json()["items"]
    assert (removal["kind"], removal["by"], removal["agreed_by"]) == (
        "expired",
        "user:alice",
        "user:olga",
    )
    call(alice, f"/runs/{run}/removal-requests", what="expire_run", request_id="q2")
    gone = call(second, f"/runs/{run}/removal-requests/q2/decision", agrees=True)
    assert gone.status_code == 204
    assert ExpiredRun.objects.count() == 1
