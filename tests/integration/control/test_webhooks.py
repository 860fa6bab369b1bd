"""What happens to approvals is told to the servers that a project names: signed, at least once, and nowhere else."""

from __future__ import annotations

import json
import time
from typing import Any

import pytest
from django.db import transaction

from tests.integration.build import NOW, make_project
from tests.integration.control.acts import at, live_run
from tests.integration.control.asks import action_of, decide, expire, request, somebody
from tests.integration.control.receiver import Receiver, deliver, hook, receiving, verified
from traces.actions import deliver_webhooks as delivering
from traces.actions.conflict import Unfit
from traces.actions.keep_policy import Terms, keep_policy
from traces.actions.keep_webhook import MAX_WEBHOOKS, end_webhook
from traces.models import Delivery, Webhook
from traces.queries.access import NotVisible

pytestmark = pytest.mark.django_db
SECRETS = {"password": "hunter2", "to": "treasurer@example.org"}


@pytest.fixture(autouse=True)
def settings_of_webhooks(settings: Any) -> Any:
    settings.WEBHOOK_ALLOW = ["127.0.0.1"]
    settings.PUBLIC_URL = "https://inspector.example.org"
    return settings


@pytest.fixture
def receiver() -> Any:
    with receiving() as found:
        yield found


def test_it_works(receiver: Receiver) -> None:
    secret = hook(receiver.url).secret
    run = live_run()
    approval = request(run, action_of(run, SECRETS)).approval
    decide(approval, reason="go on, hunter2", now=1)
    assert receiver.heard == []
    assert deliver(now=2) == 2
    assert receiver.types == ["approval.requested", "approval.decided"]
    assert all(verified(secret, *each) for each in receiver.heard)
    headers, body = receiver.heard[0]
    assert headers["webhook-timestamp"] == str(at(2) // 10**9)
    assert headers["content-type"] == "application/json"
    asked, decided = receiver.told
    assert asked["data"]["run"]["url"] == f"https://inspector.example.org/runs/{run}"
    assert asked["data"]["decision"] is None
    about = asked["data"]["approval"]
    assert (about["id"], about["digest"], about["tool"], about["status"]) == (
        approval.approval_id, approval.digest, "send_email", "pending"
    )  # fmt: skip
    assert decided["data"]["approval"]["status"] == "approved"
    assert decided["data"]["decision"]["by"] == "user:alice"
    assert b"hunter2" not in body + receiver.heard[1][1]
    assert b"treasurer" not in body + receiver.heard[1][1]
    assert deliver(now=1000) == 0


def test_escalation_expiry_and_what_nobody_waits_for_are_told(receiver: Receiver) -> None:
    hook(receiver.url)
    terms = Terms(name="p", escalate_to="owner", escalate_after_seconds=10, timeout_seconds=100)
    keep_policy(project_id=make_project().pk, terms=terms, by="user:alice", now=NOW)
    request(live_run())
    expire(20)
    expire(200)
    deliver(now=201)
    assert receiver.types == ["approval.requested", "approval.escalated", "approval.expired"]
    assert [each["data"]["approval"]["asked"] for each in receiver.told[:2]] == [
        "reviewer",
        "owner",
    ]
    assert receiver.told[1]["data"]["decision"]["by"] == "server:approvals"


def test_each_of_several_people_is_told_and_the_seq_orders_them(receiver: Receiver) -> None:
    hook(receiver.url)
    approval = request(live_run(), needed=2).approval
    decide(approval)
    decide(approval, "approve", somebody("oskar", "owner"), now=2)
    deliver(now=5)
    found = [each["data"]["approval"] for each in receiver.told]
    assert [(each["agreed"], each["status"]) for each in found] == [
        (0, "pending"), (1, "pending"), (2, "approved")
    ]  # fmt: skip
    assert sorted(found, key=lambda each: each["seq"]) == found


def test_another_project_is_told_nothing(receiver: Receiver) -> None:
    hook(receiver.url, project="other")
    request(live_run())
    assert not Delivery.objects.exists()


def test_the_same_message_is_tried_until_it_is_taken(receiver: Receiver) -> None:
    hook(receiver.url)
    request(live_run())
    receiver.status = 500
    assert [deliver(now=now) for now in (0, 1, 4)] == [0, 0, 0]
    assert len(receiver.heard) == 1
    (webhook,) = Webhook.objects.all()
    assert (webhook.last_status, webhook.last_error) == (500, "it answered 500")
    deliver(now=6)
    receiver.status = 200
    assert [deliver(now=now) for now in (7, 40)] == [0, 1]
    assert len(set(receiver.ids)) == 1
    assert len({body for _, body in receiver.heard}) == 1
    assert len({headers["webhook-timestamp"] for headers, _ in receiver.heard}) == 3
    webhook.refresh_from_db()
    assert (webhook.last_status, webhook.last_error) == (200, None)


def test_it_is_given_up_after_a_bounded_number_of_tries(receiver: Receiver) -> None:
    hook(receiver.url)
    request(live_run())
    receiver.status = 503
    now = 0.0
    while (due := Delivery.objects.get().due_ns) is not None:
        now = max(now, (due - at(0)) / 1e9)
        deliver(now=now)
    assert len(receiver.heard) == len(delivering.WAITS) + 1
    assert now < 24 * 3600


def test_what_is_a_day_old_is_tried_no_more(receiver: Receiver) -> None:
    hook(receiver.url)
    request(live_run())
    assert deliver(now=25 * 3600) == 0
    assert (receiver.heard, Delivery.objects.get().last_error) == ([], delivering.TOO_OLD)


def test_what_fails_holds_back_all_that_waits_for_the_same_server(receiver: Receiver) -> None:
    hook(receiver.url)
    run = live_run()
    for number in range(5):
        request(run, action_of(run, {"n": number}))
    receiver.status = 500
    deliver(now=0)
    assert len(receiver.heard) == 1
    receiver.status = 204
    assert deliver(now=6) == 5


def test_a_server_that_is_well_is_told_before_one_that_is_not(
    receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A pass that has no time is over after its first message, and that goes to the server that is well."""
    with receiving() as bad:
        bad.status = 500
        hook(bad.url)
        run = live_run()
        request(run)
        deliver(now=0)
        hook(receiver.url)
        request(run, action_of(run, {"another": 1}), now=1)
        monkeypatch.setattr(delivering, "PASS", -1)
        deliver(now=8)
        assert (len(receiver.heard), len(bad.heard)) == (1, 1)


def test_a_redirect_is_not_followed(receiver: Receiver) -> None:
    with receiving() as elsewhere:
        receiver.status, receiver.headers = 307, {"Location": elsewhere.url}
        hook(receiver.url)
        request(live_run())
        assert deliver() == 0
        assert elsewhere.heard == []
    assert "redirect (307)" in (Webhook.objects.get().last_error or "")


def test_gone_ends_it_and_what_waits_for_it(receiver: Receiver) -> None:
    hook(receiver.url)
    run = live_run()
    request(run)
    request(run, action_of(run, {"another": 1}))
    receiver.status = 410
    deliver(now=1)
    webhook = Webhook.objects.get()
    assert (webhook.ended_by, webhook.last_status) == ("server:webhooks", 410)
    assert webhook.ended_at
    assert not Delivery.objects.filter(due_ns__isnull=False).exists()
    request(run, action_of(run, {"a third": 1}))
    deliver(now=10**4)
    assert (len(receiver.heard), Delivery.objects.count()) == (1, 2)


def test_a_slow_server_costs_its_time_and_no_more(receiver: Receiver) -> None:
    receiver.may_answer.clear()
    hook(receiver.url)
    request(live_run())
    begun = time.monotonic()
    assert deliver(seconds=0.2) == 0
    assert time.monotonic() - begun < 20, "it would answer after thirty"
    receiver.may_answer.set()
    assert Webhook.objects.get().last_error == "no answer within 0.2 s"


def test_a_name_that_turns_private_reaches_nothing(receiver: Receiver, settings: Any) -> None:
    """The receiver is at a private address, which nothing allows: it must never hear a word."""
    answers = iter([["127.0.0.1"], ["93.184.215.14", "127.0.0.1"], ["127.0.0.1"]])
    settings.WEBHOOK_ALLOW = []
    url = f"http://rebinding.example:{receiver.port}/"
    hook_id = hook(url, resolve=lambda host, port: ["93.184.215.14"]).webhook.pk
    request(live_run())
    for now in (0, 10, 100):
        assert deliver(now=now, resolve=lambda host, port: next(answers)) == 0
    assert receiver.heard == []
    assert "not of the public internet" in (Webhook.objects.get(pk=hook_id).last_error or "")


def test_a_name_is_resolved_once_and_the_line_goes_where_it_was_judged(
    receiver: Receiver,
) -> None:
    """Only this resolver knows the name: whoever looked a second time would find nothing."""
    asked: list[str] = []

    def resolve(host: str, port: int) -> list[str]:
        asked.append(host)
        return ["127.0.0.1"]

    hook(f"http://rebinding.example:{receiver.port}/", resolve=resolve)
    request(live_run())
    asked.clear()
    assert deliver(resolve=resolve) == 1
    assert asked == ["rebinding.example"]
    assert receiver.heard[0][0]["host"] == f"rebinding.example:{receiver.port}"


@pytest.mark.parametrize(
    "url",
    [
        *("http://127.0.0.1/", "https://localhost/", "http://[::1]/", "http://169.254.169.254/x"),
        *(
            "http://10.0.0.1/",
            "http://0x7f000001/",
            "ftp://example.org/",
            "https://a:b@example.org/",
        ),
    ],
)
def test_an_address_that_may_not_be_told_is_refused_when_it_is_named(
    url: str, settings: Any
) -> None:
    settings.WEBHOOK_ALLOW = []
    with pytest.raises(Unfit):
        hook(url)
    assert not Webhook.objects.exists()


def test_a_process_that_dies_over_a_message_leaves_it_to_the_next(
    receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    hook(receiver.url)
    request(live_run())

    def die(*_: object, **__: object) -> int:
        raise SystemExit

    with monkeypatch.context() as patched:
        patched.setattr(delivering, "post", die)
        with pytest.raises(SystemExit):
            deliver(now=0)
    assert deliver(now=1) == 0  # it may still be at work
    assert deliver(now=121) == 1
    assert receiver.types == ["approval.requested"]


def test_what_is_undone_is_not_told(receiver: Receiver) -> None:
    """The message stands in the transaction of the request: the one does not come without the other."""
    hook(receiver.url)
    with transaction.atomic():
        request(live_run())
        assert Delivery.objects.count() == 1
        transaction.set_rollback(True)
    assert not Delivery.objects.exists()


def test_the_secret_stands_nowhere_and_outlives_a_change_of_the_servers(
    receiver: Receiver, settings: Any
) -> None:
    secret = hook(receiver.url).secret
    stored = json.dumps(list(Webhook.objects.values()), default=repr)
    assert secret not in stored
    request(live_run())
    was, settings.SECRET_KEY = settings.SECRET_KEY, "another-secret-that-is-long-enough-too"
    assert deliver(now=0) == 0
    assert "SECRET_KEY was changed" in (Webhook.objects.get().last_error or "")
    settings.SECRET_KEY_FALLBACKS = [was]
    assert deliver(now=10) == 1
    assert verified(secret, *receiver.heard[0])


def test_one_that_was_ended_is_told_no_more(receiver: Receiver) -> None:
    webhook = hook(receiver.url).webhook
    request(live_run())
    wanted = {"project_id": webhook.project_id, "webhook_id": str(webhook.pk)}
    end_webhook(**wanted, by="user:alice", now=NOW)
    request(live_run())
    assert deliver() == 0
    assert (receiver.heard, Delivery.objects.filter(due_ns__isnull=False).count()) == ([], 0)
    with pytest.raises(NotVisible):
        end_webhook(**wanted, by="user:alice", now=NOW)


def test_a_project_has_a_bounded_number(receiver: Receiver) -> None:
    for _ in range(MAX_WEBHOOKS):
        hook(receiver.url)
    with pytest.raises(Unfit, match="at most 10"):
        hook(receiver.url)


def test_old_messages_are_forgotten(receiver: Receiver) -> None:
    hook(receiver.url)
    request(live_run())
    deliver()
    assert delivering.forget_deliveries(now_ns=at(29 * 86400)) == 0
    assert delivering.forget_deliveries(now_ns=at(31 * 86400)) == 1
