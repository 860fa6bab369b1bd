"""Who has which role: owners give and take, each change is kept, and the last owner stays."""

from __future__ import annotations

import pytest
from django.contrib.auth import get_user_model
from django.test import Client

from tests.integration.build import make_project
from tests.integration.pages.test_control import text_of
from tests.integration.pages.test_pages import client_of
from tests.people import People, make_person
from traces.models import Membership, RoleChange
from traces.models.access import Role

PAGE = "/projects/default/keys"
GIVE = "/projects/default/people"


@pytest.fixture
def alice(people: People) -> Client:
    return client_of(people, "alice")


def give(client: Client, person: str, role: str) -> int:
    return client.post(GIVE, {"person": person, "role": role}).status_code


def roles() -> dict[str, str]:
    found = Membership.objects.filter(project__slug="default")
    return dict(found.values_list("user__username", "role"))


def test_it_works(people: People, alice: Client) -> None:
    assert give(alice, "charlie", "reviewer") == 303
    assert roles() == {"alice": "owner", "bob": "viewer", "charlie": "reviewer"}
    charlie = client_of(people, "charlie")
    assert "charlie you reviewer" in text_of(charlie.get(PAGE).text)
    assert give(alice, "charlie", "operator") == 303
    assert give(alice, "charlie", "") == 303
    assert charlie.get(PAGE).status_code == 404
    told = [
        (each.person, each.was, each.role, each.by) for each in RoleChange.objects.order_by("pk")
    ]
    assert told == [
        ("charlie", None, "reviewer", "user:alice"),
        ("charlie", "reviewer", "operator", "user:alice"),
        ("charlie", "operator", None, "user:alice"),
    ]
    said = text_of(alice.get(PAGE).text)
    assert "user:alice took the role operator from charlie" in said
    assert "user:alice made charlie operator, before: reviewer" in said


def test_the_same_again_is_no_change(alice: Client) -> None:
    assert give(alice, "bob", "viewer") == 303
    assert not RoleChange.objects.exists()


@pytest.mark.parametrize("role", ["", "operator", "viewer"])
def test_the_last_owner_stays(people: People, alice: Client, role: str) -> None:
    answer = alice.post(GIVE, {"person": "alice", "role": role})
    assert answer.status_code == 400
    assert "cannot be taken from alice, the project&#x27;s last owner" in answer.text
    olga = make_person("olga", project=people.project, role=Role.OWNER)
    olga.is_active = False
    olga.save()
    assert give(alice, "alice", role) == 400, "an owner who cannot sign in is none"
    olga.is_active = True
    olga.save()
    assert give(alice, "alice", role) == 303
    assert roles().get("alice") == (role or None)


@pytest.mark.parametrize("role", [Role.VIEWER, Role.REVIEWER, Role.OPERATOR])
def test_nobody_but_owners_gives_and_nobody_raises_themselves(people: People, role: Role) -> None:
    rita = Client()
    rita.force_login(make_person("rita", project=people.project, role=role))
    page = rita.get(PAGE).text
    assert "alice owner" in text_of(page)
    assert "Give the role" not in page
    assert give(rita, "rita", "owner") == 403
    assert give(rita, "alice", "") == 403
    assert roles() == {"alice": "owner", "bob": "viewer", "rita": role.value}


def test_charlie_finds_nothing_and_an_owner_here_gives_nothing_there(
    people: People, alice: Client
) -> None:
    make_project("other")
    assert give(client_of(people, "charlie"), "charlie", "owner") == 404
    sent = {"person": "alice", "role": "owner"}
    assert alice.post("/projects/other/people", sent).status_code == 404
    assert roles() == {"alice": "owner", "bob": "viewer"}


@pytest.mark.parametrize(
    ("person", "role", "sentence"),
    [
        ("nobody", "viewer", "must be the name of an account"), ("a\x00", "viewer", "must be the name"),
        ("", "viewer", "must be the name"), ("bob", "king", "must be one of viewer"),
        ("<b>bob</b>", "viewer", "must be the name"),
    ],
)  # fmt: skip
def test_what_cannot_be_given_is_told(alice: Client, person: str, role: str, sentence: str) -> None:
    answer = alice.post(GIVE, {"person": person, "role": role})
    assert answer.status_code == 400
    assert sentence in text_of(answer.text)
    assert "<b>bob</b>" not in answer.text
    assert not RoleChange.objects.exists()


def test_what_was_given_stays_told_when_the_account_is_gone(people: People, alice: Client) -> None:
    give(alice, "charlie", "reviewer")
    get_user_model().objects.get(username="charlie").delete()
    assert "made charlie reviewer" in text_of(alice.get(PAGE).text)


def test_a_form_needs_its_token(people: People) -> None:
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(people.alice)
    assert give(strict, "bob", "owner") == 403
