"""The pages of playback: a run as it was, whoever asks, whatever it holds, and with nothing but links."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from deliberation.events import CandidateProposed, FateDecided, NodeScored, VerdictGiven
from deliberation.vocabulary import DiscardReason, Fate, NodeKind, VerdictOutcome
from tests.integration.build import make_event, new_run, observed, put_on_record
from tests.people import People
from traces.playback import kept

HOSTILE = "\u202e<img src=x onerror=alert(1)><b hx-get=/sign-out hx-trigger=load>\x1b[31m\u200b"


def client_of(people: People, name: str) -> Client:
    client = Client()
    client.force_login(getattr(people, name))
    return client


def searched(people: People, *, text: str = "t") -> str:
    """Entries 1 to 6: a root, a node under it, its value, its verdict, its answer, its end."""
    run = new_run()
    decided: dict[str, Any] = {"reason": DiscardReason.DEAD_END, "by": "policy", "value": 0.25}
    put_on_record(
        people.project,
        observed(run, "root", node_kind=NodeKind.STEP, name="root"),
        observed(run, "a", parent="root", node_kind=NodeKind.EXPANSION, name=f"a{text}", text=text),
        make_event(NodeScored, run, node="a", value=0.75),
        make_event(VerdictGiven, run, node="a", verifier="calc", outcome=VerdictOutcome.ACCEPT),
        make_event(CandidateProposed, run, node="a", answer=f"24{text}"),
        make_event(FateDecided, run, node="a", fate=Fate.DISCARDED, **decided),
    )
    return run


def rows(client: Client, run: str, nodes: str, seq: int) -> str:
    answer = client.get(reverse("playback-rows", args=[run]), {"nodes": nodes, "seq": seq})
    assert answer.status_code == 200
    return str(answer.text)


def test_it_works(people: People) -> None:
    run = searched(people)
    bob = client_of(people, "bob")
    page = bob.get(reverse("run-playback", args=[run]), {"seq": 6}).text
    assert "Nothing runs here" in page
    assert 'aria-valuetext="entry 6 of 6"' in page
    assert reverse("run-playback", args=[run]) in bob.get(reverse("run", args=[run])).text


def test_rows_are_as_they_were_at_the_entry(people: People) -> None:
    run, bob = searched(people), client_of(people, "bob")
    assert "0.75" not in rows(bob, run, "2", 2)
    assert "0.75" in rows(bob, run, "2", 3)
    assert "accept" not in rows(bob, run, "2", 3)
    assert "accept" in rows(bob, run, "2", 4)
    assert "dead end" not in rows(bob, run, "2", 5)
    assert "dead end" in rows(bob, run, "2", 6)
    assert 'data-ordinal="2"' not in rows(bob, run, "2", 1)


def test_a_row_is_found_by_the_id_of_its_node(people: People) -> None:
    run, bob = searched(people), client_of(people, "bob")
    address = reverse("playback-rows", args=[run])
    assert 'data-ordinal="2"' in bob.get(address, {"node_id": "a", "seq": 6}).text
    assert bob.get(address, {"node_id": "nobody", "seq": 6}).status_code == 404


def test_an_entry_says_what_it_was_and_leads_to_its_node(people: People) -> None:
    run, bob = searched(people), client_of(people, "bob")
    said = bob.get(reverse("playback-entry", args=[run]), {"seq": 6}).text
    assert "It was decided what becomes of a node" in said
    assert "dead end" in said
    assert f"{reverse('run', args=[run])}#node=2" in said
    none = bob.get(reverse("playback-entry", args=[run]), {"seq": 7}).text
    assert "no such entry" in none


def test_the_answer_of_a_candidate_is_told(people: People) -> None:
    run, bob = searched(people), client_of(people, "bob")
    assert "24t" in bob.get(reverse("playback-answer", args=[run]), {"node": 2}).text
    assert bob.get(reverse("playback-answer", args=[run]), {"node": 99}).status_code == 404


def test_without_script_entries_are_links_a_page_at_a_time(people: People) -> None:
    run, bob = new_run(), client_of(people, "bob")
    put_on_record(people.project, *(observed(run, f"n{at}") for at in range(120)))
    page = bob.get(reverse("run-playback", args=[run]), {"seq": 60}).text
    listed = re.findall(r'class="entries__seq" href="\?seq=(\d+)"', page)
    assert listed == [str(seq) for seq in range(50, 100)]
    assert 'href="?seq=0" rel="prev"' in page
    assert 'href="?seq=100" rel="next"' in page


@pytest.mark.parametrize("seq", ["-1", "7", "x", "1.5", "", "٣", "9" * 40])
def test_a_seq_that_is_none_is_refused_with_a_sentence(people: People, seq: str) -> None:
    run = searched(people)
    answer = client_of(people, "bob").get(reverse("run-playback", args=[run]), {"seq": seq})
    assert answer.status_code == 400
    assert "seq must be a whole number from 0 to 6" in answer.text


@pytest.mark.parametrize(
    ("name", "asked"),
    [
        ("playback-changes", {"after": "x"}),
        ("playback-rows", {"nodes": "1,x", "seq": "1"}),
        ("playback-rows", {"nodes": "1", "seq": ""}),
        ("playback-rows", {"nodes": ",".join(["1"] * 201), "seq": "1"}),
        ("playback-entry", {"seq": "-1"}),
        ("playback-answer", {"node": "x"}),
    ],
)
def test_a_piece_that_cannot_be_is_refused(
    people: People, name: str, asked: dict[str, str]
) -> None:
    run = searched(people)
    assert client_of(people, "bob").get(reverse(name, args=[run]), asked).status_code == 400


@pytest.mark.parametrize(
    ("name", "asked"),
    [
        ("run-playback", {}),
        ("playback-changes", {"after": "-1"}),
        ("playback-rows", {"nodes": "1", "seq": "1"}),
        ("playback-entry", {"seq": "1"}),
        ("playback-answer", {"node": "2"}),
    ],
)
def test_who_may_not_see_the_run_sees_none_of_it(
    people: People, name: str, asked: dict[str, str]
) -> None:
    run = searched(people)
    assert client_of(people, "charlie").get(reverse(name, args=[run]), asked).status_code == 404


def test_hostile_text_is_inert(people: People) -> None:
    run, bob = searched(people, text=HOSTILE), client_of(people, "bob")
    texts = [
        bob.get(reverse("run-playback", args=[run])).text,
        *(bob.get(reverse("playback-entry", args=[run]), {"seq": seq}).text for seq in range(7)),
        bob.get(reverse("playback-answer", args=[run]), {"node": 2}).text,
        rows(bob, run, "1,2", 6),
        rows(bob, run, "1,2", 4),
    ]
    for text in texts:
        assert "<img" not in text
        assert "<b hx-get" not in text
        assert "\u202e" not in text
        assert "\x1b" not in text


def test_a_text_of_many_megabytes_is_not_read_whole(people: People) -> None:
    run, bob = searched(people, text="é" * 3_000_000), client_of(people, "bob")
    assert len(bob.get(reverse("playback-entry", args=[run]), {"seq": 2}).text) < 10_000
    assert "ééé" in rows(bob, run, "2", 4)


def test_a_run_too_long_to_be_held_is_listed_instead(
    people: People, monkeypatch: pytest.MonkeyPatch
) -> None:
    run, bob = searched(people), client_of(people, "bob")
    monkeypatch.setattr(kept, "LONGEST", 6)
    monkeypatch.setattr("traces.views.playback.LONGEST", 6)
    page = bob.get(reverse("run-playback", args=[run])).text
    assert "is not played back" in page
    assert "data-playback" not in page
    answer = bob.get(reverse("playback-changes", args=[run]), {"after": "-1"})
    assert (answer.status_code, "not played back" in answer.text) == (400, True)
