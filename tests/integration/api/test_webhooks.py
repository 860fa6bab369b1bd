"""Webhooks over the API: who makes and sees them, the secret that is told once, and how the last try went."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from tests.integration.api.test_commands import api_of, signed_in
from tests.integration.control.acts import live_run
from tests.integration.control.asks import request
from tests.integration.control.receiver import deliver, receiving, verified
from tests.people import People
from traces.models.access import Scope

NEEDS_JSON = {"content_type": "application/json"}


@pytest.fixture(autouse=True)
def this_machine_is_allowed(settings: Any) -> None:
    settings.WEBHOOK_ALLOW = ["127.0.0.1"]


def make(client: Client, url: str = "http://127.0.0.1:9/", **more: Any) -> Any:
    return client.post("/api/v1/webhooks", {"url": url, **more}, **NEEDS_JSON)


def listed(client: Client) -> Any:
    return client.get("/api/v1/webhooks").json()["items"]


def test_it_works(people: People) -> None:
    alice = signed_in(people.alice)
    with receiving() as receiver:
        made = make(alice, receiver.url)
        assert made.status_code == 201
        secret = made.json().pop("secret")
        request(live_run())
        assert deliver(now=1) == 1
    (webhook,) = listed(alice)
    assert webhook == {**webhook, "url": receiver.url, "created_by": "user:alice", "ended_at": None}
    assert secret not in str(webhook)
    assert all(verified(secret, *each) for each in receiver.heard)


def test_the_last_status_and_error_and_each_message_are_seen(people: People) -> None:
    alice = signed_in(people.alice)
    with receiving() as receiver:
        receiver.status = 500
        webhook = make(alice, receiver.url).json()["id"]
        request(live_run())
        (waiting,) = messages(alice, webhook)
        assert (waiting["status"], waiting["tries"]) == ("waiting", 0)
        deliver(now=0)
        (failed,) = messages(alice, webhook)
        assert (failed["status"], failed["tries"], failed["last_status"]) == ("waiting", 1, 500)
        assert (listed(alice)[0]["last_status"], listed(alice)[0]["last_error"]) == (
            500, "it answered 500"
        )  # fmt: skip
        receiver.status = 200
        deliver(now=10)
    (delivered,) = messages(alice, webhook)
    assert (delivered["status"], delivered["next_try_at"]) == ("delivered", None)
    assert delivered["id"] == receiver.ids[0] == receiver.ids[1]


def test_only_owners_and_keys_of_admins(people: People) -> None:
    assert make(signed_in(people.bob)).status_code == 404
    assert signed_in(people.bob).get("/api/v1/webhooks").status_code == 404
    assert make(signed_in(people.charlie)).status_code == 404
    assert make(Client()).status_code == 401
    for scope in (Scope.READ, Scope.CONTROL, Scope.INGEST):
        assert make(api_of(people.project, scope)).status_code == 403
    admin = api_of(people.project, Scope.ADMIN)
    webhook = make(admin).json()["id"]
    assert messages(admin, webhook) == []
    for path in (f"/api/v1/webhooks/{webhook}/deliveries", "/api/v1/webhooks"):
        assert signed_in(people.charlie).get(path).status_code == 404


def test_one_is_ended_once(people: People) -> None:
    alice = signed_in(people.alice)
    webhook = make(alice).json()["id"]
    path = f"/api/v1/webhooks/{webhook}/end"
    assert signed_in(people.bob).post(path, {}, **NEEDS_JSON).status_code == 404
    ended = alice.post(path, {}, **NEEDS_JSON)
    assert (ended.status_code, ended.json()["ended_by"]) == (200, "user:alice")
    assert alice.post(path, {}, **NEEDS_JSON).status_code == 404
    assert [each["id"] for each in listed(alice)] == [webhook]


@pytest.mark.parametrize("webhook", ["x", "0" * 36, "018f0000-0000-7000-8000-000000000000"])
def test_what_is_not_there_is_not_found(people: People, webhook: str) -> None:
    alice = signed_in(people.alice)
    assert alice.get(f"/api/v1/webhooks/{webhook}/deliveries").status_code == 404
    assert alice.post(f"/api/v1/webhooks/{webhook}/end", {}, **NEEDS_JSON).status_code == 404


@pytest.mark.parametrize(
    "url",
    [
        "",
        "x",
        "\0",
        "http://\ud800.example/",
        "http://10.0.0.1/",
        "https://" + "a" * 70 + ".example/",
    ],
)
def test_what_cannot_be_told_is_refused_in_a_sentence(people: People, url: str) -> None:
    answer = make(signed_in(people.alice), url)
    assert answer.status_code == 422
    assert answer.json()["detail"].startswith("url: ")


def messages(client: Client, webhook: str) -> Any:
    return client.get(f"/api/v1/webhooks/{webhook}/deliveries").json()["items"]
