"""Rebuild gives what recording gave, however events were cut into passes and whatever they say."""

from __future__ import annotations

import random
import uuid
from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest

from deliberation.events import (
    AnswerSelected,
    CandidateProposed,
    EdgeDrawn,
    Event,
    FateDecided,
    GapReported,
    NodeScored,
    NodeStarted,
    ReplayDiverged,
    RunEnded,
    RunStarted,
    ValueDrawn,
    VerdictGiven,
)
from deliberation.vocabulary import (
    AfterDifference,
    CallSort,
    Cost,
    CostProvenance,
    Difference,
    EdgeKind,
    Fate,
    NodeKind,
    NodeStatus,
    ObservedState,
    Usage,
    VerdictOutcome,
)
from tests.integration.build import (
    ended,
    make_event,
    make_project,
    new_run,
    observed,
    put_on_record,
    started,
)
from traces.actions import rebuild as rebuilding
from traces.models import (
    Candidate,
    Divergence,
    Draw,
    Edge,
    LedgerPart,
    Link,
    Node,
    Run,
    Verdict,
)
from traces.projection import reach

CALL: dict[str, Any] = {"node_kind": NodeKind.MODEL_CALL}


def rows(run: str) -> list[dict[str, Any]]:
    return [
        row
        for table in (Node, Candidate, Verdict, Edge, Link, Draw, Divergence)
        for row in table.objects.filter(run_id=run).order_by("pk").values()
    ] + list(Run.objects.filter(pk=run).values())


def rebuild_changes_nothing(run: str) -> bool:
    before = rows(run)
    rebuilding.rebuild(run_id=uuid.UUID(run))
    assert rows(run) == before
    return True


def money(amount: str, provenance: CostProvenance = CostProvenance.REPORTED) -> Cost:
    return Cost(amount=Decimal(amount), provenance=provenance)


def any_event(run: str, chance: random.Random) -> Event:
    """An event that may well contradict any other."""
    node, other = chance.choice("abcdef"), chance.choice("abcdef")
    report: Callable[..., Event] = chance.choice([started, ended, observed])
    facts = {
        "parent": other,
        "node_kind": chance.choice([NodeKind.MODEL_CALL, NodeKind.AGENT, NodeKind.TOOL_CALL]),
        "model": chance.choice(["one", "two", "three"]),
        "started_at": chance.randrange(9),
        "status": chance.choice([NodeStatus.OK, NodeStatus.ERROR, NodeStatus.RUNNING]),
        "usage": Usage(input=chance.randrange(9), output=chance.randrange(9)),
        "cost": money(f"{chance.randrange(10**11)}.{chance.randrange(10**18):018}"),
        "output": chance.choice(["said", "said more"]),
        "session_id": chance.choice(["one", "two"]),
        "call_key": chance.choice(["k1", "k2"]),
        "call_sort": chance.choice([CallSort.MODEL, CallSort.TOOL]),
        "recorded_seq": chance.randrange(9),
    }
    stated = {name: value for name, value in facts.items() if chance.random() < 0.4}
    fate = chance.choice([Fate.KEPT, Fate.DISCARDED])
    made = [
        lambda: report(run, node, **stated),
        lambda: report(run, node, **stated),
        lambda: make_event(
            EdgeDrawn, run, edge=EdgeKind.LINKS, source=node, target=other, trace=other * 32
        ),
        lambda: make_event(NodeScored, run, node=node, value=chance.random()),
        lambda: make_event(FateDecided, run, node=node, fate=fate),
        lambda: make_event(CandidateProposed, run, node=node, votes=chance.randrange(9)),
        lambda: make_event(AnswerSelected, run, node=node, runner_up=other),
        lambda: make_event(
            RunStarted, run, entry_point=f"app:{node}", code_digest=other, replay_job=node
        ),
        lambda: make_event(ValueDrawn, run, node=node, call_key=other, call_sort=CallSort.RANDOM),
        lambda: make_event(
            ReplayDiverged,
            run,
            node=chance.choice([node, None]),
            call_sort=CallSort.TOOL,
            difference=Difference.NOT_RECORDED,
            then=AfterDifference.LIVE,
        ),
    ]
    return chance.choice(made)()


def test_it_works() -> None:
    run, large = new_run(), "x" * 10_000
    put_on_record(make_project(), started(run, "a", input=large), ended(run, "a", output="done"))
    Node.objects.filter(run_id=run).delete()
    assert rebuilding.rebuild(run_id=uuid.UUID(run)) == 3
    assert Node.objects.get(run_id=run).preview == "done"


@pytest.mark.parametrize("seed", range(10))
def test_a_rebuild_gives_the_same_rows_when_reports_contradict_one_another(
    seed: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    chance, run, project = random.Random(seed), new_run(), make_project()
    events = [any_event(run, chance) for _ in range(60)]
    while events:
        cut = chance.randrange(1, 9)
        put_on_record(project, *events[:cut])
        del events[:cut]
    assert rebuild_changes_nothing(run)
    monkeypatch.setattr(rebuilding, "CHUNK", 7)
    assert rebuild_changes_nothing(run)


def test_a_node_that_changes_its_parent_hangs_under_the_new_one_when_that_arrives() -> None:
    run, project = new_run(), make_project()
    for event in (
        observed(run, "old"),
        observed(run, "child", parent="old"),
        observed(run, "child", parent="new"),
        observed(run, "new"),
    ):
        put_on_record(project, event)
    child, parent = (Node.objects.get(run_id=run, node_id=name) for name in ("child", "new"))
    assert (child.parent_id, child.parent_ordinal) == ("new", parent.ordinal)
    assert Run.objects.get().orphans == 0
    assert rebuild_changes_nothing(run)


def test_a_rebuild_notes_the_same_entry_where_the_answer_moves(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    run = new_run()
    for node in ("a", "b", "a"):
        put_on_record(
            make_project(), observed(run, node), make_event(AnswerSelected, run, node=node)
        )
    assert rebuild_changes_nothing(run)
    monkeypatch.setattr(rebuilding, "CHUNK", 1)
    assert rebuild_changes_nothing(run)


def test_money_is_added_up_to_the_last_digit() -> None:
    run, project = new_run(), make_project()
    for n, amount in enumerate(["999999999999.000000000000000001", "0.000000000000000003"] * 2):
        put_on_record(project, observed(run, f"n{n}", cost=money(amount), **CALL))
    assert Run.objects.get().cost == Decimal("1999999999998.000000000000000008")
    assert rebuild_changes_nothing(run)


def test_money_of_another_currency_is_not_added_to_dollars() -> None:
    run, project = new_run(), make_project()
    euros = replace(money("5"), currency="EUR")
    put_on_record(project, observed(run, "a", cost=euros, **CALL))
    put_on_record(project, observed(run, "b", cost=money("2"), **CALL))
    put_on_record(project, observed(run, "b", cost=Cost(provenance=CostProvenance.REPORTED)))
    row = Run.objects.get()
    assert (row.cost, row.unpriced_calls) == (Decimal(2), 1)
    assert rebuild_changes_nothing(run)


def test_tokens_and_gaps_that_nobody_can_mean_do_not_break_the_sums() -> None:
    run, project = new_run(), make_project()
    absurd = [observed(run, f"n{n}", usage=Usage(input=2**62, output=7), **CALL) for n in range(3)]
    gaps = [make_event(GapReported, run, cause="limit", missing=2**62) for _ in range(3)]
    put_on_record(project, *absurd, *gaps, observed(run, "sane", usage=Usage(input=5), **CALL))
    row = Run.objects.get()
    assert (row.input_tokens, row.output_tokens, row.missing_events) == (5, 21, 2**62)
    assert rebuild_changes_nothing(run)


def test_a_run_row_stays_small_whatever_is_said() -> None:
    run, project = new_run(), make_project()
    for n in range(3):
        names = [f"{n}-{m}" for m in range(200)]
        limits = {**dict.fromkeys(reversed(names), "1"), "usd": "1" + "0" * n}
        put_on_record(
            project, make_event(RunStarted, run, models=names, tags=names, budgets=limits)
        )
    row = Run.objects.get()
    assert (len(row.model_names), len(row.tags), list(row.budgets)) == (256, 256, ["usd"])
    assert rebuild_changes_nothing(run)


def test_a_node_that_is_scored_without_end_names_its_first_and_last_entries(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(reach, "MAX_ENTRIES", 6)
    run, project = new_run(), make_project()
    for _ in range(4):
        put_on_record(
            project, *(make_event(NodeScored, run, node="root", visits=n) for n in range(5))
        )
    assert Node.objects.get().entries == [1, 2, 3, 18, 19, 20]
    assert rebuild_changes_nothing(run)


@pytest.mark.parametrize("big", [2**63 - 1, -(2**63)])
def test_the_largest_and_smallest_numbers_and_empty_texts_are_kept(big: int) -> None:
    run, project = new_run(), make_project()
    node: dict[str, Any] = {"run": run, "at": big, "node": "a"}
    put_on_record(
        project,
        NodeStarted(key="1", **node, rank=big, depth=big, started_at=big, ended_at=big),
        NodeScored(key="2", **node, visits=big, value=-0.0, prior=1e308, scale_min=5e-324),
        FateDecided(key="3", **node, fate=Fate.KEPT, votes=big, rank=big, value=-0.0, by=""),
        CandidateProposed(key="4", **node, votes=big, weight=-0.0, answer="", normalised=""),
        VerdictGiven(key="5", **node, verifier="", outcome=VerdictOutcome.ACCEPT, score=-0.0),
        AnswerSelected(key="6", **node, margin=-0.0, rule=""),
        RunStarted(run=run, key="7", at=big, name="", budgets={"": "", "a\0": "\ud800"}, tags=[""]),
        RunEnded(run=run, key="8", at=big, state=ObservedState.COMPLETED, answer=""),
    )
    assert rebuild_changes_nothing(run)


def test_parents_in_a_circle_and_a_node_under_itself_are_kept_as_said() -> None:
    run, project = new_run(), make_project()
    put_on_record(project, observed(run, "a", parent="b"), observed(run, "self", parent="self"))
    put_on_record(project, observed(run, "b", parent="a"))
    linked = dict(Node.objects.values_list("node_id", "parent_ordinal"))
    assert linked == {"a": 3, "b": 1, "self": None}
    assert rebuild_changes_nothing(run)


@pytest.mark.parametrize("run", [uuid.UUID(int=0), uuid.UUID(int=2**128 - 1), uuid.UUID(int=4)])
def test_a_run_id_of_any_kind_is_recorded(run: uuid.UUID) -> None:
    put_on_record(make_project(), observed(str(run), "a"))
    assert rebuild_changes_nothing(str(run))


def test_a_ledger_that_lost_bytes_is_not_rebuilt_from() -> None:
    run = new_run()
    put_on_record(make_project(), observed(run, "a", output="x" * 10_000))
    LedgerPart.objects.all().delete()

    with pytest.raises(rebuilding.Damaged, match="lost its output"):
        rebuilding.rebuild(run_id=uuid.UUID(run))
    assert Node.objects.get(run_id=run, node_id="a").preview
