"""Processes of one run keep aside what they are about to spend, and settle what it came to."""

from __future__ import annotations

import uuid
from decimal import Decimal
from typing import Any

import pytest

from deliberation.events import RunEnded
from deliberation.vocabulary import Dimension, ObservedState, SpendBasis
from tests.integration.build import make_event, make_project, new_run, observed, put_on_record
from tests.integration.control.acts import ask, at, beat
from tests.integration.control.limits import allowed, begun, reached
from tests.integration.control.said import lifted, run_of
from traces.actions.conflict import Conflict
from traces.actions.reserve_spending import (
    Reserved,
    Short,
    Wanted,
    renew_reservations,
    reserve_spending,
)
from traces.actions.settle_reservation import forget_reservations, settle_reservation
from traces.models import Reservation, SharedSpend
from traces.queries.access import NotVisible
from traces.queries.budget_lines import BudgetRow, budget_lines
from traces.queries.leases import read_lease


def limited(hard: dict[str, str] | None = None, **facts: Any) -> str:
    run = new_run()
    put_on_record(make_project(), begun(run, hard or {"usd": "2"}, **facts))
    return run


def amounts(said: dict[str, str]) -> dict[Dimension, Decimal]:
    return {Dimension(name): Decimal(amount) for name, amount in said.items()}


def take(
    run: str, name: str, now: float = 0, holder: str = "one", project: str = "default", **said: str
) -> Reserved:
    return reserve_spending(
        project=make_project(project).pk,
        run_id=uuid.UUID(run),
        wanted=Wanted(reservation_id=name, holder=holder, amounts=amounts(said)),
        now_ns=at(now),
    )


def pay(run: str, name: str, now: float = 0, **said: str) -> dict[str, tuple[Any, Any]]:
    rows = settle_reservation(
        project=make_project().pk,
        run_id=uuid.UUID(run),
        reservation_id=name,
        spent=amounts(said),
        now_ns=at(now),
    )
    return sums(rows)


def sums(rows: list[BudgetRow]) -> dict[str, tuple[Any, Any]]:
    return {each.dimension.value: (each.spent, each.reserved or 0) for each in rows}


def test_it_works() -> None:
    run = limited()
    first = take(run, "a", usd="1.5")
    assert (first.expires_ns, sums(first.budgets)) == (at(15), {"usd": (0, Decimal("1.5"))})
    with pytest.raises(Short) as short:
        take(run, "b", usd="0.6", holder="two")
    assert (short.value.dimension, short.value.spent, short.value.reserved) == (
        Dimension.USD, 0, Decimal("1.5"),
    )  # fmt: skip
    assert pay(run, "a", usd="1") == {"usd": (1, 0)}
    assert sums(take(run, "b", usd="0.6", holder="two").budgets) == {"usd": (1, Decimal("0.6"))}


def test_what_fits_to_the_last_digit_fits() -> None:
    run = limited({"usd": "0.000000000000000003"})
    for name in "abc":
        take(run, name, usd="0.000000000000000001")
    with pytest.raises(Short):
        take(run, "d", usd="0.000000000000000001")


def test_the_same_id_again_is_the_same_reservation() -> None:
    run = limited()
    take(run, "a", usd="2")
    assert sums(take(run, "a", usd="2").budgets) == {"usd": (0, 2)}
    pay(run, "a", usd="2")
    assert sums(take(run, "a", usd="2").budgets) == {"usd": (2, 0)}


def test_a_step_is_settled_once() -> None:
    run = limited()
    take(run, "a", usd="1")
    assert [pay(run, "a", usd="0.5"), pay(run, "a", usd="0.5")] == [
        {"usd": (Decimal("0.5"), 0)}
    ] * 2
    with pytest.raises(NotVisible):
        pay(run, "never", usd="1")


def test_what_is_released_comes_back() -> None:
    run = limited()
    take(run, "a", usd="2")
    assert pay(run, "a")["usd"][1] == 0
    take(run, "b", usd="2")


def test_all_of_it_is_reserved_or_nothing() -> None:
    run = limited({"usd": "2", "model_calls": "1"})
    take(run, "a", usd="1", model_calls="1")
    with pytest.raises(Short):
        take(run, "b", usd="0.1", model_calls="1")
    assert Reservation.objects.count() == 1


def test_what_has_no_limit_is_counted_all_the_same() -> None:
    run = limited(soft_budgets={"tokens": "5"})
    take(run, "a", usd="1", tokens="7", samples="1")
    assert pay(run, "a", tokens="9", usd="1")["tokens"] == (9, 0)


def test_what_nobody_is_heard_of_for_comes_back_and_counts_when_it_is_settled_late() -> None:
    run = limited()
    take(run, "a", usd="2")
    with pytest.raises(Short):
        take(run, "b", usd="1", now=14)
    take(run, "b", usd="1", now=16)
    assert pay(run, "a", now=17, usd="1.5") == {"usd": (Decimal("1.5"), 1)}
    with pytest.raises(Short):
        take(run, "c", usd="0.1", now=17)


def test_whoever_is_heard_of_keeps_what_they_reserved() -> None:
    run = limited()
    take(run, "a", usd="1", holder="one")
    take(run, "b", usd="1", holder="two")
    renew_reservations(holders={uuid.UUID(run): "one"}, now_ns=at(10))
    assert sums(take(run, "c", usd="1", now=16, holder="one").budgets) == {"usd": (0, 2)}
    with pytest.raises(Short):
        take(run, "d", usd="1", now=16)


def test_a_raise_makes_room() -> None:
    run = limited()
    take(run, "a", usd="2")
    ask(run, "raise_budget", budgets={"usd": {"hard": "3"}})
    take(run, "b", usd="1")
    with pytest.raises(Short) as short:
        take(run, "c", usd="1")
    assert short.value.line.version == 2


def test_a_limit_that_warns_is_passed_once_it_was_reached() -> None:
    run = limited(on_hit={"usd": "warn"})
    take(run, "a", usd="2")
    with pytest.raises(Short):
        take(run, "b", usd="1")
    put_on_record(make_project(), reached(run, "usd", "warn", version=1))
    take(run, "b", usd="1")


def test_a_limit_that_pauses_is_passed_when_a_person_let_it_go_on() -> None:
    run = limited(on_hit={"usd": "pause"})
    take(run, "a", usd="2")
    put_on_record(make_project(), reached(run, "usd", "pause", version=1))
    with pytest.raises(Short):
        take(run, "b", usd="1")
    put_on_record(make_project(), lifted(run, "budget:usd:hard:1"))
    take(run, "b", usd="1")


def test_a_limit_that_stops_is_never_passed() -> None:
    run = limited()
    put_on_record(make_project(), reached(run, "usd", "stop", version=1))
    with pytest.raises(Short):
        take(run, "b", usd="3")


def test_a_run_that_ends_gets_no_more_and_what_it_spent_still_counts() -> None:
    run = limited()
    take(run, "a", usd="1")
    ask(run, "stop")
    with pytest.raises(Conflict, match="asked to stop"):
        take(run, "b", usd="1")
    put_on_record(make_project(), make_event(RunEnded, run, state=ObservedState.CANCELLED))
    with pytest.raises(Conflict, match="has ended"):
        take(run, "c", usd="1")
    assert pay(run, "a", usd="0.75") == {"usd": (Decimal("0.75"), 0)}


def test_a_run_whose_limits_are_not_recorded_yet_and_another_projects_are_not_there() -> None:
    early = new_run()
    put_on_record(make_project(), observed(early, "a"))
    for run, project in ((early, "default"), (new_run(), "default"), (limited(), "other")):
        with pytest.raises(NotVisible):
            take(run, "a", usd="1", project=project)
    assert not SharedSpend.objects.exists()


def test_pages_see_what_all_processes_spend_together() -> None:
    run = limited({"usd": "2", "seconds": "60"})
    beat(run, spent={"usd": "0.1", "seconds": "4"})
    take(run, "a", usd="1")
    pay(run, "a", usd="0.5")
    take(run, "b", usd="0.25")
    row = run_of(run)
    usd, seconds = sorted(
        budget_lines(row, read_lease(row.id), at(1)),
        key=lambda each: each.basis.value,
        reverse=True,
    )
    assert (usd.spent, usd.reserved, usd.basis) == (
        Decimal("0.5"), Decimal("0.25"), SpendBasis.SHARED,
    )  # fmt: skip
    assert (seconds.spent, seconds.basis) == (4, SpendBasis.RUNNER)


def test_what_nobody_asks_about_any_more_is_forgotten_and_stays_counted() -> None:
    run = limited()
    take(run, "a", usd="1")
    pay(run, "a", usd="0.5")
    take(run, "lost", usd="0.5")
    assert forget_reservations(now_ns=at(599)) == 0
    assert forget_reservations(now_ns=at(601)) == 1
    assert forget_reservations(now_ns=at(25 * 3600)) == 1
    with pytest.raises(Short):
        take(run, "b", usd="1.6", now=25 * 3600)


def test_a_lower_limit_leaves_what_is_reserved_alone() -> None:
    run = limited()
    take(run, "a", usd="2")
    put_on_record(make_project(), allowed(run, "usd", 2, hard=Decimal(1)))
    assert pay(run, "a", usd="2") == {"usd": (2, 0)}
    with pytest.raises(Short):
        take(run, "b", usd="0.1")
