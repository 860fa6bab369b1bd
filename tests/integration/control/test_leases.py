"""Leases: who holds a run, what is lost, what crashed, and what comes back."""

from __future__ import annotations

import uuid

import pytest
from django.db import connection
from pytest_django import DjangoAssertNumQueries

from tests.integration.build import make_project, new_run, observed, put_on_record
from tests.integration.control.acts import ask, at, beat, live_run, report, sweep
from tests.integration.control.said import rebuild_changes_nothing, run_of, states_of
from traces.actions import sweep_leases as sweeping
from traces.actions.conflict import Conflict, Fenced, Unfit
from traces.models import Lease, LedgerEntry, Run
from traces.queries.access import NotVisible
from traces.queries.clock import read_clock

LEASE, CRASH = 15, 60


def test_it_works() -> None:
    run = live_run()
    attempt = beat(run, spent={"usd": "0.5"}).attempt
    lease = Lease.objects.get(run_id=run)
    assert (attempt, lease.attempt, lease.spent) == (1, 1, {"usd": "0.5"})
    beat(run, attempt, now=10)
    assert sweep(24) == 0
    assert sweep(26) == 1
    assert states_of(run)[1] == "lost"
    beat(run, attempt, state="paused", now=30)
    assert states_of(run)[1] == "paused"
    assert sweep(46) == 1
    assert sweep(46 + CRASH) == 0
    assert sweep(47 + CRASH) == 1
    assert states_of(run)[1] == "crashed"
    assert run_of(run).ended_ns == at(47 + CRASH)
    assert not Lease.objects.exists()
    assert rebuild_changes_nothing(run)


def test_a_heartbeat_that_says_nothing_new_is_one_statement(
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    run = live_run()
    attempt, project = beat(run).attempt, make_project()
    with django_assert_num_queries(2):  # one of them the test's own, for the project
        beat(run, attempt, project=project.slug, now=5)
    assert Lease.objects.get().heartbeat_ns == at(5)


def test_a_run_that_nothing_was_recorded_of_is_made_known() -> None:
    run = new_run()
    assert beat(run, state="starting").attempt == 1
    assert states_of(run) == ("run", "starting")
    ask(run, "stop")
    put_on_record(make_project(), observed(run, "a"))
    assert run_of(run).nodes == 1
    assert rebuild_changes_nothing(run)


def test_another_projects_run_is_not_there() -> None:
    run = live_run()
    with pytest.raises(NotVisible):
        beat(run, project="another")
    attempt = beat(run).attempt
    with pytest.raises(NotVisible):
        beat(run, attempt, project="another")
    with pytest.raises(NotVisible):
        beat(new_run(), 1)


def test_a_later_attempt_fences_off_the_earlier_one() -> None:
    run = live_run()
    first, second = beat(run, holder="a").attempt, beat(run, holder="b").attempt
    assert (first, second) == (1, 2)
    with pytest.raises(Fenced, match="attempt 2 has the run"):
        beat(run, first, holder="a", state="paused")
    assert states_of(run)[1] == "running"
    assert Lease.objects.get().holder == "b"
    with pytest.raises(Unfit, match="never given out"):
        beat(run, 3)


def test_a_lost_lease_lifts_no_fence_and_loses_no_run() -> None:
    run = live_run()
    beat(run, holder="a")
    second = beat(run, holder="b").attempt
    Lease.objects.all().delete()
    with pytest.raises(Fenced):
        beat(run, 1, holder="a")
    beat(run, second, holder="b")
    Lease.objects.all().delete()
    assert sweep(0) == 0  # a last lease of the usual length
    assert sweep(LEASE + 1) == 1
    assert states_of(run)[1] == "lost"


def test_the_same_holder_that_attaches_again_is_the_same_attempt() -> None:
    run = live_run()
    assert beat(run, holder="a").attempt == beat(run, holder="a", now=1).attempt == 1
    assert beat(run, holder="a", now=LEASE + 2).attempt == 2  # it let its lease run out
    assert beat(run, holder="", now=LEASE + 3).attempt == 3
    assert beat(run, holder="", now=LEASE + 4).attempt == 4  # nobody in particular


def test_who_was_lost_and_asked_to_end_is_unconfirmed_and_not_crashed() -> None:
    run = live_run()
    beat(run)
    ask(run, "stop")
    sweep(LEASE + 1)
    sweep(LEASE + 2 + CRASH)
    assert states_of(run) == ("stop", "unconfirmed")


def test_an_outage_of_the_server_crashes_nothing_at_once() -> None:
    run = live_run()
    attempt = beat(run).attempt
    assert sweep(3_600) == 1
    assert sweep(3_601) == 0
    assert states_of(run)[1] == "lost"
    beat(run, attempt, now=3_602)
    assert states_of(run)[1] == "running"


def test_swept_twice_is_swept_once() -> None:
    run = live_run()
    beat(run)
    assert (sweep(LEASE + 1), sweep(LEASE + 1)) == (1, 0)
    assert LedgerEntry.objects.filter(run_id=run, key__startswith="ctl:state").count() == 1


def test_a_run_that_cannot_be_swept_holds_up_no_other(monkeypatch: pytest.MonkeyPatch) -> None:
    poisoned, healthy = live_run(), live_run()
    beat(poisoned)
    beat(healthy, now=1)
    lock = sweeping.lock_run

    def fail(run_id: uuid.UUID) -> object:
        if str(run_id) == poisoned:
            with connection.cursor() as cursor:
                cursor.execute("SELECT 1 / 0")
        return lock(run_id)

    monkeypatch.setattr(sweeping, "lock_run", fail)
    assert sweep(LEASE + 2) == 1
    assert (states_of(poisoned)[1], states_of(healthy)[1]) == ("running", "lost")


def test_the_lease_of_a_run_that_ended_or_is_gone_is_taken_away() -> None:
    run, gone = live_run(), live_run()
    attempt = beat(run).attempt
    beat(gone)
    Run.objects.filter(pk=gone).delete()
    report(run, "completed")
    sweep(1)
    assert not Lease.objects.exists()
    assert beat(run, attempt).state.value == "completed"
    assert not Lease.objects.exists()


@pytest.mark.parametrize("end", ["completed", "failed", "killed"])
def test_a_holder_that_says_the_end_gives_the_lease_back(end: str) -> None:
    run = live_run()
    attempt = beat(run).attempt
    assert beat(run, attempt, state=end).state.value == end
    assert not Lease.objects.exists()
    assert states_of(run)[1] == end


def test_who_comes_back_after_the_end_changes_no_row_and_stands_in_the_ledger_once() -> None:
    run = live_run()
    attempt = beat(run).attempt
    report(run, "crashed")
    size = run_of(run).size
    for now in range(3):
        assert beat(run, attempt, state="running", now=now).state.value == "crashed"
    assert states_of(run)[1] == "crashed"
    assert run_of(run).size == size + 1
    with pytest.raises(Conflict, match="the run has ended: crashed"):
        beat(run)
    assert rebuild_changes_nothing(run)


@pytest.mark.parametrize("state", ["lost", "unconfirmed"])
def test_a_holder_cannot_say_what_only_others_can_know(state: str) -> None:
    run = live_run()
    with pytest.raises(Unfit, match="state"):
        beat(run, state=state)


@pytest.mark.parametrize("state", ["running", "paused", "starting"])
def test_a_holder_that_has_not_heard_of_it_does_not_take_back_an_end_under_way(state: str) -> None:
    run = live_run()
    attempt = beat(run).attempt
    beat(run, attempt, state="cancelling")
    assert beat(run, attempt, state=state, now=1).state.value == "cancelling"
    assert Lease.objects.get().heartbeat_ns == at(1)


@pytest.mark.parametrize("days", [-1, 1])
def test_the_time_is_the_databases_whatever_a_hosts_clock_says(
    days: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    import time

    before = read_clock()
    real = time.time_ns()
    monkeypatch.setattr(time, "time_ns", lambda: real + days * 86_400 * 10**9)
    assert 0 <= read_clock() - before < 60 * 10**9


def test_attached_runs_are_found_by_their_index() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
        cursor.execute(f"EXPLAIN {sweeping.RESTORE}", [0, 0])
        plan = "\n".join(line for (line,) in cursor.fetchall())
    assert "attached_runs" in plan


def test_a_supervisor_and_its_program_hold_one_run_under_one_name() -> None:
    run = live_run()
    supervisor = beat(run, state=None, killable=True)
    program = beat(run, state="running", spent={"usd": "1"}, in_call=True)
    assert (supervisor.attempt, program.attempt) == (1, 1)
    beat(run, 1, state="paused", now=5, spent={"usd": "2"}, in_call=False)
    assert beat(run, 1, state=None, killable=True, now=6).state.value == "paused"
    lease = Lease.objects.get()
    assert (lease.killable, lease.state, lease.spent, lease.in_call) == (
        True,
        "paused",
        {"usd": "2"},
        False,
    )
    ask(run, "kill")
    sweep(6 + LEASE + 1)
    assert states_of(run)[1] == "lost"
    assert beat(run, 1, state=None, now=30).state.value == "paused"  # as it was
    assert states_of(run)[1] == "paused"


def test_what_one_attempt_said_is_not_said_by_the_next() -> None:
    run = live_run()
    beat(run, holder="a", killable=True, spent={"usd": "1"})
    beat(run, holder="b")
    lease = Lease.objects.get()
    assert (lease.killable, lease.spent, lease.in_call) == (False, {}, False)


def test_who_attaches_without_a_word_finds_the_run_as_it_is() -> None:
    known, unknown = live_run("awaiting_input"), new_run()
    assert beat(known, state=None).state.value == "awaiting_input"
    assert beat(unknown, state=None).state.value == "running"
    assert states_of(unknown)[1] == "running"
