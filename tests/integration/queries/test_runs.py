"""Runs in lists: who sees which, in which order, narrowed by what."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest

from deliberation.events import AnswerSelected, RunEnded, RunStarted
from deliberation.vocabulary import Cost, CostProvenance, NodeKind, ObservedState, Strategy, Usage
from tests.integration.build import (
    NOW,
    make_event,
    make_project,
    new_run,
    observed,
    put_on_record,
)
from tests.people import People
from traces.models import Run
from traces.queries.access import NotVisible, Viewer
from traces.queries.run_filters import RunFilters
from traces.queries.run_list import list_runs
from traces.queries.runs import get_run


@pytest.fixture
def viewer() -> Viewer:
    return Viewer(project_ids=frozenset({make_project().pk}))


def started_run(name: str = "a run", **facts: object) -> str:
    run = new_run()
    put_on_record(make_project(), make_event(RunStarted, run, name=name, **facts))
    return run


def names(viewer: Viewer, **filters: object) -> list[str | None]:
    return [run.name for run in list_runs(who=viewer, filters=RunFilters(**filters)).items]


def test_it_works(people: People) -> None:
    run = started_run("say hello", strategy=Strategy.BEST_OF_N, task="why?", tags=["t"])
    put_on_record(
        people.project,
        observed(
            run,
            "a",
            node_kind=NodeKind.MODEL_CALL,
            model="m",
            usage=Usage(input=3, output=1),
            cost=Cost(amount=Decimal("0.10"), provenance=CostProvenance.PRICED),
        ),
        make_event(AnswerSelected, run, node="a", rule="first"),
        make_event(RunEnded, run, state=ObservedState.COMPLETED, answer="42"),
    )
    (row,) = list_runs(who=people.alice, filters=RunFilters()).items
    assert (row.name, row.project, row.strategy, row.models) == (
        "say hello",
        "default",
        "best_of_n",
        ["m"],
    )
    assert (row.usage.total, row.cost, row.counts.nodes) == (4, Decimal("0.1"), 1)
    assert row.answer_preview == "42"
    assert row.last_seq == row.counts.events - 1
    assert get_run(who=people.bob, run_id=run).head.startswith(f"{run} {row.counts.events} ")


def test_who_is_in_no_project_sees_nothing(people: People) -> None:
    run = started_run()
    assert list_runs(who=people.charlie, filters=RunFilters()).items == []
    with pytest.raises(NotVisible):
        get_run(who=people.charlie, run_id=run)


@pytest.mark.parametrize("nonsense", ["", "nonsense", "\x00", "0" * 32, "🎈"])
def test_an_id_that_is_none_is_not_there(viewer: Viewer, nonsense: str) -> None:
    with pytest.raises(NotVisible):
        get_run(who=viewer, run_id=nonsense)


def test_pages_hold_each_run_once_newest_first(viewer: Viewer) -> None:
    made = [started_run(str(number)) for number in range(7)]
    seen, cursor = [], None
    while True:
        page = list_runs(who=viewer, filters=RunFilters(), cursor=cursor, limit=3)
        seen += [str(run.id) for run in page.items]
        cursor = page.next
        if cursor is None:
            break
    assert seen == sorted(made, reverse=True)


@pytest.mark.parametrize(
    ("filters", "found"),
    [
        ({"q": "HELL"}, True),
        ({"q": "capital of"}, True),
        ({"q": "night"}, True),
        ({"q": "%"}, False),
        ({"q": "a\x00b"}, False),
        ({"q": "\ud800"}, False),
        ({"state": "running"}, True),
        ({"state": "completed"}, False),
        ({"strategy": "mcts"}, True),
        ({"tag": "nightly"}, True),
        ({"tag": "night"}, False),
        ({"model": "m"}, True),
        ({"trace_id": "0" * 32}, False),
        ({"since": NOW}, True),
        ({"since": NOW + dt.timedelta(seconds=1)}, False),
        ({"until": NOW}, False),
        ({"until": dt.datetime.max.replace(tzinfo=dt.UTC)}, True),
        ({"since": dt.datetime.min}, True),
    ],
)
def test_filters_narrow(viewer: Viewer, filters: dict[str, object], found: bool) -> None:
    started_run(
        "hello", task="the capital of", tags=["nightly"], strategy=Strategy.MCTS, models=["m"]
    )
    assert names(viewer, **filters) == (["hello"] if found else [])


def test_a_run_of_which_nothing_is_recorded_yet_is_not_there(viewer: Viewer) -> None:
    run = new_run()
    Run.objects.create(id=run, project=make_project(), source="otlp", trace_id="a" * 32)
    assert names(viewer) == []
    with pytest.raises(NotVisible):
        get_run(who=viewer, run_id=run)


def test_a_long_answer_is_whole_where_one_run_is_asked_for(viewer: Viewer) -> None:
    run = started_run()
    answer = "x" * 1_990 + "\x00 and the rest " * 500
    put_on_record(
        make_project(), make_event(RunEnded, run, state=ObservedState.COMPLETED, answer=answer)
    )
    (row,) = list_runs(who=viewer, filters=RunFilters()).items
    assert len(row.answer or "") == 2_000
    assert get_run(who=viewer, run_id=run).answer == answer.replace("\x00", "\ufffd")


def test_a_run_without_times_of_its_own_is_found_by_when_it_came(viewer: Viewer) -> None:
    run = new_run()
    put_on_record(make_project(), RunStarted(run=run, key="k", name="undated"))
    assert names(viewer, since=NOW - dt.timedelta(days=1)) == ["undated"]
    assert names(viewer, until=NOW - dt.timedelta(days=1)) == []
