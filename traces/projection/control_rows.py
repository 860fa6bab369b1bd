"""The commands and holds of the runs that a pass says something about control of."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db import connection

from deliberation.events import (
    BudgetHit,
    CommandIssued,
    CommandStaged,
    Event,
    HoldLifted,
    HoldPlaced,
)
from deliberation.vocabulary.control import ENDS
from traces.models.command import OPEN_STAGES
from traces.projection.states import CommandState, HoldState, RunState
from traces.projection.tables import COMMANDS, HOLDS

Key = tuple[uuid.UUID, str]
END_KINDS = [kind.value for kind in ENDS]
# What is open, what decides the desired state, and what the events name.
LOADED_COMMANDS = f"""
SELECT {COMMANDS.selected} FROM {COMMANDS.name}
WHERE run_id = ANY(%s) AND (stage = ANY(%s) OR kind = ANY(%s) OR command_id = ANY(%s))"""
LOADED_HOLDS = f"""
SELECT {HOLDS.selected} FROM {HOLDS.name}
WHERE run_id = ANY(%s) AND (is_open OR hold_id = ANY(%s))"""


@dataclass(slots=True)
class ControlRows:
    """Rows by (run, id): looked up before, changed in memory, written after. A run has few that are open."""

    commands: dict[Key, CommandState] = field(default_factory=dict)
    holds: dict[Key, HoldState] = field(default_factory=dict)
    touched_commands: set[Key] = field(default_factory=set)
    touched_holds: set[Key] = field(default_factory=set)

    def load(
        self,
        runs: Mapping[uuid.UUID, RunState],
        events: Mapping[uuid.UUID, Sequence[Event]],
    ) -> None:
        """Fetch what these events may change or depend on."""
        about = {
            run_id: told
            for run_id, listed in events.items()
            if runs[run_id].size  # a new run has nothing stored
            and (told := [each for each in listed if type(each) in ABOUT])
        }
        if not about:
            return
        named = [each for told in about.values() for each in told]
        with connection.cursor() as cursor:
            cursor.execute(
                LOADED_COMMANDS,
                [list(about), list(OPEN_STAGES), END_KINDS, list(_commands_in(named))],
            )
            found = map(CommandState.of, cursor.fetchall())
            self.commands = {(row.run_id, row.command_id): row for row in found}
            cursor.execute(LOADED_HOLDS, [list(about), list(_holds_in(named))])
            held = map(HoldState.of, cursor.fetchall())
            self.holds = {(row.run_id, row.hold_id): row for row in held}

    def commands_of(self, run: RunState) -> Iterator[CommandState]:
        """Yield the run's commands that are open, and all those that ask for its end."""
        return (row for (run_id, _), row in self.commands.items() if run_id == run.id)

    def open_holds_of(self, run: RunState) -> Iterator[HoldState]:
        """Yield what holds the run."""
        return (row for (run_id, _), row in self.holds.items() if run_id == run.id and row.is_open)

    def touch_command(self, command: CommandState) -> None:
        """Note that the row is to be written."""
        self.touched_commands.add((command.run_id, command.command_id))

    def touch_hold(self, hold: HoldState) -> None:
        """Note that the row is to be written."""
        self.touched_holds.add((hold.run_id, hold.hold_id))

    def save(self) -> None:
        """Write what changed, the older rows first: what a hold lifted may be placed anew by the next."""
        COMMANDS.put(_in_order(self.commands, self.touched_commands), ("run_id", "command_id"))
        HOLDS.put(_in_order(self.holds, self.touched_holds), ("run_id", "hold_id"))


ABOUT = frozenset((CommandIssued, CommandStaged, HoldPlaced, HoldLifted, BudgetHit))
"""Looked for among all events of a pass by their very class: less than half the time of isinstance (measured)."""


def _commands_in(events: Iterable[Event]) -> Iterator[str]:
    for event in events:
        if isinstance(event, (CommandIssued, CommandStaged)):
            yield event.command
        if isinstance(event, CommandIssued):
            yield from event.supersedes or ()


def _holds_in(events: Iterable[Event]) -> Iterator[str]:
    return (event.hold for event in events if isinstance(event, (HoldPlaced, HoldLifted)))


def _in_order(rows: Mapping[Key, Any], keys: Iterable[Key]) -> list[Any]:
    return sorted((rows[key] for key in keys), key=lambda row: (row.run_id, row.seq))
