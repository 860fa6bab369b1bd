"""Recording: events become ledger entries and rows, once."""

from __future__ import annotations

import random
import uuid
from dataclasses import replace
from decimal import Decimal

import pytest
from django.db import ProgrammingError, transaction

from deliberation.events import (
    AnswerSelected,
    CandidateProposed,
    FateDecided,
    GapReported,
    NodeScored,
    RunEnded,
    RunStarted,
    VerdictGiven,
)
from deliberation.ledger.entry import read_line
from deliberation.ledger.parts import commit
from deliberation.ledger.tree import hash_leaf, root_of, root_of_leaves
from deliberation.vocabulary import (
    Cost,
    CostProvenance,
    DiscardReason,
    Fate,
    NodeKind,
    NodeStatus,
    ObservedState,
    Strategy,
    Usage,
    VerdictOutcome,
)
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
from traces.actions.rebuild import rebuild
from traces.audit.openings import unpack
from traces.models import Candidate, LedgerEntry, LedgerPart, Node, Run, Verdict
from traces.projection.tables import Table

pytestmark = pytest.mark.django_db


def node_of(run: str, node_id: str) -> Node:
    return Node.objects.get(run_id=run, node_id=node_id)


def test_it_works() -> None:
    run = new_run()
    recorded = put_on_record(
        make_project(), started(run, "a", node_kind=NodeKind.SAMPLE, name="try")
    )

    assert recorded.entries == 2
    assert [read_line(bytes(e.line))["kind"] for e in LedgerEntry.objects.order_by("seq")] == [
        "run.opened",
        "node.started",
    ]
    node = node_of(run, "a")
    assert (node.kind, node.name, node.status, node.ordinal) == ("sample", "try", "running", 1)
    assert Run.objects.get().nodes == 1


def test_the_same_event_twice_is_recorded_once() -> None:
    run, project = new_run(), make_project()
    event = observed(run, "a")
    put_on_record(project, event, event)
    recorded = put_on_record(project, event)

    assert (recorded.entries, recorded.known) == (0, 1)
    assert LedgerEntry.objects.count() == 2


def test_an_event_under_the_key_of_the_opening_stops_nothing() -> None:
    run, project = new_run(), make_project()
    put_on_record(project, replace(observed(run, "a"), key="opened"), observed(run, "b"))
    assert set(Node.objects.values_list("node_id", flat=True)) == {"b"}


def test_the_root_of_a_run_is_the_root_over_its_lines() -> None:
    run, project = new_run(), make_project()
    for n in range(7):
        put_on_record(project, observed(run, f"n{n}", output=f"text {n}"))

    lines = [bytes(entry.line) for entry in LedgerEntry.objects.order_by("seq")]
    frontier = bytes(Run.objects.get().frontier)
    hashes = [frontier[at : at + 32] for at in range(0, len(frontier), 32)]
    assert root_of(hashes) == root_of_leaves([hash_leaf(line) for line in lines])
    assert [read_line(line)["seq"] for line in lines] == list(range(8))


def test_every_part_opens_its_commitment() -> None:
    run = new_run()
    put_on_record(make_project(), observed(run, "a", input="in", output="x" * 10_000))

    entry = LedgerEntry.objects.get(seq=1)
    commitments = read_line(bytes(entry.line))["p"]
    openings = {opening.name: opening for opening in unpack(bytes(entry.openings))}
    assert openings["input"].data == b"in"
    large = LedgerPart.objects.get()
    assert openings["output"].inner == bytes(large.inner)
    assert bytes(large.data) == b"x" * 10_000
    assert commitments["output"] == commit(openings["output"].salt, bytes(large.inner))


def test_a_large_text_is_kept_once_per_run() -> None:
    run, project = new_run(), make_project()
    put_on_record(project, *(observed(run, f"n{n}", input="x" * 10_000) for n in range(5)))
    assert LedgerPart.objects.count() == 1


def test_a_child_that_comes_before_its_parent_is_linked_when_the_parent_arrives() -> None:
    run, project = new_run(), make_project()
    put_on_record(project, observed(run, "child", parent="parent"))
    assert node_of(run, "child").parent_ordinal is None
    assert Run.objects.get().orphans == 1

    put_on_record(project, observed(run, "parent"))
    child, parent = node_of(run, "child"), node_of(run, "parent")
    assert child.parent_ordinal == parent.ordinal
    assert child.changed_seq == parent.ordinal
    assert Run.objects.get().orphans == 0


def test_an_end_is_not_taken_back_by_a_start_that_arrives_later() -> None:
    run, project = new_run(), make_project()
    put_on_record(project, ended(run, "a", status=NodeStatus.OK, output="done"))
    put_on_record(project, started(run, "a", name="late"))

    node = node_of(run, "a")
    assert (node.status, node.name, node.preview) == ("ok", "late", "done")
    assert (node.started_ns, node.ended_ns) == (NOW_NS, NOW_NS + SECOND)


def test_reports_that_disagree_are_both_kept_and_the_node_is_marked() -> None:
    run, project = new_run(), make_project()
    put_on_record(project, observed(run, "a", model="one"))
    put_on_record(project, observed(run, "a", model="two"))

    node = node_of(run, "a")
    assert (node.model, node.contradicted) == ("two", True)
    assert node.entries == [1, 2]


@pytest.mark.parametrize("text", ["a\x00b", "a\ud800b", "\u202eevil", "x" * 100_000, ""])
def test_any_text_is_kept_whatever_postgres_thinks_of_it(text: str) -> None:
    run = new_run()
    put_on_record(
        make_project(), observed(run, "a", name=text, output=text, error=text, model=text)
    )
    assert node_of(run, "a").preview is not None or text == ""


def test_sums_count_each_call_once_and_unknown_is_not_zero() -> None:
    run, project = new_run(), make_project()
    call = {"node_kind": NodeKind.MODEL_CALL, "parent": "agent"}
    put_on_record(
        project,
        observed(run, "agent", node_kind=NodeKind.AGENT, usage=Usage(input=999)),
        observed(run, "a", usage=Usage(input=10, output=2), cost=_money("0.10"), **call),
        observed(run, "b", usage=Usage(input=5), **call),
    )
    row = Run.objects.get()
    assert (row.input_tokens, row.output_tokens, row.reasoning_tokens) == (15, 2, None)
    assert (row.cost, row.cost_provenance, row.unpriced_calls) == (Decimal("0.10"), "priced", 1)


def test_a_report_that_grows_moves_the_sums_by_the_difference() -> None:
    run, project = new_run(), make_project()
    call = {"node_kind": NodeKind.MODEL_CALL}
    put_on_record(project, observed(run, "a", usage=Usage(input=10), **call))
    put_on_record(project, observed(run, "a", usage=Usage(input=12, output=3), **call))
    row = Run.objects.get()
    assert (row.input_tokens, row.output_tokens, row.model_calls) == (12, 3, 1)


def test_the_latest_decision_stands_whatever_order_they_arrive_in() -> None:
    run, project = new_run(), make_project()
    late = make_event(FateDecided, run, node="a", fate=Fate.KEPT)
    early = FateDecided(
        run=run,
        key="early",
        at=NOW_NS - SECOND,
        node="a",
        fate=Fate.DISCARDED,
        reason=DiscardReason.PRUNED_LOW_VALUE,
    )
    put_on_record(project, late)
    put_on_record(project, early)
    assert node_of(run, "a").fate == "kept"


def test_a_run_ends_once() -> None:
    run, project = new_run(), make_project()
    put_on_record(project, make_event(RunEnded, run, state=ObservedState.COMPLETED, answer="42"))
    put_on_record(project, make_event(RunEnded, run, state=ObservedState.FAILED))
    row = Run.objects.get()
    assert (row.observed_state, row.answer) == ("completed", "42")


def test_events_for_another_projects_run_are_refused() -> None:
    run, refused = new_run(), []
    put_on_record(make_project("hers"), observed(run, "a"))
    recorded = put_on_record(make_project("his"), observed(run, "b"), refuse=refused.append)
    assert recorded.entries == 0
    assert [report.run for report in refused] == [run]


def test_a_rebuild_gives_identical_rows() -> None:
    run, project = new_run(), make_project()
    for event in _everything(run):
        put_on_record(project, event)
    before = _rows(run)
    rebuild(run_id=uuid.UUID(run))
    assert _rows(run) == before


def test_recording_in_one_pass_or_in_many_gives_the_same_rows() -> None:
    one, many, project = new_run(), new_run(), make_project()
    put_on_record(project, *_everything(one))
    for event in _everything(many):
        put_on_record(project, event)
    assert _comparable(_rows(one)) == _comparable(_rows(many))


@pytest.mark.parametrize("seed", range(12))
def test_facts_that_agree_give_the_same_rows_in_any_order(seed: int) -> None:
    one, other, project = new_run(), new_run(), make_project()
    put_on_record(project, *_everything(one))
    shuffled = _everything(other)
    random.Random(seed).shuffle(shuffled)
    for event in shuffled:
        put_on_record(project, event)
    assert _without_numbers(_rows(one)) == _without_numbers(_rows(other))


def _money(amount: str) -> Cost:
    return Cost(amount=Decimal(amount), provenance=CostProvenance.PRICED, price_table="t")


def _everything(run: str) -> list[object]:
    return [
        observed(run, "leaf", parent="mid", node_kind=NodeKind.SAMPLE, output="ü\x00"),
        make_event(
            RunStarted, run, task="why", strategy=Strategy.BEST_OF_N, models=["m"], tags=["t"]
        ),
        started(run, "mid", parent="root", name="mid"),
        make_event(
            NodeScored, run, node="leaf", value=0.25, scale_min=0.0, scale_max=1.0, visits=3
        ),
        make_event(
            CandidateProposed, run, node="leaf", answer="42", cluster="42", votes=2, weight=0.5
        ),
        make_event(
            VerdictGiven,
            run,
            node="leaf",
            verifier="v",
            outcome=VerdictOutcome.REJECT,
            rationale="no",
        ),
        make_event(
            FateDecided,
            run,
            node="leaf",
            fate=Fate.DISCARDED,
            reason=DiscardReason.OUTVOTED,
            votes=2,
        ),
        ended(run, "mid", status=NodeStatus.ERROR, error="broken"),
        observed(
            run,
            "root",
            usage=Usage(input=3, reasoning=1),
            cost=_money("0.5"),
            node_kind=NodeKind.MODEL_CALL,
            model="m2",
            input="i" * 9_000,
        ),
        make_event(AnswerSelected, run, node="mid", rule="argmax", margin=0.5, margin_unit="score"),
        make_event(GapReported, run, cause="spool_full", missing=4),
        make_event(
            RunEnded, run, state=ObservedState.COMPLETED, answer="42", stated_confidence=0.9
        ),
    ]


def _rows(run: str) -> list[list[dict[str, object]]]:
    return [
        list(Run.objects.filter(pk=run).values()),
        list(Node.objects.filter(run_id=run).order_by("ordinal").values()),
        list(Candidate.objects.filter(run_id=run).values()),
        list(Verdict.objects.filter(run_id=run).values()),
    ]


def _without_numbers(rows: list[list[dict[str, object]]]) -> list[list[dict[str, object]]]:
    """Leave out what the order of arrival is allowed to decide: the numbers of entries."""
    numbers = (
        "ordinal",
        "changed_seq",
        "entries",
        "parent_ordinal",
        "seq",
        "answer_seq",
        "end_seq",
    )
    return [
        sorted(
            ({k: v for k, v in row.items() if k not in numbers} for row in table),
            key=lambda row: str(row.get("node_id")),
        )
        for table in _comparable(rows)
    ]


def _comparable(rows: list[list[dict[str, object]]]) -> list[list[dict[str, object]]]:
    own = ("id", "run_id", "pk", "frontier")
    return [[{k: v for k, v in row.items() if k not in own} for row in table] for table in rows]


def test_a_copy_that_fails_raises_what_other_statements_raise() -> None:
    table = Table(Node)
    table.column_list = '"nowhere"'
    with pytest.raises(ProgrammingError), transaction.atomic():
        table.copy([])
