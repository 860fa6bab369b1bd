"""What the command palette finds on the server, for those who may look."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from deliberation.events import RunStarted
from tests.integration.build import make_event, new_run, observed, put_on_record
from tests.people import People


@pytest.fixture
def run(people: People) -> str:
    made = new_run()
    put_on_record(
        people.project,
        make_event(RunStarted, made, name="Game of <b>24</b>"),
        observed(made, "n-1", name="first try", output="hidden in a text"),
        observed(made, "n-2", name="second try"),
    )
    return made


def asked(people: People, q: str, name: str = "bob", **others: Any) -> str:
    client = Client()
    client.force_login(getattr(people, name))
    answer = client.get(reverse("palette"), {"q": q, **others})
    assert answer.status_code == 200
    return answer.text


def test_it_works(people: People, run: str) -> None:
    html = asked(people, "game", run=run)
    assert f'data-href="/runs/{run}"' in html
    assert "Game of &lt;b&gt;24&lt;/b&gt;" in html


@pytest.mark.parametrize("typed", ["first", "TRY first", "n-1", "#2"])
def test_a_node_is_found_by_words_id_or_number(people: People, run: str, typed: str) -> None:
    html = asked(people, typed, run=run)
    assert f'data-href="/runs/{run}#node=2" data-node="2"' in html
    assert "second try" not in html


def test_a_run_is_found_by_its_id_or_how_that_begins(people: People, run: str) -> None:
    for typed in (run, run.upper(), run[:13], run[:8]):
        assert f"/runs/{run}" in asked(people, typed)


def test_nothing_is_told_of_what_one_may_not_see(people: People, run: str) -> None:
    for typed in ("game", "first", "#2", run, run[:8]):
        assert asked(people, typed, "charlie", run=run).strip() == ""


@pytest.mark.parametrize("typed", ["", "  ", "\x00", "x" * 5000, "%", "'", "[", "9" * 40])
@pytest.mark.parametrize("other", ["", "no run", "0" * 36])
def test_odd_words_and_odd_runs_find_nothing_and_break_nothing(
    people: People, run: str, typed: str, other: str
) -> None:
    assert "try" not in asked(people, typed, run=other)
