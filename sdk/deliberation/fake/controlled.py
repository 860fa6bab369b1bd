"""One run under the fake's control: holds, commands, lease, and what is known of its state."""

from __future__ import annotations

import time
import uuid
from dataclasses import dataclass, field
from typing import Any

from deliberation.events import BudgetHit, RunStarted
from deliberation.events.base import Event
from deliberation.fake.approval import Approval, Approvals
from deliberation.fake.budgets import Budgets
from deliberation.fake.command import Command
from deliberation.fake.reservations import Reservations
from deliberation.vocabulary import (
    MOVES,
    BudgetSource,
    CommandKind,
    CommandStage,
    Decision,
    DesiredState,
    ObservedState,
    applies,
)
from deliberation.vocabulary.control import WANTS, faced

HEARTBEAT_SECONDS = 5


class Refused(Exception):
    """It does not apply to the run as it stands."""


class Fenced(Refused):
    """A later attempt has the run."""


@dataclass(slots=True)
class Lease:
    """Who holds a run, and since when nobody heard of it. `said` is the latest heartbeat."""

    attempt: int
    holder: str | None
    at: float
    said: dict[str, Any] = field(default_factory=dict)


@dataclass(slots=True)
class Hold:
    """Why a run is to wait."""

    id: str
    command: str
    reason: str


class Controlled:
    """One run. Not for several threads at once: whoever owns it has the lock."""

    def __init__(self, run: str, *, lease_seconds: float) -> None:
        self.run = run
        self.seq = 0
        self.desired = DesiredState.RUN
        self.states: list[ObservedState] = [ObservedState.QUEUED]
        self.commands: dict[str, Command] = {}
        self.holds: list[Hold] = []
        self.approvals = Approvals()
        self.budgets = Budgets()
        self.reservations = Reservations(self.budgets, lease_seconds, lambda: bool(self.holds))
        self.rules: list[dict[str, Any]] = []
        self.attempts = 0
        self.lease: Lease | None = None
        self._lease_seconds = lease_seconds

    @property
    def observed(self) -> ObservedState:
        """What is known of it: `lost` once its holder has been silent for longer than the lease."""
        known = self.states[-1]
        silent = self.lease is not None and time.monotonic() - self.lease.at > self._lease_seconds
        return ObservedState.LOST if silent and not known.is_terminal else known

    def issue(self, kind: CommandKind, *, reason: str, payload: dict[str, Any]) -> Command:
        """Ask something of the run. Raises `Refused` with the reason when it does not apply."""
        killable = self.lease is not None and bool(self.lease.said.get("killable"))
        state = faced(self.observed, self.desired)
        allowed = applies(kind, state, holds=len(self.holds), killable=killable)
        if isinstance(allowed, str):
            raise Refused(allowed)
        self.seq += 1
        for other in self.commands.values():
            if other.is_open and other.kind in allowed.supersedes:
                other.take_back(CommandStage.SUPERSEDED, self.seq)
        command = Command(
            id=str(uuid.uuid4()),
            run=self.run,
            kind=kind,
            seq=self.seq,
            reason=reason,
            payload=payload,
        )
        self.commands[command.id] = command
        self._take_effect(command)
        return command

    def decide(self, approval: Approval, decision: Decision, **more: Any) -> None:
        """Let somebody decide about an action that waits."""
        self.seq += 1
        approval.decide(decision, seq=self.seq, **more)

    def set_budget(self, name: str, source: BudgetSource, **limits: Any) -> None:
        """Set a limit; the holds that the former one had placed are lifted."""
        self.seq += 1
        self.budgets.set(name, source, **limits)
        self.holds = [each for each in self.holds if not each.id.startswith(f"budget:{name}:")]
        self._mind_holds()

    def take_in(self, event: Event) -> None:
        """Take in what an event says of spending; a limit that pauses is a hold."""
        reason = self.budgets.record(event)
        limits = isinstance(event, RunStarted) and (event.budgets or event.soft_budgets)
        if limits or isinstance(event, BudgetHit):
            self.seq += 1
        if isinstance(event, BudgetHit) and reason is not None:
            name = f"budget:{event.dimension}:{event.which.value}:{event.version}"
            self.holds.append(Hold(name, "", reason))
            self._mind_holds()

    def attach(self, said: dict[str, Any]) -> None:
        """Take in a heartbeat; without an attempt it begins one.

        Raises `Fenced`, and `Refused` when there is nothing left to attach to.
        """
        if self.observed.is_terminal and said.get("attempt") is None:
            raise Refused(f"the run has ended: {self.observed.value}")
        holder, attempt = said.get("holder"), said.get("attempt")
        if attempt is None:
            # Asked again because the answer was lost: the same process has the same attempt.
            is_same = self.lease is not None and holder and self.lease.holder == holder
            attempt = self.attempts if is_same else self.attempts + 1
        if attempt < self.attempts:
            raise Fenced(f"attempt {self.attempts} has the run")
        self.attempts = attempt
        if self.observed.is_terminal:
            return
        self.lease = Lease(attempt, holder, time.monotonic(), said)
        if said.get("limits"):
            self.budgets.record(RunStarted(run=self.run, key="limits", **said["limits"]))
        if said.get("state"):
            self.report(ObservedState(said["state"]))

    def report(self, state: ObservedState) -> None:
        """Take in what a runner, or its last event, says; what may not follow changes nothing."""
        if state is self.states[-1] or state not in MOVES[self.states[-1]]:
            return
        self.states.append(state)
        if state.is_terminal:
            self.lease = None

    def expire_commands(self) -> None:
        """Close what can have no effect any more, for the run has ended."""
        for command in self.commands.values():
            if command.is_open:
                is_stopped = self.observed is ObservedState.CANCELLED
                done = is_stopped and command.kind is CommandKind.STOP
                command.move(CommandStage.APPLIED if done else CommandStage.EXPIRED)

    def plain(self, *, after: int) -> dict[str, Any]:
        """Return the answer to a poll, and take the commands in it for delivered."""
        told = [each for each in self.commands.values() if each.is_news(after)]
        for command in told:
            command.move(CommandStage.DELIVERED)
        lease = self.lease
        return {
            "control_seq": self.seq,
            "desired_state": self.desired.value,
            "observed_state": self.observed.value,
            "commands": [command.plain() for command in told],
            "budgets": self.budgets.plain(),
            "approvals": [each.plain() for each in self.approvals.closed_after(after)],
            "approval_rules": self.rules,
            "holds": [{"hold_id": each.id, "reason": each.reason} for each in self.holds],
            "lease": lease
            and {
                "attempt": lease.attempt,
                "seconds": self._lease_seconds,
                "heartbeat_seconds": min(HEARTBEAT_SECONDS, self._lease_seconds / 3),
            },
        }

    def _take_effect(self, command: Command) -> None:
        if command.kind is CommandKind.PAUSE:
            self.holds.append(Hold(str(uuid.uuid4()), command.id, command.reason))
        elif command.kind is CommandKind.RESUME:
            lifted = self.holds.pop()
            if lifted.command in self.commands:
                self.commands[lifted.command].take_back(CommandStage.EXPIRED, self.seq)
        elif command.kind is CommandKind.RAISE_BUDGET:
            for name, limits in command.payload["budgets"].items():
                self.set_budget(name, BudgetSource.COMMAND, **limits)
        if command.kind is CommandKind.STOP and self.states[-1] is ObservedState.QUEUED:
            self.report(ObservedState.CANCELLED)
            command.move(CommandStage.APPLIED)
        if command.kind in (CommandKind.STOP, CommandKind.KILL):
            self.desired = WANTS[command.kind]
        elif command.kind is not CommandKind.STEER:
            self._mind_holds()

    def _mind_holds(self) -> None:
        if self.desired in (DesiredState.RUN, DesiredState.PAUSE):
            self.desired = DesiredState.PAUSE if self.holds else DesiredState.RUN
