"""A run that is forked from another may spend what that one had left."""

from __future__ import annotations

import uuid
from decimal import Decimal
from typing import Any

import pytest

from deliberation.events import RunEnded
from deliberation.vocabulary import NodeKind, ObservedState, ReplayMode
from tests.integration.build import make_event, make_project, new_run, observed, put_on_record
from tests.integration.concurrency.test_inbox import drain, put
from tests.integration.control.acts import ask, at, beat, randbytes
from tests.integration.control.limits import begun, called, limits_of, line_of
from tests.integration.control.said import rebuild_changes_nothing, run_of
from traces.actions.inherit_budgets import inherit_budgets
from traces.models import Run

FORK = ReplayMode.FORK


def original(hard: dict[str, str] | None = None, cost: str | None = "0.75", **facts: Any) -> str:
    run = new_run()
    put_on_record(
        make_project(),
        begun(run, hard or {"usd": "2"}, **facts),
        called(run, "a", cost),
        make_event(RunEnded, run, state=ObservedState.COMPLETED, at=at(40)),
    )
    return run


def fork(of: str, hard: dict[str, str] | None = None, **facts: Any) -> str:
    """A pass records the start of a fork and what it inherits."""
    run = new_run()
    said = {"replay_of": of, "replay_mode": FORK, **facts}
    recorded = put_on_record(make_project(), begun(run, hard, **said))
    inherit(*recorded.forks)
    return run


def inherit(*forks: uuid.UUID) -> int:
    return len(inherit_budgets(forks=forks, now_ns=at(50), randbytes=randbytes))


def test_it_works() -> None:
    first = original(soft_budgets={"usd": "1"}, on_hit={"usd": "pause"})
    run = fork(first)
    hard, soft, version, source = limits_of(run)
    assert (Decimal(hard), Decimal(soft), version, source) == (
        Decimal("1.25"), Decimal("0.25"), 1, "fork",
    )  # fmt: skip
    line = line_of(run)
    assert (line["on_hit"], line["by"], line["reason"]) == (
        "pause", "server:fork", f"what {first} had left",
    )  # fmt: skip
    assert run_of(run).replay_mode == "fork"
    assert inherit(uuid.UUID(run)) == 0
    assert rebuild_changes_nothing(run)


def test_each_dimension_but_levels_is_used_up() -> None:
    first = original({"tokens": "10", "model_calls": "5", "depth": "3", "seconds": "60"})
    run = fork(first)
    left = {name: Decimal(line["hard"]) for name, line in run_of(run).budgets.items()}
    assert left == {"tokens": 9, "model_calls": 4, "seconds": 20}


def test_what_was_overspent_leaves_nothing() -> None:
    run = fork(original(cost="3", soft_budgets={"usd": "1"}))
    assert (Decimal(line_of(run)["hard"]), line_of(run).get("soft")) == (0, None)


def test_where_nobody_knows_what_was_spent_the_whole_limit_stands() -> None:
    assert Decimal(line_of(fork(original(cost=None)))["hard"]) == 2


def test_what_others_have_reserved_is_not_left() -> None:
    first = new_run()
    put_on_record(make_project(), begun(first, {"usd": "2"}))
    beat(first, now=45, spent={"usd": "0.5"}, reserved={"usd": "0.25"})
    assert Decimal(line_of(fork(first))["hard"]) == Decimal("1.25")


def test_the_tighter_of_both_stands() -> None:
    first = original()
    assert limits_of(fork(first, {"usd": "1"})) == ("1", None, 1, "run")
    assert limits_of(fork(first, {"usd": "9"}))[2:] == (2, "fork")


def test_what_a_person_gave_the_fork_stands() -> None:
    run = new_run()
    said = {"replay_of": original(), "replay_mode": FORK}
    recorded = put_on_record(make_project(), begun(run, {"usd": "5"}, **said))
    ask(run, "raise_budget", budgets={"usd": {"hard": "9"}})
    assert inherit(*recorded.forks) == 0
    assert limits_of(run) == ("9", None, 2, "command")


def test_what_the_original_spends_later_is_not_taken_from_the_fork() -> None:
    first = original()
    run = fork(first)
    put_on_record(make_project(), called(first, "late", "0.75"))
    assert inherit(uuid.UUID(run)) == 0
    assert Decimal(line_of(run)["hard"]) == Decimal("1.25")


@pytest.mark.parametrize("mode", [ReplayMode.LIVE, ReplayMode.RECORDED, None])
def test_no_other_replay_inherits(mode: ReplayMode | None) -> None:
    assert run_of(fork(original(), replay_mode=mode)).budgets == {}


def test_another_projects_run_an_unknown_one_and_itself_leave_nothing() -> None:
    first = original()
    Run.objects.filter(pk=first).update(project=make_project("other"))
    for named in (first, new_run(), "no run at all", ""):
        assert run_of(fork(named)).budgets == {}
    run = new_run()
    said = {"replay_of": run, "replay_mode": FORK}
    recorded = put_on_record(
        make_project(), begun(run, {"usd": "2"}, **said), called(run, "a", "1")
    )
    assert inherit(*recorded.forks) == 0


@pytest.mark.django_db(transaction=True)
def test_the_pass_that_records_a_fork_gives_it_its_budget() -> None:
    first, run = original(), new_run()
    put(
        [begun(run, replay_of=first, replay_mode=FORK), observed(run, "a", node_kind=NodeKind.STEP)]
    )
    drain()
    assert Decimal(line_of(run)["hard"]) == Decimal("1.25")
