"""What is stated, set and reached of a run's budgets stands on its row, and the same again in a rebuild."""

from __future__ import annotations

import itertools
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.db.migrations.loader import MigrationLoader

from deliberation.events import Event, RunEnded
from deliberation.vocabulary import BudgetSource, ObservedState, OnHit, SpendBasis
from tests.integration.build import NOW_NS, make_event, make_project, new_run, put_on_record
from tests.integration.control.acts import at, beat
from tests.integration.control.limits import allowed, begun, called, limits_of, line_of, reached
from tests.integration.control.said import (
    lifted,
    rebuild_changes_nothing,
    run_of,
    states_of,
)
from traces.models import Hold, LedgerEntry, Run
from traces.queries.budget_lines import BudgetRow, budget_lines
from traces.queries.leases import read_lease

POLICY = {"source": BudgetSource.POLICY, "policy": "cheap@1", "by": "policy:cheap@1"}


def told(*events: Event) -> str:
    """Record events of one run, one by one."""
    for event in events:
        put_on_record(make_project(), event)
    return events[0].run


def looked_at(run: str, now: float = 0) -> dict[str, BudgetRow]:
    row = run_of(run)
    return {each.dimension.value: each for each in budget_lines(row, read_lease(row.id), at(now))}


def test_it_works() -> None:
    run = new_run()
    told(begun(run, {"usd": "0.50"}, soft_budgets={"usd": "0.40"}, on_hit={"usd": "pause"}))
    assert line_of(run) == {
        "hard": "0.50", "soft": "0.40", "on_hit": "pause", "on_soft": "warn",
        "version": 1, "source": "run", "set_ns": NOW_NS,
    }  # fmt: skip
    told(reached(run, "usd", "pause", version=1, limit=Decimal("0.50"), spent=Decimal("0.50")))
    assert states_of(run)[0] == "pause"
    hold = Hold.objects.get(run_id=run)
    assert (hold.hold_id, hold.source) == ("budget:usd:hard:1", "budget:usd")
    assert (hold.reason, hold.is_open) == ("$0.50 of $0.50 spent", True)
    assert run_of(run).control_seq == run_of(run).size - 1
    told(allowed(run, "usd", 2, hard=Decimal(1), reason="worth it"))
    assert limits_of(run) == ("1", None, 2, "command")
    assert "hard_hit_ns" not in line_of(run)
    assert rebuild_changes_nothing(run)


def test_what_is_no_amount_and_no_dimension_is_no_limit() -> None:
    run = new_run()
    odd = {"usd": "lots", "tokens": "-1", "euros": "5", "depth": "NaN", "seconds": "1e-30"}
    told(begun(run, {**odd, "samples": "1e12", "tool_calls": "1e2"}))
    assert {name: line["hard"] for name, line in run_of(run).budgets.items()} == {
        "seconds": "0.000000000000000000",
        "tool_calls": "100",
    }
    assert rebuild_changes_nothing(run)


def test_what_the_program_states_first_stands() -> None:
    run = new_run()
    told(begun(run, {"usd": "1"}), begun(run, {"usd": "9", "tokens": "5"}))
    assert limits_of(run) == ("1", None, 1, "run")
    assert limits_of(run, "tokens") == ("5", None, 1, "run")


def test_the_highest_version_stands_whichever_comes_last() -> None:
    run = new_run()
    told(begun(run, {"usd": "1"}), allowed(run, "usd", 3, hard=Decimal(3)))
    told(allowed(run, "usd", 2, hard=Decimal(2)))
    assert limits_of(run) == ("3", None, 3, "command")


def test_a_policy_that_overtook_the_start_leaves_the_tighter_of_both() -> None:
    run = new_run()
    told(called(run, "a"), allowed(run, "usd", 1, hard=Decimal(2), soft=Decimal(1), **POLICY))
    told(begun(run, {"usd": "5"}, soft_budgets={"usd": "0.5"}, on_soft={"usd": "pause"}))
    assert limits_of(run) == ("2", "0.5", 2, "policy")
    assert (line_of(run)["on_soft"], line_of(run)["policy"]) == ("pause", "cheap@1")
    told(begun(run, {"usd": "7"}))
    assert limits_of(run) == ("2", "0.5", 2, "policy")
    assert rebuild_changes_nothing(run)


@pytest.mark.parametrize("source", [BudgetSource.COMMAND, BudgetSource.FORK])
def test_what_a_person_or_a_fork_set_stands_when_the_start_comes_late(
    source: BudgetSource,
) -> None:
    run = new_run()
    told(allowed(run, "usd", 1, hard=Decimal(9), source=source), begun(run, {"usd": "5"}))
    assert limits_of(run) == ("9", None, 1, source.value)


def test_a_limit_is_reached_once_in_a_version() -> None:
    run = new_run()
    told(begun(run, {"usd": "2"}), reached(run, "usd", "pause", version=1))
    told(lifted(run, "budget:usd:hard:1"))
    told(reached(run, "usd", "pause", version=1), reached(run, "usd", "pause"))
    assert states_of(run)[0] == "run"
    told(allowed(run, "usd", 2, hard=Decimal(2)), reached(run, "usd", "pause", version=1))
    assert states_of(run)[0] == "run"
    assert "hard_hit_ns" not in line_of(run)
    told(reached(run, "usd", "pause", version=2))
    assert states_of(run)[0] == "pause"
    assert rebuild_changes_nothing(run)


@pytest.mark.parametrize(
    ("action", "basis", "desired"),
    [
        ("warn", "runner", "run"),
        ("stop", "runner", "run"),
        ("ask", "runner", "run"),
        ("ask", "recorded", "pause"),
        ("pause", "recorded", "pause"),
    ],
)
def test_what_holds_a_run(action: str, basis: str, desired: str) -> None:
    run = told(begun(new_run(), {"usd": "2"}))
    told(reached(run, "usd", action, basis=SpendBasis(basis), version=1))
    assert states_of(run)[0] == desired
    assert (line_of(run)["hit_basis"], line_of(run)["hit_spent"]) == (basis, "2")


def test_a_run_that_has_ended_is_held_by_nothing() -> None:
    run = new_run()
    told(begun(run, {"usd": "2"}), make_event(RunEnded, run, state=ObservedState.COMPLETED))
    told(reached(run, "usd", "pause"))
    assert (states_of(run)[0], Hold.objects.count()) == ("run", 0)


@pytest.mark.parametrize("order", list(itertools.permutations(range(3))))
def test_start_and_hits_come_to_the_same_line_in_any_order(order: tuple[int, ...]) -> None:
    def facts(run: str) -> list[Event]:
        return [
            begun(run, {"usd": "2"}, soft_budgets={"usd": "1"}, on_hit={"usd": "pause"}),
            reached(run, "usd", "pause", version=1),
            reached(run, "usd", "warn", "soft", version=1, limit=Decimal(1)),
        ]

    usual, other = new_run(), new_run()
    told(*facts(usual))
    told(*(facts(other)[place] for place in order))
    spent = {"hit_spent", "hit_basis"}
    assert {k: v for k, v in line_of(other).items() if k not in spent} == {
        k: v for k, v in line_of(usual).items() if k not in spent
    }
    assert states_of(other)[0] == "pause"
    assert rebuild_changes_nothing(other)


def test_what_the_runner_says_counts_as_long_as_it_is_heard() -> None:
    run = new_run()
    told(begun(run, {"usd": "2", "tokens": "100", "model_calls": "9"}))
    told(called(run, "a", "0.25", tokens=7))
    beat(run, spent={"usd": "0.75"}, reserved={"usd": "0.10"})
    usd, tokens = looked_at(run)["usd"], looked_at(run)["tokens"]
    assert (usd.spent, usd.reserved, usd.basis) == (
        Decimal("0.75"), Decimal("0.10"), SpendBasis.RUNNER,
    )  # fmt: skip
    assert (usd.recorded, tokens.spent, tokens.basis) == (
        Decimal("0.25"), Decimal(7), SpendBasis.RECORDED,
    )  # fmt: skip
    later = looked_at(run, now=60)["usd"]
    assert (later.spent, later.reserved, later.basis) == (
        Decimal("0.25"), None, SpendBasis.RECORDED,
    )  # fmt: skip
    assert list(looked_at(run)) == ["tokens", "usd", "model_calls"]


def test_seconds_are_counted_by_our_own_clock_while_the_run_goes_on() -> None:
    run, day = new_run(), 86_400
    told(begun(run, {"seconds": "60"}, at=at(-day)))
    assert looked_at(run, now=5)["seconds"].spent == 5
    told(make_event(RunEnded, run, state=ObservedState.COMPLETED, at=at(-day + 7)))
    assert looked_at(run, now=50)["seconds"].spent == 7


def test_samples_and_levels_are_counted() -> None:
    run = new_run()
    told(begun(run, {"samples": "4", "depth": "2"}), called(run, "a"), called(run, "b", parent="a"))
    assert looked_at(run)["depth"].spent == 1
    assert looked_at(run)["samples"].spent == 0


def test_rows_from_before_become_lines() -> None:
    run = told(begun(new_run(), {"usd": "0.50"}, at=NOW_NS))
    whole: dict[str, Any] = run_of(run).budgets
    old = {"usd": "0.50", "euros": "3", "tokens": "lots"}
    Run.objects.filter(pk=run).update(budgets=old)
    assert looked_at(run)["usd"].hard == Decimal("0.50")
    migration = MigrationLoader(connection).get_migration("traces", "0013_budget_lines")
    with connection.cursor() as cursor:
        cursor.execute(migration.operations[1].sql)
    assert run_of(run).budgets == whole
    assert rebuild_changes_nothing(run)


def test_a_hit_of_a_time_that_nobody_told_is_a_hit() -> None:
    run = told(begun(new_run(), {"usd": "2"}))
    told(reached(run, "usd", "warn", at=None))
    assert looked_at(run)["usd"].hard_hit_ns == 0
    assert LedgerEntry.objects.filter(run_id=run).count() == 3
    assert looked_at(run)["usd"].on_hit is OnHit.STOP
