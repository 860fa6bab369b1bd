"""Runs of one conversation are a session, whoever names it and whatever comes first."""

from __future__ import annotations

import uuid
from dataclasses import replace
from itertools import permutations

from deliberation.events import Event, MessageObserved, RunStarted
from deliberation.vocabulary import MessageDirection
from tests.integration.build import (
    NOW_NS,
    make_event,
    make_project,
    new_run,
    observed,
    put_on_record,
    started,
)
from tests.integration.otlp import CHILD, OTHER, ROOT, TRACE, log, logs, send, span, traces
from traces.actions.rebuild import rebuild
from traces.models import Run


def session_of(run: str) -> tuple[str | None, int | None, bool]:
    row = Run.objects.get(pk=run)
    return row.session_id, row.session_ns, row.is_session_stated


def comes_out_in_any_order(events: list[Event]) -> tuple[str | None, int | None, bool]:
    """Return what the run's session is, the same in every order, in passes of one, and rebuilt."""
    found = set()
    for order in permutations(events):
        run = new_run()
        for event in order:
            put_on_record(make_project(), replace(event, run=run))
        found.add(session_of(run))
        rebuild(run_id=uuid.UUID(run))
        found.add(session_of(run))
    [one] = found
    return one


def test_it_works() -> None:
    project = make_project()
    inner = span(CHILD, ROOT, attributes={"gen_ai.conversation.id": "c-1"})
    send(project, traces(inner))
    assert Run.objects.get(trace_id=TRACE).session_id == "c-1"


def test_a_log_names_the_session_of_its_trace() -> None:
    project = make_project()
    record = log("hi", traceId=TRACE, spanId=CHILD, attributes={"conversation.id": "c-1"})
    send(project, logs(record))
    assert Run.objects.get(trace_id=TRACE).session_id == "c-1"


def test_what_the_run_states_stands_before_what_its_nodes_name() -> None:
    run = new_run()
    told = [
        observed(run, "a", session_id="inner", started_at=NOW_NS - 5),
        make_event(RunStarted, run, session_id="stated"),
        observed(run, "b", session_id="other", started_at=NOW_NS),
    ]
    assert comes_out_in_any_order(told) == ("stated", NOW_NS, True)


def test_of_nodes_the_one_that_began_first_is_believed() -> None:
    run = new_run()
    told = [
        observed(run, "a", session_id="late", started_at=NOW_NS + 5),
        started(run, "b", session_id="early", started_at=NOW_NS + 1),
        observed(run, "c", session_id="no time", at=None),
        make_event(
            MessageObserved, run, node="a", direction=MessageDirection.INPUT, session_id="later",
            at=NOW_NS + 2,
        ),
    ]  # fmt: skip
    assert comes_out_in_any_order(told) == ("early", NOW_NS + 1, False)


def test_of_those_that_began_at_once_the_smallest_id_stands() -> None:
    run = new_run()
    told = [observed(run, name, session_id=name, started_at=NOW_NS) for name in ("b", "a", "c")]
    assert comes_out_in_any_order(told) == ("a", NOW_NS, False)


def test_runs_of_one_session_are_told_by_spans_of_any_level() -> None:
    project = make_project()
    traces_of_it = [f"{number:032x}" for number in (1, 2, 3)]
    said = {"attributes": {"session.id": "s-1"}}
    send(
        project,
        traces(span(CHILD, ROOT, traceId=traces_of_it[0], **said)),
        traces(span(ROOT, traceId=traces_of_it[1], **said)),
        logs(log("hi", traceId=traces_of_it[2], spanId=OTHER, **said)),
    )
    assert Run.objects.filter(project=project, session_id="s-1").count() == 3
