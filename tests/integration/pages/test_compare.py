"""Two runs side by side: as a page, in pieces and in the API, whatever is asked and whatever they hold."""

from __future__ import annotations

import html
import re
from typing import Any

from django.test import Client
from django.urls import reverse

from deliberation.events import (
    AnswerSelected,
    CandidateProposed,
    FateDecided,
    NodeObserved,
    RunEnded,
    RunStarted,
)
from deliberation.vocabulary import DiscardReason, Fate, NodeKind, ObservedState, Usage
from tests.integration.build import make_event, make_project, new_run, observed, put_on_record
from tests.people import People
from traces.queries import alignment

HOSTILE = "\u202e<img src=x onerror=alert(1)><b hx-get=/sign-out hx-trigger=load>\x1b[31m\u200b"
LINE = re.compile(r'id="line-([^"]+)"')


def client_of(people: People, name: str) -> Client:
    client = Client()
    client.force_login(getattr(people, name))
    return client


def searched(people: People, *texts: str, answer: str | None = None, **facts: Any) -> str:
    """A run whose root has a child for each text, each with a child of its own."""
    run = new_run()
    events: list[Any] = [
        make_event(RunStarted, run, name="search", **facts),
        observed(run, "root", node_kind=NodeKind.STEP, name="root"),
    ]
    for n, text in enumerate(texts):
        events += [
            observed(run, f"n{n}", parent="root", node_kind=NodeKind.SAMPLE, text=text),
            observed(run, f"n{n}.a", parent=f"n{n}", node_kind=NodeKind.THOUGHT, text="thought"),
        ]
    if answer is not None:
        events.append(make_event(RunEnded, run, state=ObservedState.COMPLETED, answer=answer))
    put_on_record(people.project, *events)
    return run


def compare(client: Client, left: str, right: str, **asked: str) -> Any:
    return client.get(reverse("compare"), {"a": left, "b": right, **asked})


def test_it_works(people: People) -> None:
    left = searched(people, "a", "b", "c", answer="4")
    right = searched(people, "a", "x", "c", "d", answer=" 4\n")
    page = compare(client_of(people, "bob"), left, right).text
    assert "Both returned the same answer" in page
    assert "Compared word by word" in page
    assert "6 the same" in page
    assert "1 changed" in page
    assert "2 only in B" in page
    assert "both did the same thing with another outcome. What differs: text." in page
    assert "<del>b</del>" in page
    assert "<ins>x</ins>" in page
    assert f'href="{reverse("run", args=[left])}#node=' in page
    assert f'href="{reverse("run", args=[right])}#node=' in page
    assert '<td class="num">+2</td>' in page  # nodes


def test_an_unknown_amount_has_no_difference_and_is_never_zero(people: People) -> None:
    left, right = searched(people, "a"), searched(people, "a")
    put_on_record(
        people.project,
        NodeObserved(run=right, key="u", node="n0", at=None, usage=Usage(output=7)),
    )
    bob = client_of(people, "bob")
    page = compare(bob, left, right).text
    row = page[page.index("Output tokens") :]
    cells = re.findall(r"<td class=\"num[^>]*>(.*?)</td>", row, re.DOTALL)[:3]
    assert [each.strip() for each in cells] == ["not recorded", "7", "not known"]
    assert "1 of the same records something on one side only" in page
    root = LINE.findall(page)[0]
    below = bob.get(reverse("compare-lines"), {"a": left, "b": right, "in": root}).text
    assert "one side only: tokens" in below


def test_a_run_is_the_same_as_itself(people: People) -> None:
    run = searched(people, "a", "b", answer="4")
    page = compare(client_of(people, "bob"), run, run).text
    assert "This is one run, compared with itself" in page
    assert "Nowhere: as far as is recorded, both did the same." in page
    assert "0 changed" in page


def test_answers_are_compared_in_the_form_that_one_normaliser_gave_them(people: People) -> None:
    runs = []
    for answer, normalised in (("x = 1/2", "0.5"), (".5", "0.5")):
        run = searched(people, "a", answer=answer)
        put_on_record(
            people.project,
            make_event(
                CandidateProposed, run, node="n0", answer=answer, normalised=normalised,
                normaliser="math@1",
            ),
            make_event(AnswerSelected, run, node="n0", rule="the only one"),
        )  # fmt: skip
        runs.append(run)
    bob = client_of(people, "bob")
    told = bob.get(f"/api/v1/runs/{runs[0]}/compare", {"with": runs[1]}).json()
    assert (told["answers"], told["normaliser"]) == ("equal", "math@1")
    assert "Compared in their normalised form, by math@1." in compare(bob, *runs).text
    other = searched(people, "a", answer="0.5")
    assert "They returned different answers" in compare(bob, runs[0], other).text


def test_what_nobody_may_see_is_not_there_whichever_side_it_is_on(people: People) -> None:
    ours, theirs = searched(people, "a"), new_run()
    put_on_record(make_project("theirs"), observed(theirs, "root"))
    bob = client_of(people, "bob")
    charlie = client_of(people, "charlie")
    for name in ("compare", "compare-head", "compare-lines", "compare-nodes"):
        for asked in ({"a": ours, "b": theirs}, {"a": theirs, "b": ours}):
            assert bob.get(reverse(name), asked).status_code == 404
        assert charlie.get(reverse(name), {"a": ours, "b": ours}).status_code == 404
    assert compare(bob, ours, new_run()).status_code == 404
    assert bob.get(f"/api/v1/runs/{ours}/compare", {"with": theirs}).status_code == 404
    assert bob.get(f"/api/v1/runs/{theirs}/compare", {"with": ours}).status_code == 404


def test_runs_of_two_projects_are_compared_by_who_may_see_both(people: People) -> None:
    other = make_project("other")
    other.memberships.create(user=people.bob, role="viewer")
    theirs = new_run()
    put_on_record(other, observed(theirs, "root", name="root"))
    assert compare(client_of(people, "bob"), searched(people, "a"), theirs).status_code == 200


def test_an_address_that_asks_for_nothing_sensible_is_told_so(people: People) -> None:
    bob, run = client_of(people, "bob"), searched(people, "a")
    for asked in (
        {"a": "x", "b": run}, {"a": run, "b": "\x00"}, {"tick": [run, run, run]},
        {"a": run, "b": run, "only": "same"}, {"a": f"{run}'"},
    ):  # fmt: skip
        answer = bob.get(reverse("compare"), asked)
        assert answer.status_code == 400
        assert "Bad request" in answer.text
    for name in ("compare-head", "compare-lines", "compare-nodes"):
        assert bob.get(reverse(name), {"a": run}).status_code == 400
    for where in ({"in": "x-1"}, {"in": "9999999-"}, {"from": "-"}, {"to": "1" * 40 + "-"}):
        assert compare(bob, run, run, **where).status_code == 404
    assert bob.get(reverse("compare-nodes"), {"a": run, "b": run, "at": "a"}).status_code == 404
    assert bob.get(f"/api/v1/runs/{run}/compare").status_code == 422
    assert bob.get(f"/api/v1/runs/{run}/compare", {"with": "x"}).status_code == 422
    assert bob.get(f"/api/v1/runs/{run}/compare", {"with": run, "cursor": "x"}).status_code == 404


def test_two_ticked_runs_lead_to_the_address_that_names_them(people: People) -> None:
    bob = client_of(people, "bob")
    left, right = searched(people, "a"), searched(people, "b")
    listed = bob.get(reverse("runs")).text
    assert f'name="tick" value="{left}"' in listed
    answer = bob.get(reverse("compare"), {"tick": [left, right]})
    assert answer["Location"] == f"{reverse('compare')}?a={left}&b={right}"


def test_one_run_is_offered_those_that_it_is_likely_to_be_compared_with(people: People) -> None:
    bob = client_of(people, "bob")
    first = searched(people, "a", task="how much?")
    again = searched(people, "b", task="how much?")
    replay = searched(people, "c", replay_of=first)
    page = bob.get(reverse("compare"), {"a": replay}).text
    assert f"?a={first}&amp;b={replay}" in page
    assert "is replayed by it" in page
    page = bob.get(reverse("compare"), {"tick": first}).text
    assert page.index(f"?a={first}&amp;b={replay}") < page.index(f"?a={first}&amp;b={again}")
    assert "was asked the same" in page
    assert f"?a={replay}" in bob.get(reverse("run", args=[replay])).text
    assert "compare with it" in bob.get(reverse("run", args=[replay])).text
    assert "Tick two of the runs" in bob.get(reverse("compare")).text


def test_what_is_the_same_is_folded_counted_and_opened_on_request(people: People) -> None:
    bob = client_of(people, "bob")
    left = searched(people, *"abcdefgh", "i")
    right = searched(people, *"abcdefgh", "j")
    page = compare(bob, left, right).text
    assert "8 branches are the same in both (16 nodes)" in page
    fold = re.search(r"from=([^&]+)&amp;to=([^#\"]+)#lines", page)
    assert fold
    lines = bob.get(
        reverse("compare-lines"), {"a": left, "b": right, "from": fold[1], "to": fold[2]}
    ).text
    assert len(LINE.findall(lines)) == 8
    inside = bob.get(reverse("compare-lines"), {"a": left, "b": right, "in": fold[1]}).text
    assert "thought" in inside
    assert len(LINE.findall(inside)) == 1
    only = compare(bob, left, right, only="differences").text
    assert "branches are the same" not in only
    assert len(LINE.findall(only)) == 2


def test_three_hundred_siblings_come_a_hundred_at_a_time(people: People) -> None:
    bob = client_of(people, "bob")
    left = searched(people, *(f"text {n}" for n in range(300)))
    right = searched(people, *(f"other {n}" for n in range(300)))
    asked: dict[str, str] = {"a": left, "b": right}
    seen: list[str] = []
    for _ in range(4):
        page = bob.get(reverse("compare-lines"), asked).text
        seen += LINE.findall(page)
        more = re.search(r"from=([^#\"&]+)#lines", page)
        if more is None or "more line" not in page:
            break
        asked["from"] = more[1]
    assert len(seen) == len(set(seen)) == 301


def test_the_nodes_of_a_line_are_compared_in_full(people: People) -> None:
    same = "the same beginning " * 20
    left, right = searched(people, f"{same} left"), searched(people, f"{same} right")
    bob = client_of(people, "bob")
    page = compare(bob, left, right).text
    assert "Nowhere" in page  # the rows hold no more than the beginning
    names = LINE.findall(
        bob.get(reverse("compare-lines"), {"a": left, "b": right, "in": LINE.findall(page)[0]}).text
    )
    full = bob.get(reverse("compare-nodes"), {"a": left, "b": right, "at": names[0]}).text
    assert "<del>left</del>" in full
    assert "<ins>right</ins>" in full


def test_hostile_names_orphans_and_rings_are_shown_inertly(people: People) -> None:
    runs = []
    for n in range(2):
        run = new_run()
        put_on_record(
            people.project,
            make_event(RunStarted, run, name=HOSTILE, task=HOSTILE),
            observed(run, "orphan", parent="nobody", name=HOSTILE, text=f"{HOSTILE}{n}"),
            observed(run, "x", parent="y", name="ring"),
            observed(run, "y", parent="x", name="ring", tool=HOSTILE),
            make_event(FateDecided, run, node="x", fate=Fate.DISCARDED, by=HOSTILE,
                       reason=DiscardReason.ERROR),
        )  # fmt: skip
        runs.append(run)
    bob = client_of(people, "bob")
    pages = [compare(bob, *runs), bob.get(reverse("compare"), {"a": runs[0]})]
    pages += [
        bob.get(
            reverse("compare-nodes"),
            {"a": runs[0], "b": runs[1], "at": LINE.findall(pages[0].text)[0]},
        )
    ]
    for page in pages:
        assert page.status_code == 200
        assert "<img src=x" not in page.text
        assert "\x1b" not in page.text
        assert "\u202e" not in page.text
    assert bob.get(f"/api/v1/runs/{runs[0]}/compare", {"with": runs[1]}).status_code == 200


def test_a_run_that_grew_says_that_the_lines_are_older(people: People) -> None:
    bob = client_of(people, "bob")
    left, right = searched(people, "a"), searched(people, "a")
    page = compare(bob, left, right).text
    head = re.search(r'hx-get="(/compare/head[^"]+)"', page)
    assert head
    address = head[1].replace("&amp;", "&")
    assert "have grown" not in bob.get(address).text
    put_on_record(people.project, observed(right, "late", parent="root", name="late"))
    grown = bob.get(address).text
    assert "The runs have grown since the lines below were made." in grown
    assert "B went on with something that A has not" in grown


def test_a_run_of_one_node_stands_against_a_large_one_and_one_of_none(people: People) -> None:
    bob = client_of(people, "bob")
    one, many, none = searched(people), searched(people, *map(str, range(40))), new_run()
    put_on_record(people.project, make_event(RunStarted, none, name="nothing yet"))
    assert "80 only in B" in compare(bob, one, many).text
    assert "81 only in A" in compare(bob, many, none).text
    assert "Neither has nodes." in compare(bob, none, none).text


def test_the_api_tells_what_differs(people: People) -> None:
    left = searched(people, "a", "b", answer="4")
    right = searched(people, "a", "x", "d", answer="5")
    bob = client_of(people, "bob")
    told = bob.get(f"/api/v1/runs/{left}/compare", {"with": right, "limit": 1}).json()
    assert (told["a"], told["b"], told["answers"]) == (left, right, "different")
    assert told["nodes"] == {
        "same": 4, "changed": 1, "only_a": 0, "only_b": 2, "recorded_on_one_side": 0,
    }  # fmt: skip
    assert [(each["a"], each["b"], each["differs"]) for each in told["items"]] == [
        ("n1", "n1", ["text"])
    ]
    amounts = {each["name"]: each for each in told["amounts"]}
    assert amounts["nodes"]["difference"] == "2"
    assert amounts["cost"] == {
        "name": "cost", "unit": "usd", "a": None, "b": None, "difference": None,
    }  # fmt: skip
    assert told["first_divergence"]["a"]["a"] == "n1"
    rest = bob.get(
        f"/api/v1/runs/{left}/compare", {"with": right, "cursor": told["next"]}
    ).json()  # fmt: skip
    assert [(each["kind"], each["b"]) for each in rest["items"]] == [
        ("right", "n2"), ("right", "n2.a"),
    ]  # fmt: skip
    assert rest["next"] is None


def test_what_takes_long_is_said_before_it_is_done(people: People, monkeypatch: Any) -> None:
    monkeypatch.setattr(alignment, "MANY_NODES", 4)
    bob = client_of(people, "bob")
    left, right = searched(people, "a"), searched(people, "b")
    said = compare(bob, left, right, only="differences").text
    assert "Their trees, 3 and 3 nodes, are being aligned" in said
    whole = re.search(r'content="0; url=([^"]+)"', said)
    assert whole is not None
    page = bob.get(html.unescape(whole.group(1))).text
    assert LINE.search(page)
    assert LINE.search(compare(bob, left, right).text), "it stands until a run grows"
    assert compare(client_of(people, "charlie"), left, right).status_code == 404


def test_trees_too_large_to_be_aligned_are_said_to_be_and_all_else_is_compared(
    people: People, monkeypatch: Any
) -> None:
    monkeypatch.setattr(alignment, "NODES_AT_MOST", 5)
    bob = client_of(people, "bob")
    left, right = searched(people, "a", answer="4"), searched(people, "b", answer="5")
    page = compare(bob, left, right).text
    assert "They returned different answers." in page
    assert "Their trees, 3 and 3 nodes, are not aligned" in page
    assert not LINE.search(page)
    assert bob.get(reverse("compare-head"), {"a": left, "b": right}).status_code == 200
    for name in ("compare-lines", "compare-nodes"):
        assert bob.get(reverse(name), {"a": left, "b": right, "at": "1-1"}).status_code == 400
    assert bob.get(f"/api/v1/runs/{left}/compare", {"with": right}).status_code == 422
