"""A stop that nobody answers: overdue, then killed where that can be, then said to be unconfirmed."""

from __future__ import annotations

import pytest

from tests.integration.control.acts import ask, beat, escalate, live_run, report, stage
from tests.integration.control.said import (
    command_of,
    rebuild_changes_nothing,
    run_of,
    stage_of,
    states_of,
)
from traces.models import Command
from traces.queries.commands import read_command
from traces.queries.patience import patience

OVERDUE, KILL, UNCONFIRMED = 10, 20, 40


def kills_of(run: str) -> list[tuple[str, str]]:
    found = Command.objects.filter(run_id=run, kind="kill")
    return list(found.values_list("by", "stage"))


def test_it_works() -> None:
    run = live_run()
    attempt = beat(run, killable=True).attempt
    ask(run, "stop", "c")
    for now in range(5, 40, 5):
        beat(run, attempt, killable=True, now=now)
        escalate(now)
        assert bool(kills_of(run)) is (now > KILL)
    assert kills_of(run) == [("server:escalation", "requested")]
    assert (stage_of(run, "c"), states_of(run)) == ("superseded", ("kill", "running"))
    beat(run, attempt, state="killed", killable=True, now=41)
    escalate(60)
    assert (kills_of(run), states_of(run)[1]) == ([("server:escalation", "applied")], "killed")
    assert rebuild_changes_nothing(run)


def test_a_stop_is_overdue_after_a_while_whatever_was_heard() -> None:
    run = live_run()
    row = ask(run, "stop", "c").command
    after = patience().overdue_after
    asked = row.times[row.stage]
    assert not row.is_overdue(asked + after, after)
    assert row.is_overdue(asked + after + 1, after)
    acknowledged = stage(run, "c", "acknowledged").command
    assert acknowledged.is_overdue(asked + after + 1, after)
    stage(run, "c", "applied")
    applied = read_command(row.run_id, "c")
    assert applied
    assert not applied.is_overdue(asked + after + 1, after)


def test_a_run_that_nobody_holds_is_unconfirmed_and_never_stopped() -> None:
    run = live_run()
    ask(run, "stop", "c")
    assert escalate(UNCONFIRMED) == 0
    assert escalate(UNCONFIRMED + 1) == 1
    assert states_of(run) == ("stop", "unconfirmed")
    assert stage_of(run, "c") == "expired"
    assert escalate(UNCONFIRMED + 2) == 0
    assert rebuild_changes_nothing(run)


def test_a_stop_that_was_heard_is_waited_for_as_long_as_its_holder_is_heard_of() -> None:
    run = live_run()
    attempt = beat(run, killable=True).attempt
    ask(run, "stop", "c")
    stage(run, "c", "acknowledged")
    beat(run, attempt, state="cancelling", killable=True, now=1)
    for now in range(5, 200, 5):
        beat(run, attempt, state="cancelling", killable=True, in_call=True, now=now)
        assert escalate(now) == 0
    assert states_of(run) == ("stop", "cancelling")
    assert kills_of(run) == []


def test_what_no_supervisor_owns_is_not_killed_while_it_is_heard_of() -> None:
    run = live_run()
    attempt = beat(run).attempt
    ask(run, "stop", "c")
    for now in range(5, 100, 5):
        beat(run, attempt, now=now)
        assert escalate(now) == 0
    assert (kills_of(run), states_of(run)) == ([], ("stop", "running"))


def test_a_supervisor_that_is_gone_is_not_asked_to_kill() -> None:
    run = live_run()
    beat(run, killable=True)
    ask(run, "stop", "c")
    escalate(KILL + 1)
    assert kills_of(run) == []
    escalate(UNCONFIRMED + 1)
    assert states_of(run)[1] == "unconfirmed"


def test_a_kill_that_nobody_answers_is_unconfirmed_too() -> None:
    run = live_run()
    beat(run, killable=True)
    ask(run, "kill", "k", now=5)
    escalate(5 + UNCONFIRMED + 1)
    assert (states_of(run), stage_of(run, "k")) == (("kill", "unconfirmed"), "expired")


@pytest.mark.parametrize(
    ("kind", "end", "expected"),
    [
        ("stop", "cancelled", "applied"),
        ("stop", "completed", "expired"),
        ("stop", "killed", "expired"),
        ("kill", "killed", "applied"),
        ("kill", "completed", "expired"),
        ("pause", "completed", "expired"),
        ("steer", "failed", "expired"),
        ("raise_budget", "completed", "expired"),
    ],
)
def test_what_the_end_left_open_is_closed_as_what_became_of_it(
    kind: str, end: str, expected: str
) -> None:
    run = live_run()
    beat(run, killable=True)
    ask(run, kind, "c")
    report(run, end)
    assert escalate(5) == 0  # its own last word may be on the way
    assert escalate(6) == 1
    assert stage_of(run, "c") == expected
    assert command_of(run, "c").detail == f"the run has ended: {end}"
    assert escalate(7) == 0
    assert rebuild_changes_nothing(run)


def test_done_twice_is_done_once() -> None:
    run = live_run()
    attempt = beat(run, killable=True).attempt
    ask(run, "stop", "c")
    beat(run, attempt, killable=True, now=KILL)
    escalate(KILL + 1)
    size = run_of(run).size
    escalate(KILL + 1)
    assert run_of(run).size == size
