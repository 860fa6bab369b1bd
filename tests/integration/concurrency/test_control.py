"""Two people, two workers, two runners at once: one winner, and everybody is told who."""

from __future__ import annotations

import random
import threading
from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import Any

import pytest
from django.db import connections

from deliberation.events import RunEnded
from deliberation.vocabulary import ObservedState
from tests.integration.build import make_event, make_project, new_run, put_on_record
from tests.integration.control.acts import ask, beat, escalate, live_run, report, stage, sweep
from tests.integration.control.said import rebuild_changes_nothing, run_of, states_of
from traces.actions.conflict import Conflict, Fenced
from traces.models import Command, Hold, Lease, LedgerEntry

pytestmark = pytest.mark.django_db(transaction=True)
PATIENCE = 30


def at_once(works: Sequence[Callable[[], Any]]) -> list[Any]:
    """Do all of these in threads begun together; what came out of each, a conflict being an answer too."""
    barrier = threading.Barrier(len(works))
    done: list[Any] = [None] * len(works)

    def each(place: int) -> None:
        try:
            barrier.wait(PATIENCE)
            done[place] = works[place]()
        except BaseException as error:
            done[place] = error
        finally:
            connections.close_all()

    threads = [threading.Thread(target=each, args=(place,)) for place in range(len(works))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(PATIENCE)
    wrong = [each for each in done if isinstance(each, BaseException)]
    assert all(isinstance(each, Conflict) for each in wrong), wrong
    return done


def test_of_many_who_stop_at_once_one_wins_and_all_others_are_handed_the_winner() -> None:
    run = live_run()
    done = at_once([lambda n=n: ask(run, "stop", f"c{n}", by=f"user:p{n}") for n in range(12)])
    won = [each for each in done if not isinstance(each, Conflict)]
    assert len(won) == 1
    lost = [each for each in done if isinstance(each, Conflict)]
    assert {each.winner.command_id for each in lost if each.winner} == {won[0].command.command_id}
    assert all(each.winner for each in lost)
    assert Command.objects.count() == 1


def test_one_command_sent_many_times_at_once_is_one_command() -> None:
    run = live_run()
    done = at_once([lambda: ask(run, "pause", "same")] * 12)
    assert sum(each.is_new for each in done) == 1
    assert {each.command.command_id for each in done} == {"same"}
    assert (Command.objects.count(), Hold.objects.count()) == (1, 1)


def test_of_one_reason_one_hold_is_open_whoever_places_it_at_once() -> None:
    run = live_run()
    done = at_once([lambda n=n: ask(run, "pause", f"c{n}", reason="look") for n in range(8)])
    assert sum(isinstance(each, Conflict) for each in done) == 7
    assert Hold.objects.filter(is_open=True).count() == 1


def test_runners_that_attach_at_once_have_different_numbers_and_the_last_has_the_run() -> None:
    run = live_run()
    done = at_once([lambda n=n: beat(run, holder=f"h{n}") for n in range(8)])
    assert sorted(each.attempt for each in done) == list(range(1, 9))
    assert (run_of(run).attempt, Lease.objects.get().attempt) == (8, 8)
    holder = Lease.objects.get().holder
    for each, beaten in enumerate(done):
        if f"h{each}" != holder:
            with pytest.raises(Fenced):
                beat(run, beaten.attempt, holder=f"h{each}")


def test_runners_that_make_an_unknown_run_known_at_once_have_different_numbers() -> None:
    make_project()
    run = new_run()
    done = at_once([lambda n=n: beat(run, holder=f"h{n}") for n in range(6)])
    assert sorted(each.attempt for each in done) == list(range(1, 7))
    assert rebuild_changes_nothing(run)


def test_the_same_word_of_a_runner_from_two_doors_is_told_once() -> None:
    run = live_run()
    ask(run, "stop", "c")
    done = at_once([lambda: stage(run, "c", "applied")] * 6)
    assert sum(each.is_new for each in done) == 1
    assert LedgerEntry.objects.filter(key="ctl:cmd:c:applied").count() == 1


def test_a_runner_that_applies_a_pause_while_it_is_stopped_is_told_which_came_first() -> None:
    for _ in range(8):
        run = live_run()
        ask(run, "pause", "p")
        applied, stopped = at_once(
            [lambda run=run: stage(run, "p", "applied"), lambda run=run: ask(run, "stop", "s")]
        )
        row = Command.objects.get(run_id=run, command_id="p")
        assert row.stage == ("superseded" if isinstance(applied, Conflict) else "applied")
        assert stopped.is_new
        assert rebuild_changes_nothing(run)


def test_an_end_and_a_stop_at_once_leave_one_truth() -> None:
    for _ in range(8):
        run = live_run()
        end = make_event(RunEnded, run, state=ObservedState.COMPLETED)
        _, stopped = at_once(
            [
                lambda end=end: put_on_record(make_project(), end),
                lambda run=run: ask(run, "stop", "s"),
            ]
        )
        desired = "run" if isinstance(stopped, Conflict) else "stop"
        assert states_of(run) == (desired, "completed")
        assert rebuild_changes_nothing(run)


def test_two_workers_that_sweep_and_escalate_at_once_do_each_step_once() -> None:
    runs = [live_run() for _ in range(6)]
    for run in runs:
        beat(run, killable=True)
    sums = at_once([lambda: sweep(16)] * 3)
    assert sum(sums) == len(runs)
    for run in runs:
        ask(run, "stop", now=20)
    assert sum(at_once([lambda: escalate(61)] * 3)) == len(runs)
    assert {states_of(run)[1] for run in runs} == {"unconfirmed"}


def test_a_heartbeat_at_the_moment_of_the_sweep_brings_the_run_back() -> None:
    for _ in range(6):
        run = live_run()
        attempt = beat(run).attempt
        at_once([lambda: sweep(16), lambda run=run, a=attempt: beat(run, a, now=16)])
        beat(run, attempt, now=17)  # at the latest the next one
        assert states_of(run)[1] == "running"
        sweep(18)
        assert states_of(run)[1] == "running"
        assert rebuild_changes_nothing(run)


def test_everything_at_once_makes_no_circle_and_leaves_what_the_ledger_says() -> None:
    runs = [live_run() for _ in range(3)]
    attempts = {run: beat(run, killable=True).attempt for run in runs}

    def work(seed: int) -> None:
        chance = random.Random(seed)
        for _ in range(15):
            run = chance.choice(runs)
            acts: list[Callable[[], Any]] = [
                lambda run=run: ask(
                    run, chance.choice(["pause", "resume", "steer", "stop", "kill"])
                ),
                lambda run=run: beat(run, attempts[run], chance.choice(["running", "paused"])),
                lambda run=run: report(run, chance.choice(["running", "paused", "cancelling"])),
                lambda: sweep(chance.choice([1, 16, 80])),
                lambda: escalate(chance.choice([1, 25, 50])),
            ]
            with suppress(Conflict):
                chance.choice(acts)()

    at_once([lambda seed=seed: work(seed) for seed in range(5)])
    for run in runs:
        assert rebuild_changes_nothing(run)
