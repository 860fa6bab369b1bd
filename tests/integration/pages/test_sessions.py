"""The page of a session, and the ways to it."""

from __future__ import annotations

import re
from html import unescape
from urllib.parse import urljoin, urlsplit

import pytest
from django.test import Client
from django.urls import reverse

from deliberation.events import RunEnded, RunStarted
from deliberation.vocabulary import NodeKind, ObservedState, Usage
from tests.integration.build import (
    NOW_NS,
    SECOND,
    make_event,
    make_project,
    new_run,
    observed,
    put_on_record,
)
from tests.integration.pages.test_hostile_ids import HOSTILE
from tests.people import People


@pytest.fixture
def bob(people: People) -> Client:
    client = Client()
    client.force_login(people.bob)  # type: ignore[arg-type]
    return client


def turn(people: People, number: int, session: str = "s-1") -> str:
    run, at = new_run(), NOW_NS + number * SECOND
    put_on_record(
        people.project,
        make_event(RunStarted, run, name=f"turn {number}", task=f"<b>ask {number}", at=at,
                   session_id=session),
        observed(run, "call", node_kind=NodeKind.MODEL_CALL, usage=Usage(input=1000, output=20)),
        make_event(RunEnded, run, state=ObservedState.COMPLETED, answer=f"said {number}", at=at),
    )  # fmt: skip
    return run


def text_of(page: str) -> str:
    return " ".join(unescape(re.sub(r"<[^>]+>", " ", page)).split())


def test_it_works(people: People, bob: Client) -> None:
    turn(people, 2)
    turn(people, 1)
    page = bob.get(reverse("session", args=["default", "s-1"])).text
    said = text_of(page)
    assert said.index("turn 1") < said.index("turn 2")
    assert "asked: <b>ask 1" in said
    assert "<b>ask" not in page
    assert "answer: said 2" in said
    assert "Runs 2" in said
    assert "Tokens 2,040 2,000 in, 40 out" in said
    assert "Cost – not known, 2 calls have no price" in said


def test_a_run_and_its_row_lead_to_the_session(people: People, bob: Client) -> None:
    run = turn(people, 1)
    address = reverse("session", args=["default", "s-1"])
    assert f'href="{address}"' in bob.get(reverse("run", args=[run])).text
    assert f'href="{address}"' in bob.get(reverse("runs")).text


def test_names_of_models_are_escaped_once(people: People, bob: Client) -> None:
    run = new_run()
    told = make_event(RunStarted, run, models=["a & b", "c <d>"], session_id="s-1")
    put_on_record(people.project, told)
    for address in (reverse("run", args=[run]), reverse("session", args=["default", "s-1"])):
        page = bob.get(address).text
        assert "a &amp; b, c &lt;d&gt;" in page
        assert "&amp;amp;" not in page


def test_the_runs_alone_are_what_the_page_holds(people: People, bob: Client) -> None:
    turn(people, 1)
    alone = bob.get(reverse("session-runs", args=["default", "s-1"])).text
    assert alone.strip() in bob.get(reverse("session", args=["default", "s-1"])).text


def test_a_long_session_comes_in_pages(people: People, bob: Client) -> None:
    for number in range(52):
        turn(people, number)
    first = bob.get(reverse("session", args=["default", "s-1"])).text
    assert "Runs 52" in text_of(first)
    assert first.count('class="turn"') == 50
    [later] = re.findall(r'href="([^"]+)">Later runs', first)
    second = bob.get(unescape(later)).text
    assert second.count('class="turn"') == 2
    assert "From the first run" in second
    assert "hx-get" not in second.partition("<main")[2]


@pytest.mark.parametrize("session", HOSTILE)
def test_a_session_may_be_called_anything(people: People, bob: Client, session: str) -> None:
    turn(people, 7, session)
    for name in ("session", "session-runs"):
        address = reverse(name, args=["default", session])
        assert urlsplit(urljoin("http://testserver/", address)).path == address
        assert "turn 7" in bob.get(address).text


def test_charlie_finds_no_session(people: People) -> None:
    turn(people, 1)
    charlie = Client()
    charlie.force_login(people.charlie)  # type: ignore[arg-type]
    for name in ("session", "session-runs"):
        there = charlie.get(reverse(name, args=["default", "s-1"]))
        absent = charlie.get(reverse(name, args=["default", "none"]))
        assert (there.status_code, there.text) == (404, absent.text)


def test_a_session_of_another_project_is_not_shown_under_this_one(
    people: People, bob: Client
) -> None:
    put_on_record(make_project("other"), make_event(RunStarted, new_run(), session_id="s-1"))
    assert bob.get(reverse("session", args=["default", "s-1"])).status_code == 404
    assert bob.get(reverse("session", args=["other", "s-1"])).status_code == 404
