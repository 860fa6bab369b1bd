"""Repricing appends what comes out differently, and nothing else."""

from __future__ import annotations

import datetime as dt
import uuid
from decimal import Decimal
from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from deliberation.vocabulary import Cost, CostBasis, CostProvenance, NodeKind, Usage
from tests.integration.build import NOW, NOW_NS, make_project, new_run
from tests.integration.prices import (
    add,
    again,
    call,
    cost_of,
    known_call,
    one_run,
    recorded,
    rows,
)
from traces.actions import reprice as repricing
from traces.actions.end_price_override import end_price_override
from traces.actions.rebuild import rebuild
from traces.models import LedgerEntry, PriceOverride, Project, Run
from traces.pricing import PRICE_TABLE
from traces.queries import computed_costs

DAY = 86_400 * 10**9


def end(override: PriceOverride, on: dt.date | None = None) -> None:
    end_price_override(
        project_ids=[override.project_id], override_id=override.pk, on=on, by="user:alice", now=NOW
    )


def run_command(*arguments: str, **options: Any) -> list[str]:
    out = StringIO()
    call_command("reprice", *arguments, stdout=out, **options)
    return out.getvalue().splitlines()


def test_it_works(db: None) -> None:
    project = make_project()
    run = one_run(project, "a", "b")
    assert cost_of(run, "a") == (None, None, None)
    override = add(project, "brain-*", "5")
    result = again(project, run)
    assert (result.calls, result.was_unpriced, result.before, result.after) == (2, 2, None, 10)
    assert cost_of(run, "a") == (Decimal(5), "priced", f"override {override.pk} of 2026-11-23")
    assert Run.objects.get(pk=run).unpriced_calls == 0
    last = LedgerEntry.objects.filter(run_id=run).order_by("seq").last()
    assert last is not None
    assert b'"by":"server:reprice"' in bytes(last.line)
    assert b'"price_table":"override ' in bytes(last.line)


def test_a_call_is_recorded_with_the_projects_own_price_of_its_day(db: None) -> None:
    project, other = make_project(), make_project("other")
    add(project, "gpt-4", "3")
    add(project, "gpt-4", "2", valid_from=dt.date(2026, 12, 1))
    run = new_run()
    recorded(project, known_call(run, "a"), known_call(run, "b", started_at=NOW_NS + 30 * DAY))
    assert [cost_of(run, node)[0] for node in "ab"] == [Decimal(3), Decimal(2)]
    theirs = new_run()
    assert cost_of(recorded(other, known_call(theirs, "a")), "a")[2] == PRICE_TABLE


def test_a_rebuild_gives_the_same_after_repricing(db: None) -> None:
    project = make_project()
    run = new_run()
    recorded(project, call(run, "a"), known_call(run, "b", parent="a"), call(run, "c", cost=None))
    add(project, "*", "4")
    assert again(project, run).calls == 3
    before = rows(run)
    rebuild(run_id=uuid.UUID(run))
    assert rows(run) == before


def test_the_second_time_nothing_changes(db: None) -> None:
    project = make_project()
    run = one_run(project, "a", "b")
    add(project, "*")
    again(project, run)
    before = rows(run)
    assert again(project, run).calls == 0
    assert rows(run) == before


def test_what_the_source_stated_stays(db: None) -> None:
    project = make_project()
    stated = Cost(amount=Decimal(1), provenance=CostProvenance.REPORTED)
    theirs = Cost(amount=Decimal(2), provenance=CostProvenance.PRICED, price_table="litellm 1")
    guessed = Cost(amount=Decimal(3), provenance=CostProvenance.ESTIMATED)
    run = new_run()
    recorded(
        project,
        call(run, "a", cost=stated), call(run, "b", cost=theirs), call(run, "c", cost=guessed),
        call(run, "d", cost=guessed, cost_basis=CostBasis.ESTIMATED),
        call(run, "e", cost=stated, cost_basis=CostBasis.UNALLOCATED),
    )  # fmt: skip
    add(project, "*")
    assert again(project, run).calls == 0
    assert Run.objects.get(pk=run).cost == 10


def test_what_was_divided_between_nodes_stays(db: None) -> None:
    project = make_project()
    run = new_run()
    recorded(project, known_call(run, "a", cost_basis=CostBasis.SPLIT))
    add(project, "*")
    assert again(project, run).calls == 0


def test_a_call_never_loses_its_price(db: None) -> None:
    project = make_project()
    override = add(project, "*", "5")
    run = one_run(project, "a")
    end(override)
    assert again(project, run).calls == 0
    assert cost_of(run, "a")[0] == 5


def test_a_price_may_come_back_after_another(db: None) -> None:
    project = make_project()
    first = add(project, "brain-1", "5")
    run = one_run(project, "a")
    for dollars, then in (("6", "5"), ("6", "5"), ("7", "5")):
        better = add(project, "brain-1", dollars, valid_from=dt.date(2026, 1, 1))
        assert again(project, run).after == Decimal(dollars)
        end(better)
        assert again(project, run).after == Decimal(then)
    assert cost_of(run, "a")[2] == f"override {first.pk} of 2026-11-23"


def test_a_price_that_ended_on_a_day_stays_with_the_calls_before(db: None) -> None:
    project = make_project()
    run = new_run()
    override = add(project, "gpt-4", "5")
    recorded(project, known_call(run, "a"), known_call(run, "b", started_at=NOW_NS + 2 * DAY))
    end(override, dt.date(2026, 11, 24))
    assert again(project, run).calls == 1
    assert [cost_of(run, node)[0] for node in "ab"] == [Decimal(5), Decimal(30)]


def test_an_estimate_never_takes_the_place_of_a_price(db: None) -> None:
    project = make_project()
    run = new_run()
    recorded(project, known_call(run, "a", started_at=None))  # priced at the event's own time
    assert cost_of(run, "a")[1] == "priced"
    add(project, "gpt-4", "5", valid_from=dt.date(2020, 1, 1))
    assert again(project, run).calls == 0  # the row does not say when
    add(project, "gpt-4", "6")
    assert again(project, run).calls == 0  # what begins later goes before


def test_tokens_and_model_that_came_apart_are_priced_together(db: None) -> None:
    project = make_project()
    run = new_run()
    recorded(project, known_call(run, "a", usage=None), known_call(run, "a", model=None))
    assert cost_of(run, "a")[0] is None
    assert again(project, run).after == 30
    assert cost_of(run, "a")[2] == PRICE_TABLE


def test_what_is_set_aside_is_repriced_and_not_added_up(db: None) -> None:
    project = make_project()
    run = new_run()
    recorded(
        project,
        call(run, "outer", instrumentation="x"),
        call(run, "inner", parent="outer", instrumentation="y"),
    )
    add(project, "*")
    foreseen = repricing.foresee(run_id=uuid.UUID(run), prices=_prices(project))
    result = again(project, run)
    assert (result.calls, result.after, foreseen.after) == (2, 5, 5)
    assert cost_of(run, "outer")[0] == 5


def test_only_calls_since_a_day_when_asked(db: None) -> None:
    project = make_project()
    run = new_run()
    recorded(project, call(run, "a"), call(run, "b", started_at=NOW_NS + 9 * DAY))
    add(project, "*")
    assert again(project, run, since_ns=NOW_NS + DAY).calls == 1
    assert cost_of(run, "a")[0] is None


def test_dying_half_way_leaves_the_run_as_it_was(db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(computed_costs, "CHUNK", 2)
    project = make_project()
    run = one_run(project, *"abcde")
    add(project, "*")
    before, appended = rows(run), []
    append = repricing._append

    def die(*arguments: Any) -> Any:
        if appended:
            raise KeyboardInterrupt
        appended.append(append(*arguments))
        return appended[-1]

    with monkeypatch.context() as patch:
        patch.setattr(repricing, "_append", die)
        with pytest.raises(KeyboardInterrupt):
            again(project, run)
    assert appended
    assert rows(run) == before
    assert again(project, run).after == 25


def test_look_ups_are_priced_too(db: None) -> None:
    project = make_project()
    run = new_run()
    usage = Usage(input=1_000_000)
    facts = {"node_kind": NodeKind.RETRIEVAL, "model": "text-embedding-3-small", "usage": usage}
    recorded(project, known_call(run, "a", **facts))
    assert cost_of(run, "a")[0] == Decimal("0.02")


def test_the_command_says_before_and_after_and_a_dry_run_changes_nothing(db: None) -> None:
    project = make_project()
    run, known = one_run(project, "a", "b"), new_run()
    recorded(project, known_call(known, "a"))
    add(project, "brain-1", "2.50")
    before = rows(run)
    said = run_command(dry_run=True)
    assert said == [
        f"{run} 2 calls would be repriced (2 had no price): cost not known -> $5",
        "2 runs looked at, 1 would change, 2 calls",
    ]
    assert rows(run) == before
    assert run_command()[0] == f"{run} 2 calls repriced (2 had no price): cost not known -> $5"
    assert run_command(run) == [
        f"{run} nothing to change, $5",
        "1 runs looked at, 0 changed, 0 calls",
    ]
    assert run_command(known, "--since=2026-11-23")[0] == f"{known} nothing to change, $30"


def test_the_command_looks_at_one_project_only_and_knows_what_is_not_there(db: None) -> None:
    project, other = make_project(), make_project("other")
    run = one_run(project, "a")
    add(project, "*")
    assert run_command(project="other") == ["0 runs looked at, 0 changed, 0 calls"]
    with pytest.raises(CommandError, match="there is no project nowhere"):
        run_command(project="nowhere")
    with pytest.raises(CommandError, match=f"there is no run {run} in other"):
        run_command(run, project=other.slug)


def test_runs_are_taken_in_portions(db: None, monkeypatch: pytest.MonkeyPatch) -> None:
    from traces.management.commands import reprice as command

    monkeypatch.setattr(command, "RUNS_AT_ONCE", 2)
    project = make_project()
    runs = [one_run(project, "a") for _ in range(5)]
    add(project, "*")
    said = run_command()
    assert sorted(line.split()[0] for line in said[:-1]) == sorted(runs)
    assert said[-1] == "5 runs looked at, 5 changed, 5 calls"


def test_a_call_whose_source_counts_in_another_currency_gets_a_price_in_dollars(db: None) -> None:
    project = make_project()
    run = new_run()
    yuan = Cost(amount=Decimal(9), provenance=CostProvenance.REPORTED, currency="CNY")
    recorded(project, known_call(run, "a", cost=yuan))
    assert cost_of(run, "a")[0] is None
    again(project, run)
    assert cost_of(run, "a") == (Decimal(30), "priced", PRICE_TABLE)


def _prices(project: Project) -> Any:
    from traces.queries.price_lists import load_price_lists

    return load_price_lists({project.pk})[project.pk]
