"""How far a command has come: forward only, told twice is told once, and late words are refused with the row."""

from __future__ import annotations

import uuid

import pytest

from deliberation.vocabulary import CommandStage
from tests.integration.control.acts import ask, at, beat, live_run, randbytes, stage
from tests.integration.control.said import (
    command_of,
    rebuild_changes_nothing,
    run_of,
    stage_of,
    states_of,
)
from traces.actions.conflict import Conflict, Fenced
from traces.actions.stage_command import note_delivery
from traces.queries.access import NotVisible


def deliver(run: str, *commands: str) -> int:
    changes = note_delivery(
        run_id=uuid.UUID(run), command_ids=commands, attempt=1, now_ns=at(1), randbytes=randbytes
    )
    return len(changes)


def test_it_works() -> None:
    run = live_run()
    ask(run, "pause", "c")
    assert deliver(run, "c", "unknown") == 1
    stage(run, "c", "acknowledged", now=2, attempt=0, detail="heard")
    stage(run, "c", "applied", now=3, detail="waits at node a")
    row = command_of(run, "c")
    times = (row.requested_ns, row.delivered_ns, row.acknowledged_ns, row.applied_ns)
    assert times == (at(0), at(1), at(2), at(3))
    assert (row.stage, row.detail) == ("applied", "waits at node a")
    assert rebuild_changes_nothing(run)


def test_delivered_twice_is_delivered_once() -> None:
    run = live_run()
    ask(run, "steer", "c")
    assert deliver(run, "c") == 1
    size = run_of(run).size
    assert deliver(run, "c") == 0
    assert run_of(run).size == size


@pytest.mark.parametrize("said", ["acknowledged", "applied", "refused"])
def test_told_twice_is_told_once(said: str) -> None:
    run = live_run()
    ask(run, "steer", "c")
    first, again = stage(run, "c", said), stage(run, "c", said, now=9)
    assert (first.is_new, again.is_new) == (True, False)
    assert again.command == first.command


@pytest.mark.parametrize("final", ["applied", "refused"])
def test_an_acknowledgement_that_was_overtaken_changes_nothing(final: str) -> None:
    run = live_run()
    ask(run, "steer", "c")
    stage(run, "c", final)
    assert not stage(run, "c", "acknowledged").is_new
    assert stage_of(run, "c") == final


@pytest.mark.parametrize("said", ["acknowledged", "applied", "refused"])
def test_a_late_word_on_what_was_superseded_is_refused_with_both_rows(said: str) -> None:
    run = live_run()
    ask(run, "pause", "weak")
    strong = ask(run, "stop", "strong").command
    with pytest.raises(Conflict, match="superseded by strong") as told:
        stage(run, "weak", said)
    assert told.value.winner == strong
    assert told.value.command
    assert told.value.command.stage is CommandStage.SUPERSEDED


def test_a_runner_cannot_say_both_that_it_did_and_that_it_did_not() -> None:
    run = live_run()
    ask(run, "stop", "c")
    stage(run, "c", "refused", detail="I am in a transaction")
    assert states_of(run)[0] == "run"
    with pytest.raises(Conflict, match="refused already"):
        stage(run, "c", "applied")
    ask(run, "stop", "d")  # and so it may be asked again


def test_what_was_refused_can_be_asked_again_and_stands_in_nobodys_way() -> None:
    run = live_run()
    attempt = beat(run, killable=True).attempt
    ask(run, "kill", "k")
    stage(run, "k", "refused", attempt=attempt)
    assert states_of(run)[0] == "run"
    assert ask(run, "stop").is_new


def test_a_word_of_an_attempt_that_was_followed_is_fenced_off() -> None:
    run = live_run()
    first = beat(run, holder="a").attempt
    beat(run, holder="b")
    ask(run, "stop", "c")
    with pytest.raises(Fenced):
        stage(run, "c", "applied", attempt=first)
    assert stage_of(run, "c") == "requested"


def test_what_is_unknown_is_not_there() -> None:
    run = live_run()
    with pytest.raises(NotVisible):
        stage(run, "c", "applied")
    with pytest.raises(NotVisible):
        stage(run, "c\x00", "applied")
    with pytest.raises(NotVisible):
        stage(str(uuid.uuid4()), "c", "applied")
