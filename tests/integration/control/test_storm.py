"""Storms of people and runners: after each step the rows are what the tables say, and a rebuild repeats them."""

from __future__ import annotations

import random
from contextlib import suppress
from dataclasses import dataclass, field

import pytest

from deliberation.vocabulary import (
    MOVES,
    Applies,
    CommandKind,
    CommandStage,
    DesiredState,
    ObservedState,
    applies,
)
from deliberation.vocabulary.control import STAGE_MOVES, STRENGTH, SUPERSEDES, WANTS, faced
from tests.integration.control.acts import ALICE, ask, beat, live_run, report, stage
from tests.integration.control.said import rebuild_changes_nothing, states_of
from traces.actions.conflict import Conflict
from traces.models import Command, Hold

PEOPLE = (ALICE, "user:bob")
REPORTED = [each for each in ObservedState if not each.is_terminal]
ENDS = [each for each in ObservedState if each.is_terminal]
KINDS = [*CommandKind, CommandKind.PAUSE, CommandKind.RESUME, CommandKind.STEER]
VOID = (CommandStage.REFUSED, CommandStage.EXPIRED, CommandStage.SUPERSEDED)


@dataclass(slots=True)
class Expected:
    """A run as the tables alone would have it: what the server must agree with."""

    killable: bool
    observed: ObservedState = ObservedState.RUNNING
    desired: DesiredState = DesiredState.RUN
    kinds: dict[str, CommandKind] = field(default_factory=dict)
    stages: dict[str, CommandStage] = field(default_factory=dict)
    holds: list[tuple[str, str, str]] = field(default_factory=list)

    def take(self, command: str, kind: CommandKind, by: str, reason: str) -> bool:
        """Take a command where it applies."""
        state = faced(self.observed, self.desired)
        found = applies(kind, state, holds=len(self.holds), killable=self.killable)
        twin = kind is CommandKind.PAUSE and (by, reason) in [hold[:2] for hold in self.holds]
        if not isinstance(found, Applies) or twin:
            return False
        for other, stage_ in self.stages.items():
            if self.kinds[other] in SUPERSEDES[kind] and not stage_.is_final:
                self.stages[other] = CommandStage.SUPERSEDED
        self.kinds[command], self.stages[command] = kind, CommandStage.REQUESTED
        if kind is CommandKind.PAUSE:
            self.holds.append((by, reason, command))
        if kind is CommandKind.RESUME:
            self._lift(by)
        self._want()
        return True

    def _lift(self, by: str) -> None:
        own = [hold for hold in self.holds if hold[0] == by]
        hold = (own or self.holds)[-1]
        self.holds.remove(hold)
        if not self.stages[hold[2]].is_final:
            self.stages[hold[2]] = CommandStage.EXPIRED

    def say(self, command: str, stage_: CommandStage) -> None:
        """A runner tells how far a command has come."""
        if stage_ in STAGE_MOVES[self.stages[command]]:
            self.stages[command] = stage_
            self._want()

    def see(self, state: ObservedState) -> None:
        """The run is observed in a state."""
        if state in MOVES[self.observed]:
            self.observed = state

    def _want(self) -> None:
        if self.observed.is_terminal:
            return
        asked = [
            WANTS[kind]
            for command, kind in self.kinds.items()
            if kind in (CommandKind.STOP, CommandKind.KILL) and self.stages[command] not in VOID
        ]
        rest = DesiredState.PAUSE if self.holds else DesiredState.RUN
        self.desired = max([*asked, rest], key=STRENGTH.__getitem__)


def one_step(run: str, expected: Expected, chance: random.Random, number: int) -> None:
    """Somebody does something, to the run and to what is expected of it."""
    what = chance.random()
    if what < 0.5:
        kind, by = chance.choice(KINDS), chance.choice(PEOPLE)
        reason = chance.choice(["look", "wait"])
        is_taken = expected.take(f"c{number}", kind, by, reason)
        if is_taken:
            ask(run, kind.value, f"c{number}", by=by, reason=reason)
        else:
            with pytest.raises(Conflict) as told:
                ask(run, kind.value, f"c{number}", by=by, reason=reason)
            assert told.value.state == expected.observed.value
    elif what < 0.8 and expected.stages:
        command = chance.choice(list(expected.stages))
        stage_ = chance.choice(
            [CommandStage.ACKNOWLEDGED, CommandStage.APPLIED, CommandStage.REFUSED]
        )
        expected.say(command, stage_)
        with suppress(Conflict):
            stage(run, command, stage_.value)
    else:
        state = chance.choice(ENDS if chance.random() < 0.04 else REPORTED)
        expected.see(state)
        report(run, state.value)


def agrees(run: str, expected: Expected) -> bool:
    """The rows are what is expected."""
    assert states_of(run) == (expected.desired.value, expected.observed.value)
    stages = Command.objects.filter(run_id=run).values_list("command_id", "stage")
    assert dict(stages) == {command: each.value for command, each in expected.stages.items()}
    holds = Hold.objects.filter(run_id=run, is_open=True).values_list(
        "source", "reason", "command_id"
    )
    assert sorted(holds) == sorted(expected.holds)
    return True


@pytest.mark.parametrize("seed", range(12))
def test_a_storm_leaves_what_the_tables_say(seed: int) -> None:
    chance = random.Random(seed)
    run, expected = live_run(), Expected(killable=seed % 2 == 0)
    beat(run, killable=expected.killable)
    for number in range(40):
        one_step(run, expected, chance, number)
        assert agrees(run, expected)
    assert rebuild_changes_nothing(run)
