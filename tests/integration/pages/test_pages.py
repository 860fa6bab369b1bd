"""Pages for those who may look; for everybody else there is nothing there."""

from __future__ import annotations

import re

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from deliberation.events import AnswerSelected, RunStarted
from deliberation.vocabulary import NodeKind
from tests.integration.build import ended, make_event, new_run, observed, put_on_record, started
from tests.people import People
from traces import urls

OPEN_TO_ALL = {"language", "sign-in", "sign-in-local", "sign-out", "bundle-link"}
FORMS = {
    "run-strategy",
    "run-notes",
    "run-review",
    "run-sign-off",
    "run-retention",
    "run-bundles",
    "run-replays",
    "run-ledger",
}
"""Addresses below a run that a form is sent to as well."""
SENT = {"bundle-cancel", "bundle-share", "replay-cancel"}
"""Addresses that only a form is sent to."""
ASKED = {"tree-growth": "?after=0&until=9"}
"""What an address must say to be answered."""


@pytest.fixture
def run(people: People) -> str:
    made = new_run()
    put_on_record(
        people.project,
        make_event(RunStarted, made, task="<script>alert(1)</script>", name="run \u202e of alice"),
        started(made, "a", node_kind=NodeKind.SAMPLE, name="first"),
        ended(made, "a"),
    )
    return made


def client_of(people: People, name: str) -> Client:
    client = Client()
    client.force_login(getattr(people, name))
    return client


def run_pages(run: str) -> list[str]:
    """Every address below a run, walked from the resolver, so that a new one cannot be forgotten."""
    routes = [
        entry
        for entry in urls.urlpatterns
        if {"run_id"} <= set(entry.pattern.converters) <= {"run_id", "node_id"}
    ]
    assert len(routes) >= 9
    names = [entry.name for entry in routes if entry.name]
    return [
        reverse(name, args=[run, "a"] if name.startswith("node") else [run]) + ASKED.get(name, "")
        for name in names
    ]


def test_it_works(people: People, run: str) -> None:
    for address in run_pages(run):
        answer = client_of(people, "bob").get(address)
        assert (answer.status_code, address) == (200, address)


def test_an_unknown_address_is_a_page_with_a_way_back() -> None:
    answer = Client().get("/nothing-here")
    assert answer.status_code == 404
    assert answer["Content-Type"].startswith("text/html")
    assert "<h1>Not found</h1>" in answer.text
    assert '<a href="/">To the runs</a>' in answer.text


def test_charlie_finds_nothing_at_any_address_of_a_run(people: People, run: str) -> None:
    charlie = client_of(people, "charlie")
    for address in run_pages(run):
        assert (charlie.get(address).status_code, address) == (404, address)
    assert run not in charlie.get(reverse("runs")).text


def test_an_unknown_run_and_another_s_look_the_same(people: People, run: str) -> None:
    charlie = client_of(people, "charlie")
    theirs, unknown = (charlie.get(reverse("run", args=[one])) for one in (run, new_run()))
    assert (theirs.status_code, theirs.text) == (unknown.status_code, unknown.text)


def test_whoever_is_signed_out_is_sent_to_sign_in_and_scripts_are_told(run: str) -> None:
    for entry in urls.urlpatterns:
        if entry.name in OPEN_TO_ALL or not entry.name:
            continue
        parts = {
            "run_id": run,
            "node_id": "a",
            "slug": "default",
            "override_id": 1,
            "key_id": 1,
            "session_id": "s",
            "kind": "stop",
            "approval_id": run,
            "name": "mail",
            "version": 1,
            "view_id": 1,
            "part": "output",
            "note_id": "n",
            "seq": 1,
            "size": 1,
            "bundle_id": run,
            "replay_id": run,
            "section": "effort",
        }
        needed = {name: parts[name] for name in entry.pattern.converters}
        address = reverse(entry.name, kwargs=needed)
        ask = Client().post if entry.name in SENT else Client().get
        assert ask(address).headers["Location"].startswith("/sign-in?next=/")
        assert ask(address, headers={"HX-Request": "true"}).status_code == 401


def test_pages_are_only_read(people: People, run: str) -> None:
    for address in set(run_pages(run)) - {reverse(name, args=[run]) for name in FORMS}:
        assert client_of(people, "alice").post(address).status_code == 405


@pytest.mark.parametrize("fragment", ["run-header", "run-candidates"])
def test_a_piece_is_the_same_alone_and_in_its_page(people: People, run: str, fragment: str) -> None:
    bob = client_of(people, "bob")
    alone = bob.get(reverse(fragment, args=[run]), headers={"HX-Request": "true"}).text
    assert alone.strip() in bob.get(reverse("run", args=[run])).text


def test_words_of_others_are_escaped_and_visible(people: People, run: str) -> None:
    page = client_of(people, "bob").get(reverse("runs")).text
    assert "run ⟨U+202E⟩ of alice" in page
    assert "<script>alert" not in page


def test_what_was_asked_stands_on_the_page_and_names_a_run_without_a_name(people: People) -> None:
    made = new_run()
    put_on_record(people.project, make_event(RunStarted, made, task="What is 6 * 7?"))
    bob = client_of(people, "bob")
    page = bob.get(reverse("run", args=[made])).text
    assert "<title>What is 6 * 7? · " in page
    assert '<p class="verdict__task trace">What is 6 * 7?</p>' in page
    assert "unnamed run" not in bob.get(reverse("runs")).text


def test_no_page_carries_inline_script_or_style(people: People, run: str) -> None:
    for address in ["/", *run_pages(run)]:
        page = client_of(people, "bob").get(address).text
        assert not re.search(r"<style|\sstyle=|\son\w+=|<script(?![^>]* src=)", page), address


@pytest.mark.parametrize("query", ["nodes=x", "nodes=1,2,³", "nodes=" + "9" * 40])
def test_rows_that_are_no_numbers_are_refused(people: People, run: str, query: str) -> None:
    address = f"{reverse('tree-rows', args=[run])}?{query}"
    assert client_of(people, "bob").get(address).status_code == 400


def test_bones_after_a_seq_hold_only_what_changed(people: People, run: str) -> None:
    address = reverse("tree-bones", args=[run])
    bob = client_of(people, "bob")
    whole = bob.get(address).json()
    assert whole["columns"]["kind"] == [0]
    assert bob.get(f"{address}?after={whole['seq']}").json()["columns"]["ordinal"] == []


def test_bones_after_a_seq_tell_which_node_is_the_answer_no_more(people: People, run: str) -> None:
    address = reverse("tree-bones", args=[run])
    bob = client_of(people, "bob")
    put_on_record(
        people.project,
        observed(run, "b"),
        observed(run, "c"),
        make_event(AnswerSelected, run, node="a"),
    )
    before = bob.get(address).json()
    put_on_record(people.project, make_event(AnswerSelected, run, node="b"))
    after = bob.get(f"{address}?after={before['seq']}").json()["columns"]
    assert [flags & 8 for flags in before["columns"]["flags"]] == [8, 0, 0]
    assert [flags & 8 for flags in after["flags"]] == [0, 8]
    assert after["ordinal"] == before["columns"]["ordinal"][:2]


def test_the_sign_in_link_works_only_with_its_token(people: People) -> None:
    assert Client().get("/sign-in/sign-in-token-of-the-test").status_code == 404
    people.alice.is_superuser = True  # type: ignore[attr-defined]
    people.alice.save()
    client = Client()
    assert client.get("/sign-in/sign-in-token-of-the-tests").status_code == 302
    assert client.get("/").status_code == 200


def test_signing_out_needs_a_post(people: People) -> None:
    alice = client_of(people, "alice")
    assert alice.get("/sign-out").status_code == 405
    alice.post("/sign-out")
    assert alice.get("/").status_code == 302


def test_patterns_are_for_staff(people: People) -> None:
    assert client_of(people, "bob").get("/patterns").status_code == 404
    people.bob.is_staff = True  # type: ignore[attr-defined]
    people.bob.save()
    assert client_of(people, "bob").get("/patterns").status_code == 200


def test_every_page_is_named() -> None:
    assert all(entry.name for entry in urls.urlpatterns)


def test_a_page_looks_up_its_run_and_its_reader_once(people: People, run: str) -> None:
    alice = client_of(people, "alice")
    with CaptureQueriesContext(connection) as asked:
        assert alice.get(f"/runs/{run}").status_code == 200
    said = [each["sql"] for each in asked]
    for table in ("traces_run", "traces_membership"):
        assert sum(f'FROM "{table}"' in sql.partition("WHERE")[0] for sql in said) == 1, table


def test_who_lost_their_role_is_told_nothing_by_the_next_page(people: People, run: str) -> None:
    alice = client_of(people, "alice")
    assert alice.get(f"/runs/{run}").status_code == 200
    people.project.memberships.filter(user=people.alice).delete()
    assert alice.get(f"/runs/{run}").status_code == 404
