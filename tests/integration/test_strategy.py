"""The strategy of a run: inferred while facts arrive in any order, and set by people, in the ledger."""

from __future__ import annotations

import random
import uuid
from typing import Any

import pytest

from deliberation.events import (
    AnswerSelected,
    CandidateProposed,
    Event,
    FateDecided,
    NodeScored,
    RunStarted,
    VerdictGiven,
)
from deliberation.vocabulary import DiscardReason, Fate, NodeKind, Strategy, Usage, VerdictOutcome
from tests.integration.build import (
    NOW_NS,
    make_event,
    make_project,
    new_run,
    observed,
    put_on_record,
)
from traces.actions.rebuild import rebuild
from traces.actions.set_strategy import NotAReason, set_strategy
from traces.models import LedgerEntry, Run
from traces.queries.access import Viewer
from traces.queries.events import list_events
from traces.queries.run_filters import RunFilters
from traces.queries.run_list import list_runs
from traces.queries.runs import get_run

pytestmark = pytest.mark.django_db
CALL: dict[str, Any] = {"node_kind": NodeKind.MODEL_CALL}
SAMPLE: dict[str, Any] = {"node_kind": NodeKind.SAMPLE}


def who() -> Viewer:
    return Viewer(project_ids=frozenset({make_project().pk}))


def told(run: str) -> tuple[str, str, str]:
    row = get_run(who=who(), run_id=run)
    return row.strategy, row.strategy_source, row.strategy_evidence


def agent(run: str) -> list[Event]:
    return [
        observed(run, "root", node_kind=NodeKind.AGENT),
        *(observed(run, f"c{n}", parent="root", **CALL) for n in range(3)),
        *(observed(run, f"t{n}", parent="root", node_kind=NodeKind.TOOL_CALL) for n in range(2)),
    ]


def best_of(run: str, count: int = 4) -> list[Event]:
    events: list[Event] = [observed(run, "call", **CALL)]
    for n in range(count):
        node = f"s{n}"
        events += [
            observed(run, node, parent="call", node_kind=NodeKind.SAMPLE),
            make_event(CandidateProposed, run, node=node, answer=str(n)),
            make_event(VerdictGiven, run, node=node, verifier="t", outcome=VerdictOutcome.ACCEPT),
        ]
    return events


def search(run: str) -> list[Event]:
    return [
        event
        for n in range(6)
        for event in (
            observed(run, f"e{n}", node_kind=NodeKind.EXPANSION),
            make_event(NodeScored, run, node=f"e{n}", value=n / 6),
            make_event(
                FateDecided, run, node=f"e{n}", fate=Fate.KEPT if n > 3 else Fate.DISCARDED,
                reason=None if n > 3 else DiscardReason.PRUNED_LOW_VALUE,
            ),
        )
    ]  # fmt: skip


def say(
    run: str, strategy: Strategy | None, reason: str = "I looked", by: str = "user:alice"
) -> Any:
    return set_strategy(
        run_id=uuid.UUID(run),
        strategy=strategy,
        reason=reason,
        by=by,
        now_ns=NOW_NS,
        randbytes=random.Random(2).randbytes,
    )


def test_it_works() -> None:
    run = new_run()
    put_on_record(make_project(), *agent(run))
    loop = "2 tool calls and 3 model calls under 1 agent"
    assert told(run) == ("agent", "inferred", loop)
    say(run, Strategy.DEBATE, "two of the calls argue")
    assert told(run) == ("debate", "set_by_person", "user:alice: two of the calls argue")
    say(run, None, "I was wrong")
    assert told(run) == ("agent", "inferred", loop)


@pytest.mark.parametrize(
    ("made", "strategy"),
    [(agent, "agent"), (best_of, "best_of_n"), (search, "beam")],
)
def test_it_is_the_same_in_any_order_and_after_a_rebuild(made: Any, strategy: str) -> None:
    told_so: set[tuple[str, ...]] = set()
    for seed in range(6):
        run = new_run()
        events = made(run)
        random.Random(seed).shuffle(events)
        for start in range(0, len(events), 1 + seed):
            put_on_record(make_project(), *events[start : start + 1 + seed])
        before = Run.objects.filter(pk=run).values().get()
        rebuild(run_id=uuid.UUID(run))
        assert Run.objects.filter(pk=run).values().get() == before
        told_so.add(told(run))
    assert len(told_so) == 1
    assert told_so.pop()[:2] == (strategy, "inferred")


def test_what_the_source_states_stands_before_what_is_inferred() -> None:
    run = new_run()
    put_on_record(make_project(), *agent(run))
    put_on_record(make_project(), make_event(RunStarted, run, strategy=Strategy.REFLEXION))
    assert told(run) == ("reflexion", "stated", "stated by its source")


def test_a_source_that_says_it_does_not_know_states_nothing() -> None:
    run = new_run()
    started = make_event(RunStarted, run, strategy=Strategy.UNKNOWN)
    put_on_record(make_project(), started, *agent(run))
    assert told(run)[:2] == ("agent", "inferred")


def test_samples_of_a_call_that_is_told_twice_are_counted_once() -> None:
    run = new_run()
    told_twice: list[Event] = [
        event
        for node, parent, scope in (("outer", None, "a"), ("inner", "outer", "b"))
        for event in (
            observed(run, node, parent=parent, instrumentation=scope, usage=Usage(input=9), **CALL),
            *(observed(run, f"{node}:c{n}", parent=node, **SAMPLE) for n in range(3)),
        )
    ]
    put_on_record(make_project(), *told_twice)
    said = ("self_consistency", "inferred", "3 samples of one call, no scores")
    assert told(run) == said
    (row,) = list_runs(who=who(), filters=RunFilters()).items
    assert row.strategy_evidence == said[2]


def test_the_rule_that_chose_is_part_of_the_evidence() -> None:
    run = new_run()
    chosen = make_event(AnswerSelected, run, node="s0", rule="majority vote")
    put_on_record(make_project(), *best_of(run), chosen)
    assert told(run) == (
        "self_consistency", "inferred", "4 samples of one call, chosen by “majority vote”"
    )  # fmt: skip


def test_what_a_person_says_is_an_entry_of_the_ledger_and_survives_a_rebuild() -> None:
    run = new_run()
    put_on_record(make_project(), *agent(run))
    (change,) = say(run, Strategy.MIXED, "tools and samples")
    entry = list_events(who=who(), run_id=run, after=change.seq - 1).items[0]
    assert (entry.kind, entry.facts["by"], entry.facts["strategy"]) == (
        "strategy.set", "user:alice", "mixed"
    )  # fmt: skip
    assert [(part.name, part.preview) for part in entry.parts] == [("reason", "tools and samples")]
    before = Run.objects.filter(pk=run).values().get()
    rebuild(run_id=uuid.UUID(run))
    assert Run.objects.filter(pk=run).values().get() == before
    assert before["strategy_set_ns"] == NOW_NS


def test_the_same_again_adds_nothing_and_another_person_does() -> None:
    run = new_run()
    put_on_record(make_project(), *agent(run))
    assert say(run, None) == ()  # nothing was set
    say(run, Strategy.MIXED)
    assert say(run, Strategy.MIXED) == ()
    assert say(run, Strategy.MIXED, by="user:bob") != ()
    assert LedgerEntry.objects.filter(run_id=run, key__startswith="ctl:strategy:").count() == 2


@pytest.mark.parametrize("reason", ["", "  ", "x" * 2_001, "a\x00b", "\ud800"])
def test_a_correction_needs_a_reason_that_can_be_kept(reason: str) -> None:
    run = new_run()
    put_on_record(make_project(), *agent(run))
    with pytest.raises(NotAReason):
        say(run, Strategy.MIXED, reason)
    assert told(run)[1] == "inferred"


def test_lists_are_narrowed_by_what_stands_and_by_who_says_so() -> None:
    loop, drawn = new_run(), new_run()
    put_on_record(make_project(), *agent(loop), *best_of(drawn))
    say(drawn, Strategy.MIXED)

    def found(**filters: Any) -> list[str]:
        page = list_runs(who=who(), filters=RunFilters(**filters))
        return [str(row.id) for row in page.items]

    assert found(strategy="agent") == [loop]
    assert found(strategy="best_of_n") == []
    assert found(strategy="mixed", strategy_source="set_by_person") == [drawn]
    assert found(strategy_source="inferred") == [loop]


def test_what_is_set_meanwhile_does_not_stop_the_run_from_growing() -> None:
    run = new_run()
    put_on_record(make_project(), *agent(run))
    say(run, Strategy.DEBATE)
    put_on_record(make_project(), observed(run, "more", **CALL))
    assert told(run)[0] == "debate"
    assert get_run(who=who(), run_id=run).strategy_told.inferred_from.startswith(
        "2 tool calls and 4"
    )
