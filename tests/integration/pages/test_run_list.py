"""The list of runs: its filters live in the address, and addresses can be kept under a name."""

from __future__ import annotations

from decimal import Decimal

import pytest
from django.test import Client
from django.urls import reverse

from deliberation.events import RunStarted
from tests.integration.build import make_event, new_run, put_on_record
from tests.people import People
from traces.models import Run, SavedView


def client_of(people: People, name: str) -> Client:
    client = Client()
    client.force_login(getattr(people, name))
    return client


def make_run(people: People, name: str, cost: str) -> str:
    run = new_run()
    put_on_record(people.project, make_event(RunStarted, run, name=name))
    Run.objects.filter(pk=run).update(cost=Decimal(cost))
    return run


def test_it_works(people: People) -> None:
    make_run(people, "cheap", "0.10")
    make_run(people, "dear", "2.00")
    page = client_of(people, "bob").get("/", {"sort": "cost"}).text
    assert page.index(">dear<") < page.index(">cheap<")
    assert "2 runs" in page
    assert "$2.10" in page
    assert 'aria-sort="descending"' in page
    narrowed = client_of(people, "bob").get("/", {"cost_from": "1"}).text
    assert ">dear<" in narrowed
    assert ">cheap<" not in narrowed


def test_a_row_that_was_shown_is_made_again_when_anything_of_it_is_another(people: People) -> None:
    run, bob = make_run(people, "a run", "0.10"), client_of(people, "bob")
    assert "~" not in _row_of(run, bob.get("/").text)
    for change, told in (
        ({"cost": Decimal("7.25")}, "$7.25"),
        ({"cost_provenance": "estimated"}, "~$7.25"),
        ({"strategy": "mcts"}, "mcts"),
        ({"observed_state": "completed"}, "completed"),
        ({"discarded": 3, "nodes": 9}, ">3<"),
    ):
        Run.objects.filter(pk=run).update(**change)
        assert told in _row_of(run, bob.get("/").text)


def test_a_row_that_was_shown_in_one_language_is_made_in_the_other(people: People) -> None:
    run, bob = make_run(people, "a run", "0.10"), client_of(people, "bob")
    assert "no answer recorded" in _row_of(run, bob.get("/").text)
    german = bob.get("/", headers={"accept-language": "de"}).text
    assert "no answer recorded" not in _row_of(run, german)


def _row_of(run: str, page: str) -> str:
    return page.partition(f'data-run="{run}"')[2].partition("</tr>")[0]


@pytest.mark.parametrize(
    ("query", "sentence"),
    [
        ("state=asleep", "state must be one of:"),
        ("sort=beauty", "sort must be one of: newest, started, cost, duration, discarded."),
        ("cost_from=much", "cost_from is an amount in US dollars such as 0.50."),
        ("cost_to=-1", "cost_to is an amount"),
        ("cost_to=1e99", "cost_to is an amount"),
        ("cost_to=NaN", "cost_to is an amount"),
        ("since=yesterday", "since is written 2026-11-24"),
        ("until=2026-13-01", "until is written 2026-11-24"),
        ("within=century", "within must be one of: hour, day, week, month."),
        ("q=" + "x" * 301, "q is longer than 300 characters."),
    ],
)
@pytest.mark.parametrize("name", ["runs", "run-rows"])
def test_an_address_that_asks_for_nonsense_is_told_so(
    people: People, name: str, query: str, sentence: str
) -> None:
    answer = client_of(people, "bob").get(f"{reverse(name)}?{query}")
    assert answer.status_code == 400
    assert sentence in answer.text.replace("&#x27;", "'")


@pytest.mark.parametrize(
    "query",
    ["q=%00", "tag=%ED%A0%80", "model=%00", "project=%00", "since=0001-01-01", "until=9999-12-31"],
)
def test_what_no_run_can_hold_is_simply_not_found(people: People, query: str) -> None:
    make_run(people, "a", "1")
    assert client_of(people, "bob").get(f"/?{query}").status_code == 200


def test_the_address_bar_follows_a_filter_and_not_a_poke(people: People) -> None:
    bob = client_of(people, "bob")
    filtered = bob.get(reverse("run-rows"), {"q": "a", "sort": "cost", "tag": ""})
    assert filtered["HX-Replace-Url"] == "/?q=a&sort=cost"
    poked = bob.get(reverse("run-rows"), headers={"HX-Trigger": "runs-rows"})
    assert "HX-Replace-Url" not in poked


def test_a_view_is_kept_under_a_name_and_is_its_owners_alone(people: People) -> None:
    bob, alice = client_of(people, "bob"), client_of(people, "alice")
    sent = {"name": "dear <ones>", "cost_from": "1", "sort": "cost", "q": ""}
    assert bob.post(reverse("keep-view"), sent)["Location"] == "/?cost_from=1&sort=cost"
    page = bob.get("/?cost_from=1&sort=cost").text
    assert "dear &lt;ones&gt;" in page
    assert 'aria-current="page"' in page
    assert "dear" not in alice.get("/").text
    (view,) = SavedView.objects.all()
    assert alice.post(reverse("drop-view", args=[view.pk])).status_code == 404
    assert bob.post(reverse("drop-view", args=[view.pk])).status_code == 302
    assert not SavedView.objects.exists()


def test_the_same_name_again_is_another_address_for_it(people: People) -> None:
    bob = client_of(people, "bob")
    for tag in ("a", "b"):
        bob.post(reverse("keep-view"), {"name": "mine", "tag": tag})
    assert SavedView.objects.get().query == "tag=b"


@pytest.mark.parametrize(
    ("name", "sentence"),
    [("", "The name must be 1 to 60"), ("x" * 61, "must be 1 to 60"), ("a\x00", "must be 1 to 60")],
)
def test_a_name_that_is_none_is_told_so(people: People, name: str, sentence: str) -> None:
    answer = client_of(people, "bob").post(reverse("keep-view"), {"name": name})
    assert (answer.status_code, sentence in answer.text) == (400, True)


def test_a_person_keeps_thirty_views(people: People) -> None:
    bob = client_of(people, "bob")
    codes = [bob.post(reverse("keep-view"), {"name": str(at)}).status_code for at in range(31)]
    assert codes == [302] * 30 + [400]
