"""Two that reprice at once, and a source that speaks meanwhile."""

from __future__ import annotations

import threading
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from django.db import connections

from deliberation.vocabulary import Cost, CostProvenance
from tests.integration.build import make_project, put_on_record
from tests.integration.prices import add, again, call, cost_of, one_run
from traces.actions import reprice as repricing
from traces.actions.add_price_override import NotAPrice
from traces.models import LedgerEntry, PriceOverride, Run

pytestmark = pytest.mark.django_db(transaction=True)
PATIENCE = 30


def at_once(count: int, work: Callable[[], Any]) -> list[Any]:
    """Do the same in several threads, begun together; return what came out of each."""
    barrier, done = threading.Barrier(count), []

    def each() -> None:
        try:
            barrier.wait(PATIENCE)
            done.append(work())
        finally:
            connections.close_all()

    threads = [threading.Thread(target=each) for _ in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(PATIENCE)
    assert len(done) == count
    return done


def test_two_at_once_append_each_change_once(monkeypatch: pytest.MonkeyPatch) -> None:
    project = make_project()
    run = one_run(project, *"abcd")
    add(project, "*", "5")
    size = Run.objects.get(pk=run).size
    foreseen, together = repricing.foresee, threading.Barrier(2)

    def foresee_together(**options: Any) -> repricing.Repriced:
        found = foreseen(**options)
        together.wait(PATIENCE)  # both have seen that there is something to do
        return found

    monkeypatch.setattr(repricing, "foresee", foresee_together)
    results = at_once(2, lambda: again(project, run))
    assert sorted(result.calls for result in results) == [0, 4]
    assert {result.after for result in results} == {Decimal(20)}
    assert (
        Run.objects.get(pk=run).size == size + 4 == LedgerEntry.objects.filter(run_id=run).count()
    )


def test_what_a_source_states_meanwhile_is_not_overruled(monkeypatch: pytest.MonkeyPatch) -> None:
    project = make_project()
    run = one_run(project, "a")
    add(project, "*", "5")
    stated = Cost(amount=Decimal(1), provenance=CostProvenance.REPORTED)
    foreseen = repricing.foresee

    def foresee_then_hear(**options: Any) -> repricing.Repriced:
        found = foreseen(**options)
        put_on_record(project, call(run, "a", cost=stated))
        return found

    monkeypatch.setattr(repricing, "foresee", foresee_then_hear)
    assert again(project, run).calls == 0
    assert cost_of(run, "a")[:2] == (Decimal(1), "reported")


def test_a_form_that_is_sent_twice_at_once_adds_one_price() -> None:
    project = make_project()
    assert len({found.pk for found in at_once(4, lambda: add(project, "m"))}) == 1
    assert PriceOverride.objects.count() == 1


def test_a_project_has_a_bounded_number_of_prices(monkeypatch: pytest.MonkeyPatch) -> None:
    from traces.actions import add_price_override as adding

    monkeypatch.setattr(adding, "MAX_IN_FORCE", 3)
    project = make_project()

    def one_more() -> bool:
        try:
            add(project, f"m-{threading.get_ident()}")
        except NotAPrice:
            return False
        return True

    assert sorted(at_once(5, one_more)) == [False, False, True, True, True]
