"""A billable call is counted once, whoever tells of it, how often, and in whatever order."""

from __future__ import annotations

import random
import uuid
from collections.abc import Callable
from decimal import Decimal
from itertools import permutations
from typing import Any

import pytest

from deliberation.events import CandidateProposed, Event
from deliberation.vocabulary import Cost, CostBasis, CostProvenance, NodeKind, TextVisibility, Usage
from tests.integration.build import (
    NOW_NS,
    SECOND,
    ended,
    make_event,
    make_project,
    new_run,
    observed,
    put_on_record,
    started,
)
from traces.actions.compare_rows import compare_rows
from traces.actions.find_runs import find_runs
from traces.actions.rebuild import rebuild
from traces.actions.settle_responses import settle_responses
from traces.models import Node, Project, Response, Run
from traces.queries.access import NotVisible, Viewer
from traces.queries.candidates import list_candidates
from traces.queries.set_aside import list_set_aside

pytestmark = pytest.mark.django_db

TELL = Usage(input=100, output=20)
LONG_ID = "chatcmpl-766d7039acf02902d706c25b"


def call(run: str, node: str, **facts: Any) -> Event:
    given = {"node_kind": NodeKind.MODEL_CALL, "usage": TELL, "cost_basis": CostBasis.MEASURED}
    times = {"started_at": NOW_NS, "ended_at": NOW_NS + SECOND}
    return observed(run, node, **{"instrumentation": "some", **given, **times, **facts})


def twin(run: str, node: str, instrumentation: str, **facts: Any) -> Event:
    return call(run, node, response_id=LONG_ID, instrumentation=instrumentation, **facts)


def spent(run: str) -> tuple[int | None, int]:
    row = Run.objects.get(pk=run)
    return row.input_tokens, row.model_calls


def aside(run: str) -> dict[str, str]:
    rows = Node.objects.filter(run_id=run, aside__isnull=False)
    return {str(node_id): str(reason) for node_id, reason in rows.values_list("node_id", "aside")}


def rows(run: str) -> list[dict[str, Any]]:
    return [
        *Run.objects.filter(pk=run).values(),
        *Node.objects.filter(run_id=run).order_by("node_id").values(),
    ]


def record_in_passes(project: Project, events: list[Event]) -> None:
    for event in events:
        put_on_record(project, event)
    settle_responses()


def nested(run: str) -> list[Event]:
    agent = observed(run, "agent", node_kind=NodeKind.AGENT, usage=Usage(input=200, output=40))
    outer = call(run, "outer", parent="agent")
    between = observed(run, "between", parent="outer", node_kind=NodeKind.STEP)
    return [
        agent,
        outer,
        between,
        call(run, "inner", parent="between"),
        call(run, "other", parent="agent"),
    ]


def test_it_works() -> None:
    run = new_run()
    put_on_record(make_project(), *nested(run))
    assert spent(run) == (200, 2)
    assert aside(run) == {"agent": "repeated_below", "outer": "repeated_below"}


def test_the_order_of_arrival_and_the_cut_into_passes_change_nothing() -> None:
    for order in permutations(range(5)):
        run = new_run()
        events = nested(run)
        record_in_passes(make_project(), [events[index] for index in order])
        assert spent(run) == (200, 2), order
        assert aside(run) == {"agent": "repeated_below", "outer": "repeated_below"}, order


def test_an_agents_sum_counts_while_nothing_below_states_tokens() -> None:
    run, project = new_run(), make_project()
    put_on_record(project, observed(run, "agent", node_kind=NodeKind.AGENT, usage=TELL))
    assert spent(run) == (100, 0)
    put_on_record(project, call(run, "a", parent="agent", usage=None, cost_basis=None))
    assert spent(run) == (100, 1)
    put_on_record(project, call(run, "b", parent="agent", usage=Usage(input=7)))
    assert spent(run) == (7, 2)


def test_an_outer_call_speaks_for_an_inner_one_that_states_nothing() -> None:
    run = new_run()
    inner = call(run, "inner", parent="outer", usage=None, cost_basis=None)
    put_on_record(make_project(), call(run, "outer"), inner)
    assert spent(run) == (100, 1)
    assert aside(run) == {}


def test_a_call_inside_a_tool_is_not_the_calls_around_it() -> None:
    run = new_run()
    tool = observed(run, "tool", parent="outer", node_kind=NodeKind.TOOL_CALL)
    put_on_record(make_project(), call(run, "outer"), tool, call(run, "inner", parent="tool"))
    assert spent(run) == (200, 2)


def test_a_native_call_under_another_is_the_next_step_of_a_search() -> None:
    run = new_run()
    step = call(run, "b", parent="a", instrumentation=None)
    put_on_record(make_project(), call(run, "a", instrumentation=None), step)
    assert spent(run) == (200, 2)


def test_an_amount_that_a_search_put_on_a_node_counts_beside_those_below() -> None:
    run = new_run()
    above = observed(run, "a", usage=Usage(input=5), cost_basis=CostBasis.SPLIT)
    below = observed(run, "b", parent="a", usage=Usage(input=6), cost_basis=CostBasis.SPLIT)
    put_on_record(make_project(), above, below)
    assert spent(run)[0] == 11


def test_a_tokens_statement_that_comes_with_the_end_is_told_to_stored_nodes_above() -> None:
    run, project = new_run(), make_project()
    chain = [started(run, "0", node_kind=NodeKind.AGENT, usage=TELL)]
    chain += [started(run, str(n), parent=str(n - 1)) for n in range(1, 30)]
    leaf = started(run, "leaf", parent="29", node_kind=NodeKind.MODEL_CALL)
    put_on_record(project, *chain, leaf)
    put_on_record(project, ended(run, "leaf", usage=Usage(input=3)))
    assert spent(run) == (3, 1)
    assert Node.objects.get(run_id=run, node_id="0").usage_below


def test_what_an_embedding_read_costs_money_and_is_no_token_of_deliberation() -> None:
    run = new_run()
    money = Cost(amount=Decimal("0.5"), provenance=CostProvenance.REPORTED)
    look_up = observed(
        run,
        "e",
        node_kind=NodeKind.RETRIEVAL,
        usage=TELL,
        cost=money,
        cost_basis=CostBasis.MEASURED,
    )
    put_on_record(make_project(), look_up)
    row = Run.objects.get(pk=run)
    assert (row.input_tokens, row.cost) == (None, Decimal("0.5"))


def sibling(run: str) -> list[Event]:
    return [
        twin(run, "sdk", "com.vendor.sdk"),
        twin(run, "text", "instrumentation", text_visibility=TextVisibility.FULL),
    ]


@pytest.mark.parametrize("arrange", [list, reversed], ids=["in order", "reversed"])
def test_of_two_instrumentations_of_one_call_the_one_that_says_more_counts(
    arrange: Callable[[list[Event]], Any],
) -> None:
    run = new_run()
    record_in_passes(make_project(), list(arrange(sibling(run))))
    assert spent(run) == (100, 1)
    assert aside(run) == {"sdk": "same_response"}
    assert Node.objects.get(run_id=run, node_id="sdk").twin_of == f"{run}:text"


@pytest.mark.parametrize("arrange", [list, reversed], ids=["in order", "reversed"])
def test_two_traces_that_tell_of_one_call_count_it_in_one_of_them(
    arrange: Callable[[list[Event]], Any],
) -> None:
    lone, whole, project = new_run(), new_run(), make_project()
    text = twin(whole, "text", "instrumentation", text_visibility=TextVisibility.FULL)
    record_in_passes(project, list(arrange([twin(lone, "sdk", "com.vendor.sdk"), text])))
    assert spent(lone) == (None, 0)
    assert spent(whole) == (100, 1)


def test_the_rows_of_runs_that_share_a_call_are_what_their_ledgers_give() -> None:
    lone, whole, project = new_run(), new_run(), make_project()
    text = twin(whole, "text", "instrumentation", text_visibility=TextVisibility.FULL)
    record_in_passes(project, [twin(lone, "sdk", "com.vendor.sdk"), text])
    for run in (lone, whole):
        assert compare_rows(run_id=uuid.UUID(run)) == []
    assert not Response.objects.filter(is_settled=False)


def test_a_twin_in_another_project_is_no_twin() -> None:
    one, other = new_run(), new_run()
    record_in_passes(make_project(), [twin(one, "a", "x")])
    record_in_passes(make_project("another"), [twin(other, "b", "y")])
    assert spent(one) == spent(other) == (100, 1)


def test_one_instrumentation_that_gives_one_id_twice_made_two_calls() -> None:
    run = new_run()
    record_in_passes(make_project(), [twin(run, "a", "x"), twin(run, "b", "x")])
    assert spent(run) == (200, 2)


def test_an_id_that_comes_again_later_is_another_call() -> None:
    run = new_run()
    later = twin(run, "b", "y", started_at=NOW_NS + 2 * SECOND, ended_at=NOW_NS + 3 * SECOND)
    record_in_passes(make_project(), [twin(run, "a", "x"), later])
    assert spent(run) == (200, 2)


def test_an_id_that_very_many_calls_carry_is_a_placeholder() -> None:
    run = new_run()
    events = [twin(run, f"n{n}", f"scope {n % 2}") for n in range(200)]
    put_on_record(make_project(), *events)
    settle_responses()
    assert spent(run) == (20_000, 200)
    assert Response.objects.count() < 200


def test_the_place_of_a_twin_is_taken_by_the_next_when_it_turns_out_to_be_an_outer_span() -> None:
    run, project = new_run(), make_project()
    record_in_passes(project, sibling(run))
    record_in_passes(project, [call(run, "inner", parent="text")])
    assert aside(run) == {"text": "repeated_below"}
    assert spent(run) == (200, 2)


def unpaid(run: str) -> list[Event]:
    return [observed(run, "a", node_kind=NodeKind.THOUGHT)]


@pytest.mark.parametrize("make", [nested, sibling, unpaid])
def test_rebuild_gives_the_same_rows(make: Callable[[str], list[Event]]) -> None:
    project = make_project()
    run = find_runs(
        project=project.pk,
        trace_ids=["a trace"],
        now_ns=NOW_NS,
        randbytes=random.Random(5).randbytes,
        source="otlp",
    )["a trace"]
    record_in_passes(project, make(run))
    before = rows(run)
    rebuild(run_id=Run.objects.get(pk=run).pk)
    assert rows(run) == before


def test_what_a_worker_died_over_is_settled_by_the_next() -> None:
    run = new_run()
    put_on_record(make_project(), *sibling(run))
    assert spent(run) == (200, 2)
    changes = settle_responses()
    assert [change.run for change in changes] == [run]
    assert spent(run) == (100, 1)
    assert settle_responses() == ()


def test_what_is_set_aside_is_shown_with_its_reason() -> None:
    run, project = new_run(), make_project()
    put_on_record(project, *nested(run))
    put_on_record(project, *sibling(run))
    settle_responses()
    lines = list_set_aside(who=Viewer(project_ids=frozenset({project.pk})), run_id=run)
    assert [(line.reason, line.nodes, line.input) for line in lines] == [
        ("repeated_below", 2, 300),
        ("same_response", 1, 100),
    ]


def test_nobody_else_is_shown_it() -> None:
    run = new_run()
    put_on_record(make_project(), *nested(run))
    with pytest.raises(NotVisible):
        list_set_aside(who=Viewer(project_ids=frozenset()), run_id=run)


def test_the_choices_of_a_call_that_is_told_twice_are_candidates_once() -> None:
    run, project = new_run(), make_project()
    told = [
        event
        for node, parent in (("outer", None), ("inner", "outer"))
        for event in (
            call(run, node, parent=parent),
            observed(run, f"{node}:c0", parent=node, node_kind=NodeKind.SAMPLE),
            make_event(CandidateProposed, run, node=f"{node}:c0", answer="4"),
        )
    ]
    record_in_passes(project, told)
    who = Viewer(project_ids=frozenset({project.pk}))
    assert [each.node_id for each in list_candidates(who=who, run_id=run).candidates] == [
        "inner:c0"
    ]
