"""Budgets when several act at once, and when a worker dies in between."""

from __future__ import annotations

import os
import random
import threading
import time
import uuid
from collections.abc import Callable
from typing import Any

import pytest
from django.db import connections

from ingest import limits
from tests.integration.build import NOW_NS, make_project, new_run, put_on_record
from tests.integration.concurrency.test_inbox import drain, put
from tests.integration.control.acts import ask, at
from tests.integration.control.limits import begun, called, limits_of, line_of
from tests.integration.control.said import rebuild_changes_nothing, states_of
from traces import tasks
from traces.actions.conflict import Unfit
from traces.actions.enforce_budgets import enforce_after_pass, enforce_by_the_clock
from traces.models import Command, LedgerEntry


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


def test_a_pass_over_many_runs_with_limits_is_bounded() -> None:
    runs = [spent(on_hit={"usd": "warn"}) for _ in range(20)]
    random.Random(1).shuffle(runs)
    began = time.monotonic()
    enforce_after_pass(
        run_ids=[uuid.UUID(run) for run in runs], now_ns=NOW_NS, randbytes=os.urandom
    )
    assert time.monotonic() - began < 5
    assert {line_of(run)["hit_basis"] for run in runs} == {"recorded"}
