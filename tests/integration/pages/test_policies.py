"""The page of policies: owners change what waits for a person, others read it, for strangers nothing is there."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from tests.integration.build import make_project
from tests.integration.pages.test_control import filled_in, text_of
from tests.integration.pages.test_pages import client_of
from tests.people import People, make_person
from traces.models import ApprovalPolicy, Membership
from traces.models.access import Role

PAGE = "/projects/default/policies"
PUT = f"{PAGE}/approvals"
MAIL = {
    "name": "mail", "tool": "send_email", "needed": "2", "waits": "1 h 30 min",
    "escalate_to": "owner", "escalate_after": "20 min",
}  # fmt: skip


def end_of(name: str, version: int) -> str:
    return f"{PUT}/{name}/{version}/end"


def in_force() -> list[str]:
    found = ApprovalPolicy.objects.filter(ended_at=None).order_by("name")
    return [f"{each.name}@{each.version}" for each in found]


def to_change(client: Client, name: str) -> str:
    """The form for the next version of a policy, and nothing else of the page."""
    page = client.get(PAGE, {"approval": name}).text
    return page.partition(f'action="{PUT}"')[2].partition("</form>")[0]


@pytest.fixture
def alice(people: People) -> Client:
    return client_of(people, "alice")


def test_it_works(alice: Client) -> None:
    answer = alice.post(PUT, MAIL | {"replaces": "0"})
    assert (answer.status_code, answer["Location"]) == (303, PAGE)
    row = ApprovalPolicy.objects.get()
    assert (row.name, row.tool, row.needed, row.timeout_seconds) == ("mail", "send_email", 2, 5_400)
    assert (row.escalate_to, row.escalate_after_seconds) == ("owner", 1_200)
    assert (row.side_effect, row.risk, row.created_by) == (None, None, "user:alice")
    said = text_of(alice.get(PAGE).text)
    assert "mail version 1 the tool send_email 2 1 h 30 min owner after 20 min" in said
    assert "always where no policy matches any tool with side effect irreversible" in said


def test_a_change_is_filled_in_with_what_stands_and_leaves_a_history(alice: Client) -> None:
    alice.post(PUT, MAIL | {"replaces": "0"})
    form = to_change(alice, "mail")
    for value in (
        'value="send_email"',
        'value="1 h 30 min"',
        'value="20 min"',
        'value="owner" selected',
    ):
        assert value in form
    sent = filled_in(form) | {"tool": "send_email", "needed": "3", "risk": "medium"}
    assert alice.post(PUT, sent).status_code == 303
    said = text_of(alice.get(PAGE).text)
    assert (
        "mail version 2 the tool send_email , risk medium or more or unknown 3 1 h nobody" in said
    )
    assert "mail: before version 2" in said
    assert (
        "version 1 : the tool send_email · 2 people, waits 1 h 30 min, then owner after 20 min"
        in said
    )
    assert said.count("user:alice") == 3


def test_the_form_sent_twice_is_one_version(alice: Client) -> None:
    for _ in range(2):
        assert alice.post(PUT, MAIL | {"replaces": "0"}).status_code == 303
    assert in_force() == ["mail@1"]


def test_nobody_s_later_version_is_replaced_unseen(people: People, alice: Client) -> None:
    alice.post(PUT, MAIL | {"replaces": "0"})
    seen = filled_in(to_change(alice, "mail"))
    olga = Client()
    olga.force_login(make_person("olga", project=people.project, role=Role.OWNER))
    assert olga.post(PUT, MAIL | {"needed": "5", "replaces": "1"}).status_code == 303
    late = alice.post(PUT, seen | {"tool": "send_email", "needed": "1"})
    assert late.status_code == 400
    assert "The name is in force as version 2, by user:olga: change that one." in text_of(late.text)
    taken = alice.post(PUT, {"name": "mail", "needed": "1", "replaces": "0"})
    assert "in force as version 2" in text_of(taken.text)
    alice.post(end_of("mail", 2))
    assert "was ended meanwhile" in text_of(alice.post(PUT, seen | {"needed": "1"}).text)
    assert in_force() == []


def test_an_end_is_kept_with_who_and_when_and_who_comes_late_is_told(alice: Client) -> None:
    alice.post(PUT, MAIL | {"replaces": "0"})
    assert end_of("mail", 1) in alice.get(PAGE).text
    assert alice.post(end_of("mail", 1))["Location"] == PAGE
    row = ApprovalPolicy.objects.get()
    assert row.ended_by == "user:alice"
    assert row.ended_at is not None
    assert "mail: ended" in text_of(alice.get(PAGE).text)
    late = alice.post(end_of("mail", 1))
    assert late.status_code == 409
    assert "mail@1 is not in force any more: user:alice ended it first" in text_of(late.text)
    assert alice.post(end_of("mail", 7)).status_code == 404
    assert alice.post(end_of("nothing", 1)).status_code == 404


def test_a_version_that_came_meanwhile_is_not_ended_unseen(alice: Client) -> None:
    alice.post(PUT, MAIL | {"replaces": "0"})
    alice.post(PUT, MAIL | {"needed": "3", "replaces": "1"})
    assert alice.post(end_of("mail", 1)).status_code == 409
    assert in_force() == ["mail@2"]


@pytest.mark.parametrize("role", [Role.VIEWER, Role.REVIEWER, Role.OPERATOR])
def test_who_does_not_own_it_reads_and_may_not_change(
    people: People, alice: Client, role: Role
) -> None:
    alice.post(PUT, MAIL | {"replaces": "0"})
    client = Client()
    client.force_login(make_person("rita", project=people.project, role=role))
    page = client.get(PAGE).text
    assert "send_email" in page
    assert "<form" not in page.partition("<main")[2].partition("</main>")[0]
    assert client.post(PUT, MAIL | {"needed": "1", "replaces": "1"}).status_code == 403
    assert client.post(end_of("mail", 1)).status_code == 403
    assert in_force() == ["mail@1"]


def test_charlie_finds_nothing(people: People, alice: Client) -> None:
    alice.post(PUT, MAIL | {"replaces": "0"})
    charlie = client_of(people, "charlie")
    answers = [
        charlie.get(PAGE),
        charlie.get(PUT),
        charlie.post(PUT, MAIL),
        charlie.post(end_of("mail", 1)),
    ]
    assert [each.status_code for each in answers] == [404] * 4
    assert in_force() == ["mail@1"]
    assert "You are in no project" in charlie.get("/policies").text


def test_an_owner_here_changes_nothing_there(alice: Client) -> None:
    make_project("other")
    assert alice.get("/projects/other/policies").status_code == 404
    assert alice.post("/projects/other/policies/approvals", MAIL).status_code == 404
    assert not ApprovalPolicy.objects.exists()


def test_a_form_needs_its_token_and_a_person(people: People) -> None:
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(people.alice)
    assert strict.post(PUT, MAIL).status_code == 403
    assert Client().post(PUT, MAIL)["Location"].startswith("/sign-in?next=/projects/")
    assert not ApprovalPolicy.objects.exists()
    strict.force_login(people.bob)
    assert strict.get(PUT)["Location"] == PAGE


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"name": "No Spaces"}, "The name must be 1 to 50 small letters"),
        ({"name": "a\x00"}, "The name must be"), ({"tool": "a\x00b"}, "The tool must be"),
        ({"needed": "0"}, "The number of people must be from 1 to"), ({"needed": "many"}, "is a number, such as 1"),
        ({"needed": "٣"}, "is a number, such as 1"), ({"needed": "9" * 40}, "is a number, such as 1"),
        ({"waits": "soon"}, "A time is written 45 s"), ({"waits": "0 s"}, "that it waits must be from 1 to"),
        ({"waits": "9999999 d"}, "The time that it waits must be from 1 to"),
        ({"escalate_after": ""}, "Say both who is asked next and when"),
        ({"escalate_after": "2 h"}, "When they are asked must be less"),
        ({"side_effect": "explosive"}, "The side effect must be one of"), ({"risk": "dire"}, "The risk must be one of"),
        ({"escalate_to": "viewer"}, "Who is asked next must be one of"),
    ],
)  # fmt: skip
def test_what_is_no_policy_is_told_in_a_sentence(
    alice: Client, change: dict[str, Any], sentence: str
) -> None:
    answer = alice.post(PUT, MAIL | {"replaces": "0"} | change)
    assert answer.status_code == 400
    assert sentence in text_of(answer.text)
    assert not ApprovalPolicy.objects.exists()


def test_names_of_tools_are_strangers_words(alice: Client) -> None:
    alice.post(PUT, MAIL | {"tool": '"><script>alert(1)</script>\u202e', "replaces": "0"})
    for address in (PAGE, f"{PAGE}?approval=mail"):
        assert "<script>alert(1)" not in alice.get(address).text


def test_who_does_not_say_which_project_is_led_or_asked(people: People, alice: Client) -> None:
    assert alice.get("/policies")["Location"] == PAGE
    other = make_project("other")
    Membership.objects.create(project=other, user=people.alice, role=Role.VIEWER)
    page = alice.get("/policies").text
    assert PAGE in page
    assert "/projects/other/policies" in page
    assert Client().get("/policies")["Location"].startswith("/sign-in")
