"""The page of prices: owners change them, viewers read them, for others there is nothing there."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client

from deliberation.vocabulary import Usage
from tests.integration.build import make_project, new_run
from tests.integration.pages.test_pages import client_of
from tests.integration.prices import add, call, known_call, one_run, recorded
from tests.people import People
from traces.models import PriceOverride, Run
from traces.queries.access import viewer_of
from traces.queries.unpriced import unpriced_of_projects, unpriced_of_run

PAGE = "/projects/default/prices"
GOOD = {"model": "brain-*", "provider": "", "input": "2.50", "output": "$10", "valid_from": "2026-11-01"}  # fmt: skip


def reasons(people: People, run: str) -> dict[str | None, tuple[str, int]]:
    rows = unpriced_of_run(who=viewer_of(people.bob), run_id=run)
    return {row.model: (row.why.value, row.calls) for row in rows}


def test_it_works(people: People) -> None:
    run = one_run(people.project, "a", "b")
    alice = client_of(people, "alice")
    page = alice.get(PAGE).text
    assert "brain-1" in page
    assert "no price known" in page
    assert "?model=brain-1&amp;provider=acme#add" in page
    answer = alice.post(PAGE, GOOD)
    assert (answer.status_code, answer["Location"]) == (303, PAGE)
    row = PriceOverride.objects.get()
    assert (row.model, row.provider, row.input, row.output) == ("brain-*", None, Decimal("2.5"), 10)
    assert (row.created_by, row.valid_from) == ("user:alice", dt.date(2026, 11, 1))
    assert "has a price by now: reprice" in alice.get(PAGE, {"run": run}).text


def test_each_reason_is_told_apart_and_all_are_what_the_run_counts(people: People) -> None:
    run = new_run()
    recorded(
        people.project,
        call(run, "a"), call(run, "b"), call(run, "c", model=None),
        call(run, "d", model="brain-2", usage=None),
        call(run, "e", model="brain-3", usage=Usage(input=1, cache_read=5, output=0)),
        known_call(run, "f"),
        call(run, "outer", instrumentation="x"), known_call(run, "g", parent="outer", instrumentation="y"),
    )  # fmt: skip
    found = reasons(people, run)
    assert found == {
        "brain-1": ("no_price", 2),
        None: ("no_model", 1),
        "brain-2": ("no_tokens", 1),
        "brain-3": ("contradiction", 1),
    }
    assert sum(calls for _, calls in found.values()) == Run.objects.get(pk=run).unpriced_calls
    add(people.project, "brain-1")
    assert reasons(people, run)["brain-1"] == ("price_since", 2)


def test_models_are_told_over_runs_with_tokens_and_times(people: People) -> None:
    for _ in range(3):
        one_run(people.project, "a", usage=Usage(input=5, output=2))
    (row,) = unpriced_of_projects(who=people.alice)
    assert (row.calls, row.runs, row.input_tokens, row.output_tokens) == (3, 3, 15, 6)
    assert (row.model, row.provider, row.first_ns) == ("brain-1", "acme", row.last_ns)


def test_a_run_says_how_many_calls_have_no_price_and_leads_there(people: People) -> None:
    run = one_run(people.project, "a", "b")
    bob = client_of(people, "bob")
    assert f'href="{PAGE}?run={run}">2 calls have no price</a>' in bob.get(f"/runs/{run}").text
    assert "of the whole project" in bob.get(PAGE, {"run": run}).text
    priced = new_run()
    recorded(people.project, known_call(priced, "a"))
    assert "no price" not in bob.get(f"/runs/{priced}").text


def test_bob_reads_and_may_not_change(people: People) -> None:
    override = add(people.project, "brain-1")
    bob = client_of(people, "bob")
    page = bob.get(PAGE).text
    assert "brain-1" in page
    assert "Add a price" not in page
    assert "End on this day" not in page
    assert bob.post(PAGE, GOOD).status_code == 403
    assert bob.post(f"{PAGE}/{override.pk}/end", {"mistake": "1"}).status_code == 403
    assert PriceOverride.objects.get().ended_at is None


def test_charlie_finds_nothing(people: People) -> None:
    override, charlie = add(people.project, "brain-1"), client_of(people, "charlie")
    run = one_run(people.project, "a")
    for answer in (
        charlie.get(PAGE), charlie.post(PAGE, GOOD), charlie.get(PAGE, {"run": run}),
        charlie.get(f"{PAGE}/{override.pk}/end"),
        charlie.post(f"{PAGE}/{override.pk}/end", {"mistake": "1"}),
        charlie.get("/projects/nowhere/prices"),
    ):  # fmt: skip
        assert answer.status_code == 404
    assert PriceOverride.objects.get().ended_at is None
    assert unpriced_of_projects(who=people.charlie) == []


def test_an_owner_here_changes_nothing_there(people: People) -> None:
    theirs = add(make_project("other"), "brain-1")
    run = one_run(make_project("other"), "a")
    alice = client_of(people, "alice")
    assert alice.post(f"{PAGE}/{theirs.pk}/end", {"mistake": "1"}).status_code == 404
    assert alice.post("/projects/other/prices", GOOD).status_code == 404
    assert alice.get(PAGE, {"run": run}).status_code == 404
    assert alice.get(PAGE, {"run": "no-run"}).status_code == 404
    assert PriceOverride.objects.get().ended_at is None


def test_a_form_needs_its_token_and_a_person(people: People) -> None:
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(people.alice)
    assert strict.post(PAGE, GOOD).status_code == 403
    stranger = Client().post(PAGE, GOOD)
    assert stranger["Location"].startswith("/sign-in?next=/projects/")
    assert not PriceOverride.objects.exists()


def test_a_price_is_ended_on_a_day_and_stays_on_the_page(people: People) -> None:
    override, alice = add(people.project, "brain-1"), client_of(people, "alice")
    assert alice.post(f"{PAGE}/{override.pk}/end", {"on": "2026-12-01"}).status_code == 303
    override.refresh_from_db()
    assert (override.ended_on, override.ended_by) == (dt.date(2026, 12, 1), "user:alice")
    page = alice.get(PAGE).text
    assert "2026-12-01" in page
    assert "ended by user:alice" in page
    assert alice.post(f"{PAGE}/{override.pk}/end", {"on": "2027-01-01"}).status_code == 303
    override.refresh_from_db()
    assert override.ended_on == dt.date(2026, 12, 1)
    alice.post(f"{PAGE}/{override.pk}/end", {"on": "2026-12-01", "mistake": "1"})
    assert "1 price was a mistake" in alice.get(PAGE).text


def test_an_end_without_a_day_withdraws_nothing(people: People) -> None:
    override, alice = add(people.project, "brain-1"), client_of(people, "alice")
    for on in ("", "soon"):
        answer = alice.post(f"{PAGE}/{override.pk}/end", {"on": on})
        assert answer.status_code == 400
        assert "on which day" in answer.text
    assert PriceOverride.objects.get().ended_at is None
    assert alice.get(f"{PAGE}/{override.pk}/end")["Location"] == PAGE


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"input": ""}, "A price is needed"), ({"output": "cheap"}, "A price is a number"),
        ({"input": "-1"}, "from 0 to"), ({"input": "NaN"}, "from 0 to"),
        ({"input": "1e999999999"}, "from 0 to"), ({"cache_read": "1e-13"}, "at most 12 decimals"),
        ({"model": " "}, "1 to 200 printable"), ({"model": "a\x00b"}, "1 to 200 printable"),
        ({"valid_until": "2026-11-01"}, "ends before it holds"), ({"valid_from": "01.11."}, "A day is"),
        ({"valid_from": "0001-01-01"}, "before 1970"), ({"provider": "x" * 250}, "1 to 200"),
    ],
)  # fmt: skip
def test_what_is_no_price_is_told_in_a_sentence(
    people: People, change: dict[str, Any], sentence: str
) -> None:
    answer = client_of(people, "alice").post(PAGE, GOOD | change)
    assert answer.status_code == 400
    assert sentence in answer.text
    assert not PriceOverride.objects.exists()


def test_names_of_models_are_strangers_words(people: People) -> None:
    evil = '"><script>alert(1)</script>{{ 7|add:7 }}\u202e'
    one_run(people.project, "a", model=evil, provider="a&b=c#d")
    page = client_of(people, "alice").get(PAGE).text
    assert "<script>alert(1)" not in page
    assert "provider=a%26b%3Dc%23d#add" in page
    filled = client_of(people, "alice").get(PAGE, {"model": evil}).text
    assert "<script>alert(1)" not in filled
