"""Pages and API say that an end is inferred, and why."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from ingest import tasks
from tests.integration.build import new_run, observed, put_on_record
from tests.integration.test_quiet_runs import QUIET, sweep
from tests.people import People
from traces.models import Run


@pytest.fixture
def run(people: People) -> str:
    made = new_run()
    put_on_record(people.project, observed(made, "a"))
    return made


@pytest.fixture
def bob(people: People) -> Client:
    client = Client()
    client.force_login(people.bob)  # type: ignore[arg-type]
    return client


def text_of(page: str) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", page.partition("<main")[2]).split())


def test_it_works(run: str, bob: Client) -> None:
    assert "None yet" in text_of(bob.get(reverse("run", args=[run])).text)
    sweep(QUIET + 1)
    page = text_of(bob.get(reverse("run", args=[run])).text)
    assert "ended (inferred: nothing heard for 15 min)" in page
    assert "stopped:" not in page
    assert "None recorded" in page
    assert "Not recorded:" in page
    assert "its end" in page


def test_a_list_says_it_shortly_and_finds_it_by_its_state(run: str, bob: Client) -> None:
    sweep(QUIET + 1)
    assert "ended (inferred)" in text_of(bob.get(reverse("runs")).text)
    assert run in bob.get(reverse("runs"), {"state": "lost"}).text
    assert run not in bob.get(reverse("runs"), {"state": "running"}).text


def test_the_api_tells_a_reported_end_from_an_inferred_one(run: str, bob: Client) -> None:
    def told() -> dict[str, Any]:
        whole: dict[str, Any] = bob.get(f"/api/v1/runs/{run}").json()
        return {name: whole[name] for name in ("observed_state", "end_inferred", "stop_reason")}

    assert told() == {"observed_state": "running", "end_inferred": False, "stop_reason": None}
    sweep(QUIET + 1)
    assert told() == {
        "observed_state": "lost",
        "end_inferred": True,
        "stop_reason": "nothing heard for 15 min",
    }
    [listed] = bob.get("/api/v1/runs", {"status": "lost"}).json()["items"]
    assert (listed["id"], listed["end_inferred"]) == (run, True)


def test_the_clock_ends_runs_and_tells_open_pages(
    run: str, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    poked: list[str] = []
    monkeypatch.setattr(tasks, "poke", lambda changes: poked.extend(each.run for each in changes))
    settings.QUIET_AFTER_SECONDS = 90
    tasks.end_runs_that_are_quiet()
    assert poked == [run]
    assert Run.objects.get().stop_reason == "nothing heard for 90 s"
