"""Notes, tags, ratings and sign-offs on pages: said by those who may judge, read by viewers, nothing for others."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.test import Client

from tests.integration.build import observed, put_on_record
from tests.integration.pages.test_pages import client_of
from tests.integration.remarks.saying import (
    a_run,
    head,
    note,
    rated,
    reply,
    revise,
    said,
    sign,
    tag,
)
from tests.people import People, make_person
from traces.models import Remark, Run
from traces.models.access import Role

FRAGMENT = {"HX-Request": "true"}
HOSTILE = '<script>alert(1)</script><a hx-get="/x" href="javascript:y">\u202eabc\u200b https://evil.example'


@pytest.fixture
def run(people: People) -> str:
    return a_run(people.project, tags=["math"])


def write(client: Client, run: str, text: str = "why?", **fields: str) -> Any:
    sent = {"text": text, "ticket": "a-form", **fields}
    return client.post(f"/runs/{run}/notes", sent)


def head_line(run: str) -> str:
    size, root = head(run)
    return f"{run} {size} {root}"


def put_sign_off(client: Client, run: str, **fields: str) -> Any:
    sent = {
        "outcome": "accept",
        "statement": "I did the sum",
        "ticket": "s",
        "head": head_line(run),
    }
    return client.post(f"/runs/{run}/sign-off", sent | fields)


def test_it_works(people: People, run: str) -> None:
    alice = client_of(people, "alice")
    answer = write(alice, run, node="two")
    assert (answer.status_code, answer["Location"]) == (
        303, f"/runs/{run}/notes?node=two#note-a-form"
    )  # fmt: skip
    page = alice.get(f"/runs/{run}/notes").text
    assert "why?" in page
    assert f'href="/runs/{run}#node=' in page
    assert "why?" in alice.get(f"/runs/{run}/node-notes/two", headers=FRAGMENT).text
    assert "✎ </span>1 note" in alice.get(f"/runs/{run}/header").text
    row = alice.get(f"/runs/{run}/tree/rows", {"node_id": "two"}).text
    assert 'class="row__notes"' in row
    assert 'class="row__notes"' not in alice.get(f"/runs/{run}/tree/rows", {"node_id": "one"}).text


def test_a_double_click_writes_once(people: People, run: str) -> None:
    alice = client_of(people, "alice")
    page = alice.get(f"/runs/{run}/notes").text
    (ticket,) = re.findall(r'name="ticket" value="([^"]+)"', page)
    for _ in range(2):
        assert write(alice, run, ticket=ticket).status_code == 303
    assert len(said(run)) == 1
    assert f'name="ticket" value="{ticket}"' not in alice.get(f"/runs/{run}/notes").text


def test_a_viewer_reads_and_is_refused(people: People, run: str) -> None:
    note(run, "for all", on="one")
    bob = client_of(people, "bob")
    for address in ("notes", "node-notes/one", "review", "sign-off", ""):
        page = bob.get(f"/runs/{run}/{address}".rstrip("/")).text
        assert 'name="ticket"' not in page, address
    assert "for all" in bob.get(f"/runs/{run}/notes").text
    assert write(bob, run).status_code == 403
    assert bob.post(f"/runs/{run}/notes/x", {"text": "y"}).status_code == 403
    assert bob.post(f"/runs/{run}/review", {"rating": "good", "ticket": "a"}).status_code == 403
    assert put_sign_off(bob, run).status_code == 403
    assert len(said(run)) == 1


def test_for_others_there_is_nothing_there(people: People, run: str) -> None:
    told, charlie = note(run), client_of(people, "charlie")
    for address in ("notes", "node-notes/one", "review", "sign-off"):
        assert charlie.get(f"/runs/{run}/{address}").status_code == 404
    assert charlie.get(f"/runs/{run}/notes", {"kind": "nonsense"}).status_code == 404
    assert write(charlie, run).status_code == 404
    assert charlie.post(f"/runs/{run}/notes/{told}", {"text": "y"}).status_code == 404
    assert charlie.post(f"/runs/{run}/review", {"rating": "good"}).status_code == 404
    assert put_sign_off(charlie, run).status_code == 404
    assert Client().get(f"/runs/{run}/notes").status_code == 302


def test_a_reviewer_may_say_all_of_it(people: People, run: str) -> None:
    dora = Client()
    dora.force_login(make_person("dora", project=people.project, role=Role.REVIEWER))
    assert write(dora, run).status_code == 303
    assert put_sign_off(dora, run).status_code == 303
    assert [row.by for row in said(run)] == ["user:dora"] * 2


def test_what_people_write_is_text_and_no_page_of_its_own(people: People, run: str) -> None:
    alice = client_of(people, "alice")
    write(alice, run, HOSTILE, node="one")
    sign(run)
    Remark.objects.filter(run_id=run, kind="sign_off").update(text=HOSTILE)
    tag(run, "<b>bold</b>")
    pages = ("notes", "node-notes/one", "header", "review", "", "sign-off", "verdicts")
    for address in pages:
        for headers in ({}, FRAGMENT):
            page = alice.get(f"/runs/{run}/{address}".rstrip("/"), headers=headers).text
            assert "<script>alert" not in page
            assert "<b>bold" not in page
            assert 'hx-get="/x"' not in page
            assert "\u202e" not in page
            assert 'href="https://evil' not in page


def test_what_cannot_be_said_is_answered_with_a_sentence_and_what_was_typed(
    people: People, run: str
) -> None:
    alice, long = client_of(people, "alice"), "x" * 20_001
    answer = write(alice, run, long)
    assert answer.status_code == 400
    assert long in answer.text
    assert "20,000 characters" in answer.text
    piece = alice.post(
        f"/runs/{run}/notes", {"text": " ", "ticket": "t"}, headers=FRAGMENT
    )  # fmt: skip
    assert (piece.status_code, "data-error" in piece.text) == (400, True)
    assert write(alice, run, ticket="not a ticket!").status_code == 400
    assert write(alice, run, node="nobody").status_code == 404
    assert write(alice, run, reply_to="nobody").status_code == 400
    assert alice.post(f"/runs/{run}/review", {"rating": "great", "ticket": "r"}).status_code == 400
    assert said(run) == []


def test_a_note_is_revised_and_withdrawn(people: People, run: str) -> None:
    alice = client_of(people, "alice")
    write(alice, run, "said at once")
    address = f"/runs/{run}/notes/a-form"
    assert alice.post(address, {"text": "second", "ticket": "b"}).status_code == 303
    page = alice.get(f"/runs/{run}/notes").text
    assert "second" in page
    assert "said at once" not in page
    assert "stays in the ledger" in page
    assert alice.post(address, {"act": "withdraw", "ticket": "c"}).status_code == 303
    page = alice.get(f"/runs/{run}/notes").text
    assert "second" not in page
    assert "Withdrawn by alice" in page
    assert alice.post(address, {"text": "third", "ticket": "d"}).status_code == 409
    assert alice.get(address).status_code == 303


def test_only_an_owner_withdraws_what_others_wrote(people: People, run: str) -> None:
    told = note(run, by="user:somebody")
    dora = Client()
    dora.force_login(make_person("dora", project=people.project, role=Role.OPERATOR))
    sent = {"act": "withdraw", "ticket": "c"}
    assert dora.post(f"/runs/{run}/notes/{told}", sent).status_code == 403
    assert client_of(people, "alice").post(f"/runs/{run}/notes/{told}", sent).status_code == 303


def test_the_page_is_narrowed_and_goes_on(people: People, run: str) -> None:
    alice = client_of(people, "alice")
    for number in range(31):
        note(run, f"note number {number}.", on="one" if number % 2 else None)
    rated(run, "good", by="user:dora")
    first = alice.get(f"/runs/{run}/notes").text
    assert "note number 30." in first
    assert "note number 1." not in first
    (more,) = re.findall(r'href="([^"]+)">Earlier', first)
    assert "note number 1." in alice.get(more.replace("&amp;", "&")).text
    for query, shown in (
        ({"kind": "rating"}, "rated"),
        ({"by": "user:dora"}, "rated"),
        ({"node": "one"}, "note number 29."),
    ):
        page = alice.get(f"/runs/{run}/notes", query).text
        assert shown in page
        assert "note number 30." not in page
    for bad in ({"kind": "x"}, {"by": "x" * 301}, {"thread": "x"}):
        assert alice.get(f"/runs/{run}/notes", bad).status_code == 400
    assert alice.get(f"/runs/{run}/notes", {"cursor": "x"}).status_code == 404


def test_a_long_thread_leads_to_its_earlier_answers(people: People, run: str) -> None:
    told = note(run, "begin")
    for number in range(52):
        reply(run, told, f"answer {number}.")
    alice = client_of(people, "alice")
    page = alice.get(f"/runs/{run}/notes").text
    assert "2 earlier answers" in page
    assert "answer 1." not in page
    whole = alice.get(f"/runs/{run}/notes", {"thread": said(run)[0].seq, "cursor": "30"}).text
    assert "answer 1." in whole


def test_a_note_on_a_node_that_is_not_received_is_shown_so(people: People, run: str) -> None:
    put_on_record(people.project, observed(run, "leaf", parent="late"))
    alice = client_of(people, "alice")
    assert write(alice, run, node="late").status_code == 303
    assert "not received" in alice.get(f"/runs/{run}/notes").text
    assert "not received" in alice.get(f"/runs/{run}/notes", {"node": "late"}).text
    put_on_record(people.project, observed(run, "late", parent="root", name="it came"))
    assert "it came" in alice.get(f"/runs/{run}/notes").text


def test_tags_and_rating_are_changed_on_the_run(people: People, run: str) -> None:
    alice, address = client_of(people, "alice"), f"/runs/{run}/review"
    sent = {"add": "one, two ,", "remove": "math", "ticket": "t"}
    assert alice.post(address, sent).status_code == 303
    assert alice.post(address, {"rating": "good", "ticket": "r"}).status_code == 303
    assert Run.objects.get(pk=run).tags == ["one", "two"]
    page = alice.get(f"/runs/{run}/header").text
    assert "★★★★☆" in page
    assert "/?tag=one" in page
    assert alice.post(address, {"rating": "", "ticket": "r2"}).status_code == 303
    assert "★" not in alice.get(f"/runs/{run}/header").text


def test_a_sign_off_stands_on_the_run_with_what_was_seen(people: People, run: str) -> None:
    alice = client_of(people, "alice")
    offered = alice.get(f"/runs/{run}/sign-off").text
    assert head_line(run) in offered
    assert "no cryptographic signature" in offered
    answer = put_sign_off(alice, run)
    assert (answer.status_code, answer["Location"]) == (303, f"/runs/{run}#signed")
    size = said(run)[0].seen_size
    page = alice.get(f"/runs/{run}/header").text
    assert f"over {size} entries" in page
    assert "I did the sum" in page
    note(run)
    assert f"over {size} of now {size + 2} entries" in alice.get(f"/runs/{run}/header").text
    checked = alice.get(f"/runs/{run}/verdicts").text
    assert "human" in checked


def test_a_row_of_the_tree_shows_of_each_person_what_stands(people: People, run: str) -> None:
    alice = client_of(people, "alice")
    sign(run, "accept")
    sign(run, "unsure", by="user:dora")
    sign(run, "reject", after=5)
    row = alice.get(f"/runs/{run}/tree/rows", {"node_id": "one"}).text
    assert [word in row for word in ("chip--reject", "chip--unsure", "chip--accept")] == [
        True, True, False
    ]  # fmt: skip


def test_a_node_is_rated_in_its_panel(people: People, run: str) -> None:
    alice, panel = client_of(people, "alice"), f"/runs/{run}/node-notes/two"
    assert "Rate this node" in alice.get(panel, headers=FRAGMENT).text
    sent = {"rating": "poor", "node": "two", "ticket": "r"}
    told = alice.post(f"/runs/{run}/review", sent, headers=FRAGMENT)
    assert (told.status_code, "Entry" in told.text) == (200, True)
    assert "★★☆☆☆" in alice.get(panel, headers=FRAGMENT).text
    assert "★" not in alice.get(f"/runs/{run}/header").text
    sent = {"rating": "poor", "node": "nobody", "ticket": "r2"}
    assert alice.post(f"/runs/{run}/review", sent).status_code == 404


def test_a_run_that_grew_is_not_signed_and_says_what_came(people: People, run: str) -> None:
    alice, seen = client_of(people, "alice"), head_line(run)
    put_on_record(people.project, observed(run, "later", parent="root"))
    answer = put_sign_off(alice, run, head=seen)
    assert answer.status_code == 409
    assert "1 entry came after" in answer.text
    assert "node.observed" in answer.text
    assert "I did the sum" in answer.text
    assert " checked>" not in answer.text  # they say anew what they answer for
    assert said(run) == []
    (now,) = re.findall(r'name="head" value="([^"]+)"', answer.text)
    assert now == head_line(run)
    assert put_sign_off(alice, run, head=now).status_code == 303


@pytest.mark.parametrize(
    "fields",
    [{"head": ""}, {"head": "a b c"}, {"head": "x 1 y"}, {"outcome": "error"}, {"outcome": ""}],
)
def test_a_made_up_sign_off_is_refused(people: People, run: str, fields: dict[str, str]) -> None:
    assert put_sign_off(client_of(people, "alice"), run, **fields).status_code == 400
    assert said(run) == []


def test_the_list_of_runs_is_narrowed_by_what_people_said(people: People, run: str) -> None:
    alice, other = client_of(people, "alice"), a_run(people.project)
    sign(run, "reject")
    sign(run, "accept")
    tag(run, "odd one")
    note(other)

    def listed(**query: str) -> set[str]:
        page = alice.get("/runs/rows", query).text
        return {each for each in (run, other) if each in page}

    assert listed(signed="accept") == {run} == listed(tag="odd one")
    assert listed(signed="reject") == set()
    assert listed(signed="none") == {other} == listed(noted="1")
    assert alice.get("/runs/rows", {"signed": "x"}).status_code == 400


def test_revised_words_are_the_ones_that_are_shown(people: People, run: str) -> None:
    told = note(run, "before")
    revise(run, told, "after that")
    page = client_of(people, "bob").get(f"/runs/{run}/notes").text
    assert "after that" in page
    assert "revised" in page
