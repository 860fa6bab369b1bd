"""The analytics of a project as pages: for whom, of which runs, with which words, and what they refuse."""

from __future__ import annotations

import re
from html import unescape

import pytest
from django.test import Client
from django.urls import reverse

from tests.integration.queries.over_runs import answered
from tests.people import People, make_project
from traces.figures.over_runs import FIGURES
from traces.queries.over_runs import scope as scopes
from traces.queries.over_runs.sections import SECTIONS

PIECE = {"HX-Request": "true"}
LINK = re.compile(r'href="([^"]*/runs\?[^"]*)"')


def client_of(people: People, name: str) -> Client:
    client = Client()
    client.force_login(getattr(people, name))
    return client


@pytest.fixture
def bob(people: People) -> Client:
    return client_of(people, "bob")


def some_runs(people: People) -> None:
    for number in range(6):
        answered(
            people.project,
            right=number % 2 == 0,
            cost=str(number + 1),
            output=100,
            confidence=0.5,
            tier=("free", "pro")[number % 2],
            task="t",
            name=f"run {number}",
            tags=["odd"] if number % 2 else ["even"],
        )


def test_it_works(people: People, bob: Client) -> None:
    some_runs(people)
    page = bob.get(reverse("analytics")).text
    for section in SECTIONS:
        assert reverse("analytics-section", args=[section]) in page
    piece = bob.get(reverse("analytics-section", args=["effort"]), headers=PIECE).text
    assert "<html" not in piece
    assert "0.333" in piece  # right runs took $1, $3, $5; wrong ones $2, $4, $6
    assert "n = 6" in piece
    assert "Mann and Whitney 1947" in piece


@pytest.mark.parametrize("section", list(SECTIONS))
def test_each_number_leads_to_a_page_of_its_runs(section: str, people: People, bob: Client) -> None:
    some_runs(people)
    page = bob.get(reverse("analytics-section", args=[section]))
    assert page.status_code == 200
    links = {unescape(link) for link in LINK.findall(page.text)}
    assert links or section in ("legibility", "budgets")
    for link in links:
        assert bob.get(link).status_code == 200
    charlie = client_of(people, "charlie")
    assert "run 1" not in charlie.get(min(links, default="/")).text


@pytest.mark.parametrize("section", list(SECTIONS))
def test_without_a_run_there_are_words_and_no_crash(section: str, bob: Client) -> None:
    answer = bob.get(reverse("analytics-section", args=[section]))
    assert answer.status_code == 200
    assert bob.get(reverse("analytics-csv", args=[section])).status_code == 200


def test_filters_are_those_of_the_list_of_runs(people: People, bob: Client) -> None:
    some_runs(people)
    address = reverse("analytics-section", args=["outcomes"])
    assert "3 runs" in bob.get(address, {"tag": "odd"}).text
    assert "100 %" in bob.get(address, {"tag": "even"}).text
    assert "0 runs" in bob.get(address, {"project": "other"}).text
    page = bob.get(reverse("analytics"), {"tag": "odd"}).text
    assert f"{reverse('runs')}?tag=odd" in page
    assert f"{address}?tag=odd" in page


def test_a_filter_s_script_gets_the_sections_and_a_short_address(bob: Client) -> None:
    answer = bob.get(
        reverse("analytics"), {"q": "", "tag": "odd", "measure": "", "times": "3"}, headers=PIECE
    )
    assert answer["HX-Replace-Url"] == "/analytics?tag=odd"
    assert "<html" not in answer.text


@pytest.mark.parametrize(
    ("query", "sentence"),
    [
        ({"measure": "love"}, "measure must be one of: cost, output"),
        ({"by": "colour"}, "by must be one of: tier"),
        ({"times": "1"}, "times is a whole number from 2 to 1000"),
        ({"times": "many"}, "times is a whole number"),
        ({"state": "asleep"}, "state must be one of"),
        ({"since": "yesterday"}, "since is written"),
        ({"cost_from": "much"}, "cost_from is an amount"),
    ],
)
def test_what_an_address_cannot_mean_is_400_with_a_sentence(
    query: dict[str, str], sentence: str, bob: Client
) -> None:
    for name, *args in (("analytics",), *(("analytics-section", each) for each in SECTIONS)):
        answer = bob.get(reverse(name, args=args), query)
        assert (answer.status_code, args) == (400, args)
        assert sentence in answer.text


def test_cells_that_are_none_are_400_and_values_that_nothing_has_are_empty(bob: Client) -> None:
    address = reverse("analytics-runs", args=["tail"])
    for query in ({"cell_id": "x"}, {"cell_among": "found"}, {"cell_strategy": "x" * 400}):
        assert bob.get(address, query).status_code == 400
    for value in ("x", "\x00", "'; DROP TABLE traces_run"):
        answer = bob.get(address, {"cell_strategy": value})
        assert answer.status_code == 200
        assert "No run matches" in answer.text
    assert bob.get(address, {"cursor": "x"}).status_code == 404


def test_the_page_of_a_figure_s_runs_says_which_they_are(people: People, bob: Client) -> None:
    some_runs(people)
    cell = {"cell_third": "2", "cell_is_right": "true"}
    page = bob.get(reverse("analytics-runs", args=["effort"]), cell).text
    chips = re.findall(r'<span class="chip trace">([^<]*)</span>', page)
    assert chips == ["most effort", "right"]
    asked = {"cell_tier": "<free>", "cell_beside": "pro"}
    page = bob.get(reverse("analytics-runs", args=["tiers"]), asked).text
    assert "&lt;free&gt;" in page
    assert "on questions of pro too" in page


def test_there_is_no_other_section(bob: Client) -> None:
    for name in ("section", "runs", "csv", "figure", "figure-table", "figure-csv"):
        assert bob.get(reverse(f"analytics-{name}", args=["secrets"])).status_code == 404
    assert bob.get(reverse("analytics-figure", args=["outcomes"])).status_code == 404


def test_what_takes_too_long_says_so(
    people: People, bob: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    some_runs(people)
    monkeypatch.setattr(scopes, "SETTINGS", "SET LOCAL statement_timeout = '1ms'; SELECT 1")
    monkeypatch.setattr(
        scopes, "AMOUNTS", {**scopes.AMOUNTS, "cost": "cost + pg_sleep(1)::text::int"}
    )
    piece = bob.get(reverse("analytics-section", args=["tail"]), headers=PIECE)
    assert (piece.status_code, "This took longer than" in piece.text) == (200, True)
    assert bob.get(reverse("analytics-csv", args=["tail"])).status_code == 503
    assert bob.get(reverse("analytics-figure", args=["tail"])).status_code == 503


@pytest.mark.parametrize("section", list(FIGURES))
def test_figures_say_the_same_as_drawing_as_table_and_as_csv(
    section: str, people: People, bob: Client
) -> None:
    empty = bob.get(reverse("analytics-figure", args=[section])).json()
    assert empty["said"]
    assert all(trace.get("meta") for trace in empty["data"])
    some_runs(people)
    drawn = bob.get(reverse("analytics-figure", args=[section])).json()
    assert drawn["said"]
    table = bob.get(reverse("analytics-figure-table", args=[section]), headers=PIECE).text
    lines = bob.get(reverse("analytics-figure-csv", args=[section])).text.strip().splitlines()
    assert table.count("<tr>") == (len(lines) if len(lines) > 1 else 0)
    for name in ("measure=duration", "measure=calls", "by=model"):
        assert bob.get(f"{reverse('analytics-figure', args=[section])}?{name}").status_code == 200


def test_words_of_others_are_shown_as_text(people: People, bob: Client) -> None:
    answered(people.project, right=True, tier="<img src=x>\u202e", cost="1", task="t")
    page = bob.get(reverse("analytics-section", args=["tiers"])).text
    assert "&lt;img src=x&gt;" in page
    assert "<img src=x>" not in page
    assert "\u202e" not in page


def test_runs_of_projects_that_are_not_theirs_are_nowhere(people: People, bob: Client) -> None:
    answered(make_project("other"), right=True, cost="1", name="hidden run")
    for section in SECTIONS:
        assert "0 runs" in bob.get(reverse("analytics-section", args=[section])).text
    assert "hidden run" not in bob.get(reverse("analytics-runs", args=["outcomes"])).text


def test_in_german_it_is_german(people: People, bob: Client) -> None:
    some_runs(people)
    bob.cookies["language"] = "de"
    page = bob.get(reverse("analytics-section", args=["effort"]), headers={"Accept-Language": "de"})
    assert "Aufwand" in page.text
    assert "Effort against correctness" not in page.text
