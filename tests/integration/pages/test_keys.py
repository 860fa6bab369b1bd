"""Keys of a project: made by owners, shown once, ended for good; others see which there are, strangers nothing."""

from __future__ import annotations

import datetime as dt
import hashlib
import re
from unittest.mock import patch

import pytest
from django.core.signing import TimestampSigner
from django.test import Client

from tests.integration.build import make_project
from tests.integration.pages.test_control import filled_in, text_of
from tests.integration.pages.test_pages import client_of
from tests.people import People, make_person
from traces.actions.set_up_local import set_up_local
from traces.models import ApiKey, Membership
from traces.models.access import Role, Scope
from traces.templatetags.access_words import ROLES, SCOPES

PAGE = "/projects/default/keys"
MADE = f"{PAGE}/made"
SECRET = re.compile(r'<code id="made-key"[^>]*>(ins_[\w-]{43})</code>')


@pytest.fixture
def alice(people: People) -> Client:
    return client_of(people, "alice")


def fresh(client: Client, **typed: object) -> dict[str, object]:
    """The form as the page gives it, filled in."""
    ticket = filled_in(client.get(PAGE).text)["ticket"]
    return {"ticket": ticket, "name": "nightly", "scopes": ["ingest", "read"]} | typed


def make(client: Client, **typed: object) -> str:
    """The text of a new key."""
    answer = client.post(MADE, fresh(client, **typed))
    found = SECRET.search(answer.text)
    assert answer.status_code == 201
    assert found
    return found[1]


def asks(key: str) -> int:
    headers = {"authorization": f"Bearer {key}"}
    return Client().get("/api/v1/runs", headers=headers).status_code


def test_it_works(alice: Client) -> None:
    secret = make(alice)
    row = ApiKey.objects.get()
    assert bytes(row.digest) == hashlib.sha256(secret.encode()).digest()
    assert (row.name, row.prefix, row.scopes) == ("nightly", secret[:10], ["ingest", "read"])
    assert (row.created_by, row.revoked_at, row.used_at) == ("user:alice", None, None)
    assert asks(secret) == 200
    page = alice.get(PAGE).text
    assert secret not in page
    assert f"nightly {secret[:10]}… ingest read" in text_of(page)


def test_the_answer_that_holds_the_key_is_kept_by_nobody(alice: Client) -> None:
    answer = alice.post(MADE, fresh(alice))
    assert "no-store" in answer["Cache-Control"]
    assert "It is shown this once." in text_of(answer.text)


def test_a_form_sent_twice_makes_one_key_and_two_forms_make_two(alice: Client) -> None:
    form = fresh(alice)
    texts = {SECRET.findall(alice.post(MADE, form).text)[0] for _ in range(2)}
    assert len(texts) == 1
    assert ApiKey.objects.count() == 1
    assert make(alice) not in texts


def test_a_form_makes_no_key_for_somebody_else(people: People, alice: Client) -> None:
    form = fresh(alice)
    mine = SECRET.findall(alice.post(MADE, form).text)
    olga = Client()
    olga.force_login(make_person("olga", project=people.project, role=Role.OWNER))
    assert SECRET.findall(olga.post(MADE, form).text) != mine


@pytest.mark.parametrize("ticket", ["", "guessed", "guessed:1abcde:x"])
def test_a_form_that_is_none_of_ours_makes_no_key(alice: Client, ticket: str) -> None:
    answer = alice.post(MADE, fresh(alice, ticket=ticket))
    assert answer.status_code == 400
    assert "This form is too old" in text_of(answer.text)
    assert 'value="nightly"' in answer.text
    again = filled_in(answer.text)["ticket"]
    assert alice.post(MADE, fresh(alice, ticket=again)).status_code == 201


def test_a_form_of_an_hour_ago_shows_no_key_again(alice: Client) -> None:
    with patch.object(TimestampSigner, "timestamp", lambda self: "1vAAAA"):
        form = fresh(alice)
    assert alice.post(MADE, form).status_code == 400
    assert not ApiKey.objects.exists()


def test_an_ended_key_is_refused_at_once_and_stays_in_the_list(alice: Client) -> None:
    form = fresh(alice)
    secret = SECRET.findall(alice.post(MADE, form).text)[0]
    end = f"{PAGE}/{ApiKey.objects.get().pk}/end"
    assert end in alice.get(PAGE).text
    for _ in range(2):
        assert alice.post(end)["Location"] == PAGE
    assert asks(secret) == 401
    row = ApiKey.objects.get()
    assert (row.revoked_by, row.revoked_at is not None) == ("user:alice", True)
    page = text_of(alice.get(PAGE).text)
    assert "1 ended" in page
    assert "ended by" not in page.partition("1 ended")[0]
    late = alice.post(MADE, form)
    assert late.status_code == 400
    assert "ended since" in text_of(late.text)


def test_a_use_is_written_down_every_ten_minutes(alice: Client) -> None:
    secret = make(alice)
    assert "never" in text_of(alice.get(PAGE).text)
    asks(secret)
    first = ApiKey.objects.get().used_at
    assert first is not None
    asks(secret)
    assert ApiKey.objects.get().used_at == first
    ApiKey.objects.update(used_at=first - dt.timedelta(minutes=11))
    asks(secret)
    again = ApiKey.objects.get().used_at
    assert again is not None
    assert again >= first


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ({"name": " "}, "The name has 1 to 100"), ({"name": "a\x00b"}, "The name has 1 to 100"),
        ({"name": "x" * 200}, "The name has 1 to 100"), ({"scopes": []}, "The scopes are needed"),
        ({"scopes": ["ingest", "everything"]}, "The scopes must be of"),
    ],
)  # fmt: skip
def test_what_is_no_key_is_told_in_a_sentence(
    alice: Client, typed: dict[str, object], sentence: str
) -> None:
    answer = alice.post(MADE, fresh(alice, **typed))
    assert answer.status_code == 400
    assert sentence in text_of(answer.text)
    assert not ApiKey.objects.exists()


@pytest.mark.parametrize("role", [Role.VIEWER, Role.REVIEWER, Role.OPERATOR])
def test_who_does_not_own_it_sees_which_keys_there_are(
    people: People, alice: Client, role: Role
) -> None:
    form = fresh(alice)
    alice.post(MADE, form)
    rita = Client()
    rita.force_login(make_person("rita", project=people.project, role=role))
    page = rita.get(PAGE).text
    assert "nightly" in page
    assert "Make a key" not in page
    assert "Every program that sends it" not in page
    assert rita.post(MADE, form).status_code == 403
    assert rita.post(f"{PAGE}/{ApiKey.objects.get().pk}/end").status_code == 403
    assert ApiKey.objects.get().revoked_at is None


def test_charlie_finds_nothing_and_an_owner_here_ends_nothing_there(
    people: People, alice: Client
) -> None:
    form = fresh(alice)
    alice.post(MADE, form)
    key, charlie = ApiKey.objects.get().pk, client_of(people, "charlie")
    answers = [
        charlie.get(PAGE),
        charlie.get(MADE),
        charlie.post(MADE, form),
        charlie.post(f"{PAGE}/{key}/end"),
    ]
    assert [each.status_code for each in answers] == [404] * 4
    other = make_project("other")
    Membership.objects.create(project=other, user=people.bob, role=Role.OWNER)
    bob = client_of(people, "bob")
    assert bob.post(f"/projects/other/keys/{key}/end").status_code == 404
    assert ApiKey.objects.get().revoked_at is None


def test_a_form_needs_its_token(people: People) -> None:
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(people.alice)
    assert strict.post(MADE, {"name": "x", "scopes": ["read"]}).status_code == 403


def test_names_of_keys_are_shown_as_text(alice: Client) -> None:
    make(alice, name='"><script>alert(1)</script>')
    assert "<script>alert(1)" not in alice.get(PAGE).text


def test_the_local_key_is_the_server_s_and_an_end_holds(people: People, alice: Client) -> None:
    now = dt.datetime(2026, 11, 26, 12, tzinfo=dt.UTC)
    set_up_local(key="ins_local-key", now=now)
    assert "local ins_local-… ingest read control run 2026-11-26 12:00 server" in text_of(
        alice.get(PAGE).text
    )
    alice.post(f"{PAGE}/{ApiKey.objects.get().pk}/end")
    set_up_local(key="ins_local-key", now=now)
    assert ApiKey.objects.get().revoked_by == "user:alice"


def test_every_role_and_every_scope_has_a_sentence(alice: Client) -> None:
    page = alice.get(PAGE).text
    assert set(ROLES) == set(Role)
    assert set(SCOPES) == set(Scope)
    assert all(
        sentence.replace("'", "&#x27;") in page for sentence in [*ROLES.values(), *SCOPES.values()]
    )
