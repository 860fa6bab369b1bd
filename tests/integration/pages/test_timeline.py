"""When the nodes of a run went on: bars in lanes, idle time, and what names no time."""

from __future__ import annotations

import csv
import json
from collections import Counter
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.test import Client
from django.urls import reverse

from deliberation.events import RunEnded, RunStarted
from deliberation.vocabulary import NodeKind, ObservedState
from tests.integration.build import NOW_NS, SECOND, make_event, new_run, observed, put_on_record
from tests.people import People
from traces.models import Run
from traces.queries.timeline import get_timeline

RECORDED = Path(__file__).resolve().parents[4] / "shared" / "corpus" / "langchain-openinference"


@pytest.fixture
def bob(people: People) -> Client:
    client = Client()
    client.force_login(people.bob)
    return client


def node(run: str, name: str, start: float, end: float | None, parent: str | None = None) -> Any:
    return observed(
        run,
        name,
        name=name,
        parent=parent,
        node_kind=NodeKind.TOOL_CALL,
        started_at=NOW_NS + int(start * SECOND),
        ended_at=None if end is None else NOW_NS + int(end * SECOND),
    )


@pytest.fixture
def run(people: People) -> str:
    """Two at once under a root, half an hour of nothing, one that tells no end, one without a time."""
    made = new_run()
    put_on_record(
        people.project,
        make_event(RunStarted, made),
        node(made, "root", 0, 1900),
        node(made, "a", 1, 60, "root"),
        node(made, "b", 2, 50, "root"),
        node(made, "c", 1860, None, "root"),
        observed(made, "timeless", parent="root"),
        make_event(RunEnded, made, state=ObservedState.COMPLETED),
    )
    return made


def drawing_of(client: Client, run: str) -> Any:
    answer = client.get(reverse("figure-timeline", args=[run]))
    assert answer.status_code == 200
    return answer.json()


def test_it_works(bob: Client, run: str) -> None:
    found = drawing_of(bob, run)
    bars = found["columns"]
    assert bars["name"] == ["root", "a", "b", "c"]
    assert bars["lane"] == [0, 1, 2, 1]
    assert bars["start"] == [0, 1_000_000, 2_000_000, 1860_000_000]
    assert bars["length"] == [1900_000_000, 59_000_000, 48_000_000, 0]
    assert bars["lacks_end"] == [0, 0, 0, 1]
    assert found["gaps"] == [{"start": 60_000_000, "length": 1800_000_000}]
    assert found["said"] == (
        "4 nodes in 3 lanes over 1,900 s; nothing went on for 1,800 s in 1 gap: 1,800 s after 60 s;"
        " 1 tell no end; 1 name no time and stand outside."
    )


def test_the_page_says_in_its_address_that_idle_time_is_shortened(bob: Client, run: str) -> None:
    address = reverse("run-timeline", args=[run])
    assert 'value="short" checked' not in bob.get(address).text
    assert 'value="short" checked' in bob.get(address, {"gaps": "short"}).text
    refused = bob.get(address, {"gaps": "none"})
    assert (refused.status_code, refused.text) == (400, "gaps is one of true, short")


def test_the_rest_of_a_parent_s_is_one_bar_and_counted(people: People) -> None:
    run = new_run()
    many = [node(run, f"n{each}", each, each + 1 + each % 5, "root") for each in range(40)]
    put_on_record(people.project, node(run, "root", 0, 60), *many)
    found = get_timeline(who=people.bob, run_id=run, bars_at_most=10)
    (rest,) = [bar for bar in found.bars if bar.count > 1]
    assert (len(found.bars), rest.count, rest.name) == (10, 32, "32 more")
    assert (rest.ordinal, rest.lane) == (found.bars[0].ordinal, found.lanes - 1)
    assert sum(bar.count for bar in found.bars) == 41


def test_a_run_without_times_says_so(people: People, bob: Client) -> None:
    run = new_run()
    put_on_record(people.project, observed(run, "a"))
    found = drawing_of(bob, run)
    assert found["empty"] == found["said"] == "No node names the time at which it began."


@pytest.mark.skipif(not RECORDED.is_dir(), reason="the recordings are not here (../shared/corpus)")
def test_a_recorded_program_s_bars_are_those_of_its_rows(people: People, bob: Client) -> None:
    call_command("import_traces", str(RECORDED), stdout=StringIO(), stderr=StringIO())
    run = Run.objects.order_by("-nodes")[0]
    text = bob.get(reverse("figure-timeline-csv", args=[run.id])).content.decode("utf-8-sig")
    rows = list(csv.DictReader(StringIO(text, newline="")))
    listed = bob.get(f"/api/v1/runs/{run.id}/nodes", {"limit": 1000}).json()["items"]
    assert Counter(row["Kind"] for row in rows) == Counter(each["kind"] for each in listed)
    whole = max(float(row["Began after, s"]) + float(row["Took, s"] or 0) for row in rows)
    assert json.loads(json.dumps(drawing_of(bob, str(run.id))))["length"] == pytest.approx(
        whole * 1e6, abs=1
    )
