"""The graveyard as a page and in the API: the same facts, bounded, narrowed by the address, inert whatever it holds."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from deliberation.events import FateDecided, VerdictGiven
from deliberation.vocabulary import DiscardReason, Fate, NodeKind, VerdictOutcome
from tests.integration.build import make_event, new_run, observed, put_on_record
from tests.people import People

HOSTILE = "\u202e<img src=x onerror=alert(1)><b hx-get=/sign-out hx-trigger=load>\x1b[31m\u200b"
ELEMENTS_AT_MOST = 3_000


def client_of(people: People, name: str) -> Client:
    client = Client()
    client.force_login(getattr(people, name))
    return client


def dropped(people: People, count: int, *, text: str = "", deciders: int = 1) -> str:
    run = new_run()
    events = [observed(run, "root", node_kind=NodeKind.STEP, name="root")]
    for n in range(count):
        facts = {"reason": DiscardReason.PRUNED_LOW_VALUE, "by": f"by {n % deciders}{text}"}
        events += [
            observed(run, f"n{n}{text}", parent="root", name=f"state {n}{text}", text=text or "t"),
            make_event(FateDecided, run, node=f"n{n}{text}", fate=Fate.DISCARDED, value=0.25,
                       cutoff=0.5, verdict=text or None, **facts),
        ]  # fmt: skip
    put_on_record(people.project, *events)
    return run


def accept(people: People, run: str, node: str, verifier: str) -> None:
    given: dict[str, Any] = {"outcome": VerdictOutcome.ACCEPT, "saw_reference": True}
    put_on_record(
        people.project, make_event(VerdictGiven, run, node=node, verifier=verifier, **given)
    )


def test_it_works(people: People) -> None:
    run = dropped(people, 3)
    accept(people, run, "n1", "gold")
    bob = client_of(people, "bob")
    page = bob.get(reverse("run-graveyard", args=[run])).text
    assert "3 paths" in page
    assert "1 path was wrongly discarded" in page
    assert "was accepted by" in page
    assert "which saw the reference answer" in page
    assert page.index("state 1") < page.index("state 0")
    assert "cut-off 0.5" in page
    assert reverse("run-graveyard", args=[run]) in bob.get(reverse("run", args=[run])).text


def test_the_api_says_the_same(people: People) -> None:
    run = dropped(people, 3, deciders=2)
    accept(people, run, "n1", "gold")
    bob = client_of(people, "bob")
    address = f"/api/v1/runs/{run}/discarded"
    told = bob.get(address, {"limit": 2}).json()
    assert [each["node_id"] for each in told["items"]] == ["n1", "n0"]
    first = told["items"][0]
    assert (first["reason"], first["by"], first["value"], first["cutoff"]) == (
        "pruned_low_value", "by 1", 0.25, 0.5,
    )  # fmt: skip
    assert first["wrongly"] == {
        "basis": "reference", "node_id": "n1", "verifier": "gold", "verifier_kind": None,
        "same_as": None,
    }  # fmt: skip
    assert (told["paths"], told["wrongly"], told["total"]["nodes"]) == (3, 1, 3)
    assert [(each["by"], each["paths"]) for each in told["groups"]] == [("by 0", 2), ("by 1", 1)]
    rest = bob.get(address, {"limit": 2, "cursor": told["next"]}).json()
    assert [each["node_id"] for each in rest["items"]] == ["n2"]
    assert rest["next"] is None
    narrowed = bob.get(address, {"by": "by 1", "verifier": "gold", "wrongly": "true"}).json()
    assert [each["node_id"] for each in narrowed["items"]] == ["n1"]
    assert bob.get(address, {"cursor": "x"}).status_code == 404
    assert bob.get(address, {"verifier": "a\x00b"}).json()["items"] == []
    assert client_of(people, "charlie").get(address).status_code == 404


def test_very_many_paths_of_very_many_deciders_make_a_small_page(people: People) -> None:
    run = dropped(people, 400, deciders=200)
    page = client_of(people, "bob").get(reverse("run-graveyard", args=[run])).text
    assert "160 further causes with 320 paths" in page
    assert len(re.findall(r"<[a-z]", page)) < ELEMENTS_AT_MOST


def test_every_path_stands_on_one_of_the_pages(people: People) -> None:
    run = dropped(people, 120)
    bob = client_of(people, "bob")
    address: str | None = reverse("run-graveyard", args=[run])
    seen: list[str] = []
    while address:
        page = bob.get(address).text
        seen += re.findall(r'<b class="trace">(state \d+)</b>', page)
        found = re.search(r'href="([^"]+)">More paths', page)
        address = found[1].replace("&amp;", "&") if found else None
    assert sorted(seen) == sorted(f"state {n}" for n in range(120))


def test_a_cause_leads_to_its_own_paths(people: People) -> None:
    run = dropped(people, 4, deciders=2)
    bob = client_of(people, "bob")
    page = bob.get(reverse("run-graveyard", args=[run])).text
    found = re.search(r'href="(/runs/[^"]+graveyard\?[^"]*by=by\+1[^"]*)"', page)
    assert found
    narrowed = bob.get(found[1].replace("&amp;", "&")).text
    assert "2 paths of 4" in narrowed
    assert re.findall(r'<b class="trace">(state \d)</b>', narrowed) == ["state 1", "state 3"]


def test_words_of_others_are_inert(people: People) -> None:
    run = dropped(people, 2, text=HOSTILE)
    accept(people, run, f"n0{HOSTILE}", HOSTILE)
    page = client_of(people, "bob").get(reverse("run-graveyard", args=[run])).text
    assert "⟨U+202E⟩&lt;img src=x onerror=alert(1)&gt;" in page
    assert not re.search("<img|<b hx-get|[\u202e\u200b\x1b]", page)


@pytest.mark.parametrize(
    ("query", "status"),
    [
        ("reason=taste", 400),
        ("wrongly=yes", 400),
        ("by=%00", 400),
        ("verifier=" + "v" * 1_001, 400),
        ("by=nobody", 200),
        ("reason=&by=&verifier=", 200),
        ("cursor=x", 404),
    ],
)
def test_what_the_address_cannot_mean_is_refused(people: People, query: str, status: int) -> None:
    address = f"{reverse('run-graveyard', args=[dropped(people, 1)])}?{query}"
    answer = client_of(people, "bob").get(address)
    assert answer.status_code == status
    assert client_of(people, "charlie").get(address).status_code == 404
    if status == 400:
        assert "<h1>Bad request</h1>" in answer.text


def test_a_run_that_discarded_nothing_says_so(people: People) -> None:
    run = dropped(people, 0)
    page = client_of(people, "bob").get(reverse("run-graveyard", args=[run])).text
    assert "Nothing was discarded in this run" in page
