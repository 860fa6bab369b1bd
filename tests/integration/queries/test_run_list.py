"""Lists of runs in each order: every run once, however they are cut into pages, and what they come to together."""

from __future__ import annotations

import random
import re
from collections.abc import Iterator
from decimal import Decimal

import pytest
from django.db import connection

from deliberation.events import RunStarted
from deliberation.vocabulary import Cost, CostProvenance, NodeKind, Usage
from tests.integration.build import (
    NOW_NS,
    SECOND,
    make_event,
    make_project,
    new_run,
    observed,
    put_on_record,
)
from tests.people import People
from traces.models import Run
from traces.queries import run_list
from traces.queries.access import NotVisible, Viewer
from traces.queries.run_filters import RunFilters
from traces.queries.run_list import list_runs
from traces.queries.run_order import RunOrder
from traces.queries.run_totals import total_runs

ALL = RunFilters()


@pytest.fixture
def viewer() -> Viewer:
    return Viewer(project_ids=frozenset({make_project().pk}))


def make_run(name: str, *, project: str = "default", tag: str = "t", **columns: object) -> str:
    run = new_run()
    put_on_record(make_project(project), make_event(RunStarted, run, name=name, tags=[tag]))
    Run.objects.filter(pk=run).update(**columns)
    return run


def make_some(number: int, project: str = "default") -> list[str]:
    chance = random.Random(number)
    return [
        make_run(
            str(at),
            project=project,
            tag="rare" if at % 5 == 0 else "common",
            started_ns=chance.choice([None, NOW_NS, NOW_NS - chance.randrange(9) * SECOND]),
            cost=chance.choice([None, Decimal("0.1"), Decimal(chance.randrange(9)) / 7]),
            ended_ns=chance.choice([None, NOW_NS + chance.randrange(5) * SECOND]),
            nodes=chance.choice([0, 3]),
            discarded=chance.randrange(3),
        )
        for at in range(number)
    ]


def walk(viewer: Viewer, filters: RunFilters, order: RunOrder, limit: int) -> Iterator[str]:
    cursor = None
    while True:
        page = list_runs(who=viewer, filters=filters, order=order, cursor=cursor, limit=limit)
        yield from (str(row.id) for row in page.items)
        cursor = page.next
        if cursor is None:
            return


def test_it_works(viewer: Viewer) -> None:
    cheap, dear = make_run("cheap", cost=Decimal("0.1")), make_run("dear", cost=Decimal("0.2"))
    make_run("unknown", cost=None)
    assert list(walk(viewer, ALL, RunOrder.COST, limit=1))[:2] == [dear, cheap]


@pytest.mark.parametrize("order", RunOrder)
@pytest.mark.parametrize("limit", [1, 3, 50])
def test_every_run_comes_once_in_its_order(viewer: Viewer, order: RunOrder, limit: int) -> None:
    made = make_some(23)
    seen = list(walk(viewer, ALL, order, limit))
    assert sorted(seen) == sorted(made)
    rows = list_runs(who=viewer, filters=ALL, order=order, limit=50).items
    keys = {
        RunOrder.NEWEST: lambda row: (0, row.id),
        RunOrder.STARTED: lambda row: (
            -1 if row.started_ns is None else row.started_ns,
            row.id,
        ),
        RunOrder.COST: lambda row: (-1 if row.cost is None else row.cost, row.id),
        RunOrder.DURATION: lambda row: (
            -1 if row.duration_ns is None else row.duration_ns,
            row.id,
        ),
        RunOrder.DISCARDED: lambda row: (
            -1 if row.discarded_share is None else row.discarded_share,
            row.id,
        ),
    }
    assert seen == [str(row.id) for row in sorted(rows, key=keys[order], reverse=True)]


@pytest.mark.parametrize("order", RunOrder)
def test_what_is_rare_is_found_a_portion_at_a_time(
    viewer: Viewer, order: RunOrder, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(run_list, "PORTION", 4)
    make_some(23)
    whole = list_runs(who=viewer, filters=ALL, order=order, limit=50).items
    rare = [str(row.id) for row in whole if row.tags == ["rare"]]
    assert len(rare) == 5
    assert list(walk(viewer, RunFilters(tag="rare"), order, limit=2)) == rare
    first = list_runs(who=viewer, filters=RunFilters(tag="nowhere"), order=order)
    assert (first.items, first.stopped_early, first.next is None) == ([], True, False)


@pytest.mark.parametrize("order", RunOrder)
def test_projects_are_merged_and_none_is_passed_over(
    order: RunOrder, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(run_list, "PORTION", 3)
    made = make_some(7, "one") + make_some(17, "two")
    both = Viewer(project_ids=frozenset(make_project(slug).pk for slug in ("one", "two")))
    assert sorted(walk(both, RunFilters(has_discarded=False, q=""), order, limit=2)) == sorted(made)
    found = list(walk(both, RunFilters(tag="common"), order, limit=2))
    whole = [str(row.id) for row in list_runs(who=both, filters=ALL, order=order).items]
    common = set(Run.objects.filter(tags=["common"]).values_list("pk", flat=True))
    assert found == [run for run in whole if run in {str(each) for each in common}]
    only = list(walk(both, RunFilters(project="one"), order, limit=2))
    assert len(only) == 7


@pytest.mark.parametrize(
    ("filters", "found"),
    [
        ({"cost_from": Decimal("0.1")}, ["dear", "middle"]),
        ({"cost_to": Decimal("0.1")}, ["cheap", "middle"]),
        ({"has_discarded": True}, ["middle"]),
        ({"needs_approval": True}, []),
        ({"state": "running"}, ["cheap", "dear", "middle", "unknown"]),
        ({"project": "elsewhere"}, []),
    ],
)
def test_filters_narrow(viewer: Viewer, filters: dict[str, object], found: list[str]) -> None:
    make_run("cheap", cost=Decimal("0.01"))
    make_run("middle", cost=Decimal("0.1"), discarded=1)
    make_run("dear", cost=Decimal("0.2"))
    make_run("unknown")
    page = list_runs(who=viewer, filters=RunFilters(**filters))
    assert sorted(row.name or "" for row in page.items) == found


@pytest.mark.parametrize(
    "cursor",
    [
        *("nonsense", "1~nonsense", "x~" + "0" * 32, "~", "1~2~3", ""),
        *(f"{value}~{'0' * 32}" for value in ("NaN", "sNaN", "-Infinity", "1e99", "9e999999")),
    ],
)
@pytest.mark.parametrize("order", RunOrder)
def test_a_cursor_that_is_none_is_not_there(viewer: Viewer, order: RunOrder, cursor: str) -> None:
    make_run("a")
    with pytest.raises(NotVisible):
        list_runs(who=viewer, filters=ALL, order=order, cursor=cursor)


@pytest.mark.parametrize(
    ("order", "index"),
    [
        (RunOrder.NEWEST, "runs_newest_first"),
        (RunOrder.STARTED, "runs_by_start"),
        (RunOrder.COST, "runs_by_cost"),
        (RunOrder.DURATION, "runs_by_duration"),
        (RunOrder.DISCARDED, "runs_by_discarded"),
    ],
)
def test_an_index_leads_to_each_place_in_each_order(
    viewer: Viewer, order: RunOrder, index: str
) -> None:
    make_some(40)
    page = list_runs(who=viewer, filters=ALL, order=order, limit=3)
    place = run_list.read_place(page.next or "", order)
    (portion,) = run_list.portions_of(who=viewer, filters=ALL, order=order, start=place, most=4)
    with connection.cursor() as cursor:
        # With so few rows Postgres would rather read all of them.
        for other in ("seqscan", "bitmapscan", "sort"):
            cursor.execute(f"SET LOCAL enable_{other} = off")
        plan = portion.runs[:3].explain()
    assert index in plan, plan
    assert "Sort" not in plan, plan
    condition = next(line for line in plan.splitlines() if "Index Cond" in line)
    assert re.search(r"\bid\)? < .*\bid\)? >= ", condition), plan


def test_totals_are_the_sums_of_the_list(people: People) -> None:
    run = make_run("priced")
    put_on_record(
        people.project,
        observed(
            run,
            "a",
            node_kind=NodeKind.MODEL_CALL,
            usage=Usage(input=10, output=2),
            cost=Cost(amount=Decimal("0.30"), provenance=CostProvenance.ESTIMATED),
        ),
    )
    make_run("unpriced", discarded=1, nodes=3)
    totals = total_runs(who=people.bob, filters=ALL)
    assert (totals.runs, totals.cost, totals.without_cost) == (2, Decimal("0.30"), 1)
    assert (totals.tokens, totals.nodes, totals.discarded) == (12, 4, 1)
    assert totals.discarded_share == 0.25
    assert (totals.is_whole, totals.is_estimated) == (True, True)
    assert sum(totals.spend) == Decimal("0.30")
    assert total_runs(who=people.bob, filters=RunFilters(tag="nowhere")).runs == 0
    assert total_runs(who=people.charlie, filters=ALL).runs == 0


def test_spend_is_told_by_when_it_was_spent(viewer: Viewer) -> None:
    for hour, cost in ((0, "1"), (1, "2"), (100, "4")):
        make_run("a", started_ns=NOW_NS + hour * 3600 * SECOND, cost=Decimal(cost))
    spend = list(total_runs(who=viewer, filters=ALL).spend)
    assert (spend[0], spend[-1], len(spend)) == (Decimal(3), Decimal(4), 40)
    assert sum(spend) == 7
