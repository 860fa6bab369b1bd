"""A project says what its runs may spend, by strategy, model and tag."""

from __future__ import annotations

import datetime as dt
import uuid
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from deliberation.events import Event, StrategySet
from deliberation.vocabulary import OnHit, Strategy
from tests.integration.build import make_event, make_project, new_run, put_on_record
from tests.integration.control.acts import ask, at, randbytes
from tests.integration.control.limits import allowed, begun, called, limits_of, line_of
from tests.integration.control.said import rebuild_changes_nothing, run_of
from traces.actions.apply_budget_policies import apply_budget_policies
from traces.actions.conflict import Unfit
from traces.actions.keep_budget_policy import (
    BudgetTerms,
    end_budget_policy,
    keep_budget_policy,
)
from traces.models import BudgetPolicy, LedgerEntry, Run
from traces.queries.access import NotVisible
from traces.queries.budget_policies import list_budget_policies

pytestmark = pytest.mark.django_db
NOW = dt.datetime(2026, 11, 24, 12, tzinfo=dt.UTC)


def keep(
    name: str = "cheap", project: str = "default", replaces: int | None = None, **terms: Any
) -> BudgetPolicy:
    said = {"limits": {"usd": {"hard": "2"}}, **terms}
    return keep_budget_policy(
        project_id=make_project(project).pk, terms=BudgetTerms(name=name, **said),
        by="user:alice", now=NOW, replaces=replaces,
    )  # fmt: skip


def recorded(*events: Event) -> int:
    """A pass records these and applies what is in force; how many runs got a limit."""
    done = put_on_record(make_project(), *events)
    return len(apply_budget_policies(grown=done.changes, now_ns=at(1), randbytes=randbytes))


def test_it_works() -> None:
    keep(limits={"usd": {"hard": "2.00", "on_hit": "pause"}, "tokens": {"soft": "9"}})
    run = new_run()
    assert recorded(begun(run, {"usd": "5"})) == 1
    assert limits_of(run) == ("2", None, 2, "policy")
    line = line_of(run)
    assert (line["policy"], line["by"], line["on_hit"]) == ("cheap@1", "policy:cheap@1", "pause")
    assert limits_of(run, "tokens") == (None, "9", 1, "policy")
    assert run_of(run).control_seq == run_of(run).size - 1
    assert recorded(called(run, "a")) == 0
    assert rebuild_changes_nothing(run)


def test_the_tighter_of_both_stands_for_each_limit() -> None:
    keep(limits={"usd": {"hard": "2", "soft": "1", "on_soft": "ask"}})
    run = new_run()
    recorded(begun(run, {"usd": "1.5"}, soft_budgets={"usd": "1.4"}, on_hit={"usd": "warn"}))
    assert limits_of(run) == ("1.5", "1", 2, "policy")
    assert (line_of(run)["on_hit"], line_of(run)["on_soft"]) == ("warn", "ask")


def test_a_policy_that_is_no_tighter_changes_nothing() -> None:
    keep()
    run = new_run()
    assert recorded(begun(run, {"usd": "2"})) == 0
    assert limits_of(run) == ("2", None, 1, "run")


@pytest.mark.parametrize(
    ("terms", "matches"),
    [
        ({}, True),
        ({"strategy": "beam"}, True),
        ({"strategy": "mcts"}, False),
        ({"model": "gpt"}, True),
        ({"model": "gp"}, False),
        ({"tag": "night"}, True),
        ({"tag": "day"}, False),
        ({"strategy": "beam", "model": "gpt", "tag": "night"}, True),
        ({"strategy": "beam", "model": "gpt", "tag": "day"}, False),
    ],
)
def test_it_is_about_runs_by_strategy_model_and_tag(terms: dict[str, str], matches: bool) -> None:
    keep(**terms)
    run = new_run()
    recorded(begun(run, strategy=Strategy.BEAM, models=["gpt", "judge"], tags=["night"]))
    assert bool(run_of(run).budgets) is matches


def test_what_comes_late_of_a_run_lets_a_policy_match_late() -> None:
    keep(model="gpt")
    run = new_run()
    assert recorded(begun(run)) == 0
    assert recorded(called(run, "a", model="gpt")) == 1
    keep("search", strategy="mcts", limits={"samples": {"hard": "3"}})
    said = make_event(StrategySet, run, strategy=Strategy.MCTS, by="user:alice")
    assert recorded(said) == 1
    assert limits_of(run, "samples")[0] == "3"


def test_of_several_the_tightest_stands() -> None:
    keep("a", limits={"usd": {"hard": "3"}})
    keep("b", limits={"usd": {"hard": "1"}})
    keep("c", limits={"usd": {"hard": "2"}})
    run = new_run()
    recorded(begun(run))
    assert (limits_of(run), line_of(run)["policy"]) == (("1", None, 2, "policy"), "b@1")


def test_a_run_keeps_the_version_it_began_with() -> None:
    keep()
    run, later = new_run(), new_run()
    recorded(begun(run))
    keep(limits={"usd": {"hard": "1"}})
    recorded(called(run, "a"), begun(later))
    assert (line_of(run)["policy"], line_of(later)["policy"]) == ("cheap@1", "cheap@2")


def test_what_a_person_set_stands() -> None:
    run = new_run()
    recorded(begun(run, {"usd": "1"}))
    ask(run, "raise_budget", budgets={"usd": {"hard": "9"}})
    keep()
    assert recorded(called(run, "a")) == 0
    assert limits_of(run) == ("9", None, 2, "command")


def test_what_is_raised_above_a_policy_is_not_pulled_back_by_it() -> None:
    keep()
    run = new_run()
    recorded(begun(run))
    ask(run, "raise_budget", budgets={"usd": {"hard": "9"}})
    recorded(called(run, "a"))
    assert limits_of(run) == ("9", None, 2, "command")


def test_an_ended_policy_and_another_projects_set_nothing() -> None:
    keep()
    keep("theirs", project="other")
    end_budget_policy(project_id=make_project().pk, name="cheap", by="user:alice", now=NOW)
    run = new_run()
    assert recorded(begun(run)) == 0
    with pytest.raises(NotVisible):
        end_budget_policy(project_id=make_project().pk, name="cheap", by="user:alice", now=NOW)


def test_runs_that_are_over_get_no_limits() -> None:
    keep()
    run = new_run()
    put_on_record(make_project(), begun(run))
    Run.objects.update(source="import")
    assert recorded(called(run, "a")) == 0


def test_a_change_is_a_new_version_and_the_same_again_is_not() -> None:
    first = keep(limits={"usd": {"hard": "2.50"}})
    assert keep(limits={"usd": {"hard": "2.5", "on_hit": "stop"}}).version == first.version
    assert keep(limits={"usd": {"hard": "3"}}).version == 2
    first.refresh_from_db()
    assert (first.ended_by, first.ended_at) == ("user:alice", NOW)
    with pytest.raises(Unfit, match="is in force as version 2"):
        keep(replaces=1)
    newest, oldest = list_budget_policies(make_project().pk)
    assert (newest.label, oldest.label, oldest.ended_by) == ("cheap@2", "cheap@1", "user:alice")
    (limit,) = newest.limits.values()
    assert (limit.hard, limit.on_hit, limit.on_soft) == (Decimal(3), OnHit.STOP, OnHit.WARN)


@pytest.mark.parametrize(
    ("terms", "field"),
    [
        ({"name": "No spaces"}, "name"),
        ({"strategy": "magic"}, "strategy"),
        ({"model": ""}, "model"),
        ({"model": "\x00"}, "model"),
        ({"tag": "t" * 257}, "tag"),
        ({"limits": {}}, "limits"),
        ({"limits": {"euros": {"hard": "1"}}}, "limits"),
        ({"limits": {"usd": {}}}, "limits.usd"),
        ({"limits": {"usd": {"on_hit": "stop"}}}, "limits.usd"),
        ({"limits": {"usd": {"hard": "1", "most": "2"}}}, "limits.usd"),
        ({"limits": {"usd": {"hard": "lots"}}}, "limits.usd.hard"),
        ({"limits": {"usd": {"hard": "1e12"}}}, "limits.usd.hard"),
        ({"limits": {"usd": {"hard": "1", "on_hit": "cry"}}}, "limits.usd.on_hit"),
        ({"limits": {"usd": {"hard": "1", "soft": "2"}}}, "limits.usd.soft"),
    ],
)
def test_what_is_no_policy_is_refused(terms: dict[str, Any], field: str) -> None:
    with pytest.raises(Unfit) as refused:
        keep(**{"name": "cheap", **terms})
    assert refused.value.field == field


def test_a_project_without_policies_costs_a_pass_one_query() -> None:
    done = put_on_record(make_project(), *(begun(new_run()) for _ in range(5)))
    with CaptureQueriesContext(connection) as asked:
        apply_budget_policies(grown=done.changes, now_ns=at(1), randbytes=randbytes)
    assert len(asked) == 1
    with CaptureQueriesContext(connection) as asked:
        apply_budget_policies(grown=(), now_ns=at(1), randbytes=randbytes)
    assert len(asked) <= 1


def test_a_longest_name_has_a_key() -> None:
    keep("n" * 50, limits={"reasoning_tokens": {"hard": "2"}})
    run = new_run()
    recorded(begun(run))
    keys = LedgerEntry.objects.filter(run_id=uuid.UUID(run)).values_list("key", flat=True)
    assert max(map(len, keys)) <= 64
    put_on_record(make_project(), allowed(run, "usd", 1, hard=Decimal(1)))
    assert rebuild_changes_nothing(run)
