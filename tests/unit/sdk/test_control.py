"""The tables of control say what the design says, cell by cell."""

from __future__ import annotations

import itertools

import pytest

from deliberation.vocabulary import TERMINAL_STATES, DesiredState, ObservedState
from deliberation.vocabulary.control import (
    MOVES,
    NOT_HELD,
    NOT_KILLABLE,
    STAGE_MOVES,
    STRENGTH,
    Applies,
    CommandKind,
    CommandStage,
    applies,
    faced,
)

ENDS = "cancelled killed unconfirmed completed failed limit_exceeded rejected crashed"
# Spelt out here as well, so that a slip in the table does not agree with itself.
MAY_BECOME = {
    "queued": "starting running cancelling cancelled killing killed failed lost crashed unconfirmed",
    "starting": "running pausing paused awaiting_approval awaiting_input cancelling killing lost "
    + ENDS.replace(" rejected", ""),
    "running": "pausing paused awaiting_approval awaiting_input cancelling killing lost " + ENDS,
    "pausing": "paused running awaiting_approval awaiting_input cancelling killing lost " + ENDS,
    "paused": "running pausing cancelling killing lost awaiting_approval awaiting_input " + ENDS,
    "awaiting_approval": "running pausing paused cancelling killing lost awaiting_input " + ENDS,
    "awaiting_input": "running pausing paused cancelling killing lost awaiting_approval " + ENDS,
    "cancelling": "killing lost " + ENDS,
    "killing": "lost " + ENDS,
    "lost": "queued starting running pausing paused awaiting_approval awaiting_input cancelling "
    "killing " + ENDS,
    **dict.fromkeys(ENDS.split(), ""),
}
LIVE = "queued starting running pausing paused awaiting_approval awaiting_input lost"
APPLIES_IN = {
    "pause": LIVE,
    "resume": LIVE,
    "stop": LIVE,
    "kill": LIVE + " cancelling",
    "steer": LIVE,
    "raise_budget": LIVE + " cancelling killing",
}
TAKES_THE_PLACE_OF = {
    "pause": "resume",
    "resume": "",
    "stop": "pause resume steer",
    "kill": "pause resume steer stop",
    "steer": "",
    "raise_budget": "",
}
cells = list(itertools.product(CommandKind, ObservedState))


def test_it_works() -> None:
    found = applies(CommandKind.STOP, ObservedState.RUNNING, holds=0, killable=False)
    assert isinstance(found, Applies)


@pytest.mark.parametrize(
    ("before", "after"), list(itertools.product(ObservedState, repeat=2)), ids=str
)
def test_every_move(before: ObservedState, after: ObservedState) -> None:
    assert (after in MOVES[before]) is (after.value in MAY_BECOME[before.value].split())


@pytest.mark.parametrize("state", TERMINAL_STATES)
def test_nothing_follows_an_end(state: ObservedState) -> None:
    assert not MOVES[state]


@pytest.mark.parametrize(("kind", "state"), cells, ids=str)
def test_every_command_in_every_state(kind: CommandKind, state: ObservedState) -> None:
    found = applies(kind, state, holds=1, killable=True)
    if state.value in APPLIES_IN[kind.value].split():
        assert found == Applies(frozenset(map(CommandKind, TAKES_THE_PLACE_OF[kind.value].split())))
    else:
        assert isinstance(found, str)
        assert found


@pytest.mark.parametrize("state", [each for each in ObservedState if not each.is_terminal])
def test_a_run_that_has_not_ended_can_be_stopped_unless_it_is_ending(state: ObservedState) -> None:
    found = applies(CommandKind.STOP, state, holds=0, killable=False)
    ending = state in (ObservedState.CANCELLING, ObservedState.KILLING)
    assert isinstance(found, str) is ending


@pytest.mark.parametrize("state", list(ObservedState))
def test_what_nothing_holds_cannot_be_resumed(state: ObservedState) -> None:
    found = applies(CommandKind.RESUME, state, holds=0, killable=True)
    assert isinstance(found, str)
    assert (found == NOT_HELD) is (state.value in LIVE.split())


@pytest.mark.parametrize("state", list(ObservedState))
def test_what_no_supervisor_owns_cannot_be_killed(state: ObservedState) -> None:
    found = applies(CommandKind.KILL, state, holds=0, killable=False)
    assert isinstance(found, str)
    assert (found == NOT_KILLABLE) is (state.value in APPLIES_IN["kill"].split())


@pytest.mark.parametrize(
    ("observed", "desired", "expected"),
    [
        ("running", "run", "running"),
        ("running", "pause", "running"),
        ("running", "stop", "cancelling"),
        ("lost", "stop", "cancelling"),
        ("running", "kill", "killing"),
        ("cancelling", "kill", "killing"),
        ("killing", "stop", "killing"),
        ("completed", "stop", "completed"),
        ("killed", "kill", "killed"),
    ],
)
def test_an_end_that_was_asked_for_counts_as_under_way(
    observed: str, desired: str, expected: str
) -> None:
    assert faced(ObservedState(observed), DesiredState(desired)) is ObservedState(expected)


def test_stop_beats_pause_beats_run_and_kill_beats_all() -> None:
    assert sorted(STRENGTH, key=STRENGTH.__getitem__) == [
        DesiredState.RUN,
        DesiredState.PAUSE,
        DesiredState.STOP,
        DesiredState.KILL,
    ]


ORDER = ["requested", "delivered", "acknowledged"]
LAST = ["applied", "refused", "expired", "superseded"]


@pytest.mark.parametrize(
    ("before", "after"), list(itertools.product(CommandStage, repeat=2)), ids=str
)
def test_a_stage_only_goes_forward(before: CommandStage, after: CommandStage) -> None:
    if before.value in LAST:
        assert before.is_final
        assert after not in STAGE_MOVES[before]
    else:
        further = [*ORDER[ORDER.index(before.value) + 1 :], *LAST]
        assert (after in STAGE_MOVES[before]) is (after.value in further)
