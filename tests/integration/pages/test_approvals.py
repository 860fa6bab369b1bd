"""The queue of approvals, and deciding in it without a script."""

from __future__ import annotations

import re
from html import unescape

import pytest
from django.test import Client

from tests.integration.control.acts import live_run, report
from tests.integration.control.asks import action_of, decide, expire, request, row_of, somebody
from tests.integration.pages.test_control import filled_in, signed_in, text_of
from tests.people import People, make_person
from traces.models.access import Role
from traces.queries.approvals import ApprovalRow

pytestmark = pytest.mark.django_db


@pytest.fixture
def alice(people: People) -> Client:
    return signed_in(people.alice)


def waiting(**more: object) -> ApprovalRow:
    return request(live_run(), now=10**9, **more).approval  # type: ignore[arg-type]


def address(approval: ApprovalRow) -> str:
    return f"/approvals/{approval.approval_id}/decision"


def form_of(page: str, approval: ApprovalRow) -> dict[str, str]:
    (part,) = re.findall(rf'id="approval-{approval.approval_id}".*?</article>', page, re.DOTALL)
    return filled_in(part)


def test_it_works(people: People, alice: Client) -> None:
    approval = waiting()
    page = alice.get("/approvals").text
    assert "treasurer@example.org" in text_of(page)
    assert "data-badge" in page
    form = form_of(page, approval)
    assert form["shown"] == approval.digest
    answer = alice.post(address(approval), form | {"decision": "approve", "reason": "go on"})
    assert (answer.status_code, answer["Location"]) == (303, "/approvals")
    stands = row_of(approval)
    assert (stands.status, stands.last and stands.last.by) == ("approved", "user:alice")
    assert stands.last
    assert stands.last.opened_ns is not None
    said = text_of(alice.get("/approvals").text)
    assert "Nothing waits for anybody." in said
    assert "go on" in said


def test_whoever_loses_is_shown_who_was_first(people: People, alice: Client) -> None:
    approval = waiting()
    form = form_of(alice.get("/approvals").text, approval)
    decide(approval, "reject", somebody("olga", "owner"), now=10**9 + 1, reason="not to them")
    answer = alice.post(address(approval), form | {"decision": "approve"})
    assert answer.status_code == 409
    said = text_of(answer.text)
    assert "Your decision does not count" in said
    assert "user:olga" in said
    assert "not to them" in said


def test_arguments_are_changed_in_the_form(people: People, alice: Client) -> None:
    approval = waiting()
    form = form_of(alice.get("/approvals").text, approval)
    bad = alice.post(address(approval), form | {"decision": "modify", "arguments": "{"})
    assert bad.status_code == 400
    assert "must be JSON" in text_of(bad.text)
    assert row_of(approval).is_pending
    alice.post(
        address(approval), form | {"decision": "modify", "arguments": '{"to": "a@b.example"}'}
    )
    assert row_of(approval).shown_arguments == '{"to":"a@b.example"}'


def test_what_is_no_decision_is_told_so(people: People, alice: Client) -> None:
    approval = waiting()
    assert alice.post(address(approval), {"decision": "perhaps"}).status_code == 400
    assert alice.post(address(approval), {}).status_code == 400
    long = alice.post(address(approval), {"decision": "reject", "reason": "x" * 3000})
    assert long.status_code == 400
    odd = {"decision": "reject", "opened_at": "9" * 30}
    assert alice.post(address(approval), odd).status_code == 303


def test_what_nobody_decided_stands_among_what_was_resolved_lately(alice: Client) -> None:
    waiting()
    expire(10**9 + 4_000)
    said = text_of(alice.get("/approvals").text)
    assert "send_email expired nobody – not used" in said.partition("Decided lately")[2]


def test_bob_sees_and_cannot_decide_and_charlie_sees_nothing(people: People) -> None:
    approval = waiting()
    bob, charlie = signed_in(people.bob), signed_in(people.charlie)
    page = bob.get("/approvals").text
    assert "treasurer@example.org" in page
    assert "This takes the role" in text_of(page)
    assert address(approval) not in page
    assert bob.post(address(approval), {"decision": "approve"}).status_code == 403
    assert "treasurer@example.org" not in charlie.get("/approvals").text
    assert charlie.post(address(approval), {"decision": "approve"}).status_code == 404
    assert charlie.get(address(approval)).status_code == 404
    assert row_of(approval).is_pending


def test_a_reviewer_decides(people: People) -> None:
    approval = waiting()
    rita = signed_in(make_person("rita", project=people.project, role=Role.REVIEWER))
    assert rita.post(address(approval), {"decision": "reject"}).status_code == 303
    assert row_of(approval).status == "rejected"


def test_who_is_not_signed_in_is_asked_to(people: People) -> None:
    assert Client().get("/approvals")["Location"].startswith("/sign-in")
    assert Client().post(address(waiting()), {}).status_code == 302


def test_who_comes_back_to_a_decision_is_sent_to_the_request(people: People, alice: Client) -> None:
    approval = waiting()
    answer = alice.get(address(approval))
    assert answer["Location"] == f"/approvals?open={approval.approval_id}"
    page = alice.get(answer["Location"]).text
    assert '<details class="approval__more" open>' in page


def test_the_badge_counts_what_waits_for_whoever_looks(people: People, alice: Client) -> None:
    waiting()
    second = waiting()
    assert "2" in text_of(alice.get("/approvals/badge").text)
    assert text_of(signed_in(people.charlie).get("/approvals/badge").text).strip() == ""
    report(str(second.run_id), "failed")
    assert "1" in text_of(alice.get("/").text.split("data-badge")[1][:300])


def test_the_action_is_text_and_nothing_else(people: People, alice: Client) -> None:
    run = live_run()
    hostile = {"to": "</pre><script>alert(1)</script>", "text": "\u202egnp.exe", "hx-get": "/x"}
    request(run, action_of(run, hostile, tool="<img src=x onerror=1>"), now=10**9)
    page = alice.get("/approvals").text
    assert "<script>alert" not in page
    assert "<img src=x" not in page
    assert "⟨U+202E⟩" in unescape(page)


def test_a_run_shows_what_it_waits_for_in_its_control_bar(people: People, alice: Client) -> None:
    approval = waiting()
    bar = alice.get(f"/runs/{approval.run_id}/control").text
    assert f"/approvals?open={approval.approval_id}" in bar
    decide(approval, "reject", now=10**9 + 1, reason="no")
    assert "rejected" in text_of(alice.get(f"/runs/{approval.run_id}/control").text)
