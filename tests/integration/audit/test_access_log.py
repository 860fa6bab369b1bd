"""Who looked at what is noted at no cost to the page, a row a day, told to owners, and forgotten in time."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from django.conf import settings
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from tests.integration.build import new_run, observed, put_on_record
from tests.people import People
from traces.actions import note_access as noting
from traces.actions.note_access import forget_accesses, note_access, write_accesses
from traces.models import AccessTally, Run
from traces.models.access_tally import Way
from traces.queries.access import Viewer
from traces.queries.disclosure import get_disclosure


@pytest.fixture(autouse=True)
def _nothing_waits() -> None:
    noting._seen.take()


@pytest.fixture
def run(people: People) -> str:
    made = new_run()
    put_on_record(people.project, observed(made, "a", output="words"))
    return made


def signed_in(person: Any) -> Client:
    client = Client()
    client.force_login(person)
    return client


def noted() -> list[tuple[str, str, int]]:
    rows = AccessTally.objects.order_by("by", "way")
    return list(rows.values_list("by", "way", "times"))


def test_it_works(people: People, run: str) -> None:
    bob = signed_in(people.bob)
    for address in (f"/runs/{run}", f"/runs/{run}/nodes/a", f"/runs/{run}/retention"):
        assert bob.get(address).status_code == 200
    assert bob.get(f"/api/v1/runs/{run}").status_code == 200
    assert write_accesses() == 2
    assert noted() == [("user:bob", "api", 1), ("user:bob", "view", 3)]
    bob.get(f"/runs/{run}")
    write_accesses()
    assert noted() == [("user:bob", "api", 1), ("user:bob", "view", 4)]
    page = signed_in(people.alice).get(f"/projects/{people.project.slug}/access").content.decode()
    assert "bob" in page
    assert run in page


def test_noting_asks_the_database_nothing(people: People, run: str) -> None:
    with CaptureQueriesContext(connection) as asked:
        for _ in range(1_000):
            note_access(run, by="user:bob", way=Way.VIEW)
        note_access("no run at all", by="user:bob", way=Way.VIEW)
    assert len(asked) == 0
    assert write_accesses() == 1
    assert noted() == [("user:bob", "view", 1_000)]


def test_what_was_refused_is_not_noted_and_runs_that_are_not_there_are_left_out(
    people: People, run: str
) -> None:
    charlie = signed_in(people.charlie)
    assert charlie.get(f"/runs/{run}").status_code == 404
    assert Client().get(f"/runs/{run}").status_code == 302
    assert write_accesses() == 0
    note_access(new_run(), by="user:bob", way=Way.VIEW)
    write_accesses()
    assert noted() == []


def test_memory_is_bounded_while_nothing_can_be_written(
    run: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(noting, "MOST_WAITING", 3)
    for number in range(9):
        note_access(run, by=f"user:{number}", way=Way.VIEW)
    assert write_accesses() == 3


def test_it_is_for_owners_alone(people: People, run: str) -> None:
    page, api = f"/projects/{people.project.slug}/access", "/api/v1/access"
    assert signed_in(people.bob).get(page).status_code == 403
    assert signed_in(people.charlie).get(page).status_code == 404
    assert signed_in(people.bob).get(api).status_code == 404
    note_access(run, by="key:abc", way=Way.READ)
    write_accesses()
    alice = signed_in(people.alice)
    [row] = alice.get(f"{api}?by=key:abc&run={run}").json()["items"]
    assert (row["run"], row["way"], row["times"]) == (run, "api", 1)
    assert alice.get(f"{api}?by=key:other").json()["items"] == []
    assert alice.get(f"{page}?run=nonsense").status_code == 404


def test_pages_of_rows_go_on_by_a_cursor(people: People, run: str) -> None:
    for number in range(5):
        note_access(run, by=f"user:{number}", way=Way.VIEW)
    write_accesses()
    alice = signed_in(people.alice)
    first = alice.get("/api/v1/access?limit=3").json()
    second = alice.get(f"/api/v1/access?limit=3&cursor={first['next']}").json()
    assert [len(first["items"]), len(second["items"])] == [3, 2]
    assert second["next"] is None


def test_it_is_forgotten_after_its_own_time_and_outlives_the_run(people: People, run: str) -> None:
    note_access(run, by="user:bob", way=Way.VIEW)
    write_accesses()
    Run.objects.filter(pk=run).delete()
    today = AccessTally.objects.get().day
    assert forget_accesses(today=today + dt.timedelta(days=settings.ACCESS_LOG_DAYS)) == 0
    assert forget_accesses(today=today + dt.timedelta(days=settings.ACCESS_LOG_DAYS + 1)) == 1


def test_the_disclosure_names_who_looked(people: People, run: str) -> None:
    note_access(run, by="user:bob", way=Way.VIEW)
    write_accesses()
    who = Viewer(project_ids=frozenset({people.project.pk}))
    answer = get_disclosure(who=who, run_id=run)[16]
    assert answer.answer == "Viewed by user:bob (1). Exported by nobody."
