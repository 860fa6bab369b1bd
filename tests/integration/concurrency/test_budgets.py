"""Budgets when several act at once, and when a worker dies in between."""

from __future__ import annotations

import os
import threading
import uuid
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import pytest
from django.db import connection, connections, transaction
from django.test.utils import CaptureQueriesContext

from deliberation.vocabulary import Dimension
from ingest import limits
from tests.integration.build import NOW_NS, make_project, new_run, put_on_record
from tests.integration.concurrency.test_inbox import drain, put
from tests.integration.control.acts import ask, at
from tests.integration.control.limits import begun, called, limits_of, line_of
from tests.integration.control.said import rebuild_changes_nothing, states_of
from traces import tasks
from traces.actions.conflict import Unfit
from traces.actions.enforce_budgets import enforce_after_pass, enforce_by_the_clock
from traces.actions.reserve_spending import Reserved, Short, Wanted, reserve_spending
from traces.actions.settle_reservation import settle_reservation
from traces.actions.tell_run import lock_run
from traces.models import Command, LedgerEntry, Reservation, SharedSpend


def at_once(acts: list[Callable[[], Any]]) -> list[Any]:
    """Do all of it at one moment, each in a thread and a connection of its own; what each came to."""
    found: list[Any] = [None] * len(acts)
    start = threading.Barrier(len(acts))

    def do(place: int) -> None:
        start.wait()
        try:
            found[place] = acts[place]()
        except Exception as error:
            found[place] = error
        finally:
            connections.close_all()

    threads = [threading.Thread(target=do, args=(place,)) for place in range(len(acts))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return found


def entries(run: str, kind: str) -> int:
    lines = LedgerEntry.objects.filter(run_id=run).values_list("line", flat=True)
    return sum(f'"{kind}"'.encode() in bytes(line) for line in lines)


def spent(**facts: Any) -> str:
    """A run that was recorded above its limit, and that nobody has looked at."""
    run = new_run()
    put_on_record(make_project(), begun(run, {"usd": "1"}, **facts), called(run, "a", "2"))
    return run


def test_it_works() -> None:
    run = new_run()
    put([begun(run, {"usd": "1"}), called(run, "a", "2")])
    drain()
    assert (entries(run, "budget.hit"), states_of(run)[0]) == (1, "stop")
    assert Command.objects.get().by == "server:budget"
    assert rebuild_changes_nothing(run)


def test_workers_that_look_at_once_find_one_hit_and_give_one_stop() -> None:
    run = spent()

    def look() -> Any:
        return enforce_after_pass(run_ids=[uuid.UUID(run)], now_ns=at(1), randbytes=os.urandom)

    def tick() -> Any:
        return enforce_by_the_clock(now_ns=at(1), dated_ns=at(1), randbytes=os.urandom)

    found = at_once([look, look, look, tick, tick, tick])
    assert sum(map(len, found)) == 1
    assert (entries(run, "budget.hit"), Command.objects.count()) == (1, 1)
    assert rebuild_changes_nothing(run)


def test_a_worker_killed_between_a_hit_and_its_stop_leaves_neither() -> None:
    """A process that dies in the transaction: the child stops dead with the hit written and nothing committed."""
    run = spent()
    connections.close_all()
    child = os.fork()
    if child == 0:
        _die_before_the_stop(run)
    assert os.waitpid(child, 0)[1] == 9
    assert ("hard_hit_ns" in line_of(run), Command.objects.count()) == (False, 0)
    tasks.enforce_budgets_by_the_clock()
    assert (entries(run, "budget.hit"), states_of(run)[0]) == (1, "stop")


def _die_before_the_stop(run: str) -> None:
    from traces.actions import enforce_budgets

    enforce_budgets._stop = lambda *_: os.kill(os.getpid(), 9)  # type: ignore[assignment]
    enforce_after_pass(run_ids=[uuid.UUID(run)], now_ns=at(1), randbytes=os.urandom)
    os._exit(0)


def test_a_failure_to_enforce_stops_no_recording(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(**_: Any) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(limits, "enforce_after_pass", fail)
    run = new_run()
    put([begun(run, {"usd": "1"}), called(run, "a", "2")])
    assert drain() == 1
    assert entries(run, "node.observed") == 1
    tasks.enforce_budgets_by_the_clock()
    assert states_of(run)[0] == "stop"


def test_what_is_settled_late_still_counts_and_reaches_the_limit_once() -> None:
    run = spent()
    drain()
    for n in range(3):
        put([called(run, f"late-{n}", "1")])
    drain()
    assert entries(run, "budget.hit") == 1
    assert line_of(run)["hit_spent"].startswith("5")


def test_people_who_raise_at_once_make_a_version_each_and_the_same_command_one() -> None:
    run = spent(on_hit={"usd": "pause"})
    raises: list[Callable[[], Any]] = [
        lambda n=n: ask(run, "raise_budget", f"c{n % 5}", budgets={"usd": {"hard": "9"}})  # type: ignore[misc]
        for n in range(10)
    ]
    found = at_once(raises)
    assert [each for each in found if isinstance(each, Exception)] == []
    assert sum(each.is_new for each in found) == 5
    assert limits_of(run) == ("9", None, 6, "command")
    assert rebuild_changes_nothing(run)


def test_of_two_raises_at_once_the_lower_is_refused_or_overtaken_and_never_stands() -> None:
    run = spent()
    found = at_once([
        lambda: ask(run, "raise_budget", "a", budgets={"usd": {"hard": "3"}}),
        lambda: ask(run, "raise_budget", "b", budgets={"usd": {"hard": "5"}}),
    ])  # fmt: skip
    assert all(isinstance(each, Unfit) or each.is_new for each in found)
    assert limits_of(run)[0] == "5"


def test_limits_that_were_reached_cost_the_next_pass_one_query() -> None:
    runs = [uuid.UUID(spent(on_hit={"usd": "warn"})) for _ in range(5)]
    for most in (200, 1):
        with CaptureQueriesContext(connection) as asked:
            enforce_after_pass(run_ids=runs, now_ns=NOW_NS, randbytes=os.urandom)
        assert len(asked) <= most
    assert {line_of(str(run))["hit_basis"] for run in runs} == {"recorded"}


def take(run: str, name: str, **amounts: str) -> Reserved:
    return reserve_spending(
        project=make_project().pk,
        run_id=uuid.UUID(run),
        wanted=Wanted(
            reservation_id=name,
            holder="one",
            amounts={Dimension(each): Decimal(much) for each, much in amounts.items()},
        ),
        now_ns=at(0),
    )


def test_sixty_four_who_reserve_at_once_never_pass_a_limit() -> None:
    run = new_run()
    put_on_record(make_project(), begun(run, {"model_calls": "40", "usd": "100"}))
    found = at_once([lambda n=n: take(run, f"r{n}", model_calls="1", usd="1") for n in range(64)])  # type: ignore[misc]
    granted = [each for each in found if isinstance(each, Reserved)]
    short = [each for each in found if isinstance(each, Short)]
    assert (len(granted), len(short)) == (40, 24)
    assert Reservation.objects.filter(run_id=run).count() == 40


def test_the_same_reservation_asked_for_and_settled_at_once_counts_once() -> None:
    run = new_run()
    put_on_record(make_project(), begun(run, {"usd": "2"}))
    found = at_once([lambda: take(run, "same", usd="2")] * 8)
    assert all(isinstance(each, Reserved) for each in found)

    def settle() -> Any:
        return settle_reservation(
            project=make_project().pk, run_id=uuid.UUID(run), reservation_id="same",
            spent={Dimension.USD: Decimal("1.5")}, now_ns=at(1),
        )  # fmt: skip

    rows = at_once([settle] * 8)
    assert {row[0].spent for row in rows} == {Decimal("1.5")}
    assert SharedSpend.objects.get().spent == {"usd": "1.5"}


def test_a_pass_that_holds_the_runs_lock_keeps_nobody_from_reserving() -> None:
    run = new_run()
    put_on_record(make_project(), begun(run, {"usd": "2"}))
    locked, done = threading.Event(), threading.Event()

    def hold() -> bool:
        with transaction.atomic():
            lock_run(uuid.UUID(run))
            locked.set()
            return done.wait(20)

    def reserve() -> Any:
        locked.wait(20)
        try:
            return take(run, "a", usd="1")
        finally:
            done.set()

    was_done_meanwhile, reserved = at_once([hold, reserve])
    assert (was_done_meanwhile, type(reserved)) == (True, Reserved)
