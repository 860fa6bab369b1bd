"""Control as one table: which state may follow which, and which command applies where.

Server, SDK, documentation and tests read this and nothing else: `docs/reference/control-states.md` is made from it.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from deliberation.vocabulary.states import TERMINAL_STATES, DesiredState, ObservedState


class CommandKind(str, Enum):
    """What may be asked of a run."""

    PAUSE = "pause"
    """Place a hold: the program waits at its next checkpoint."""
    RESUME = "resume"
    """Lift one hold; the program goes on when it was the last."""
    STOP = "stop"
    """End in order, at the next checkpoint."""
    KILL = "kill"
    """End the process; only where a supervisor owns it."""
    STEER = "steer"
    """Hand a message to the program at its next checkpoint."""
    RAISE_BUDGET = "raise_budget"
    """Set new limits."""


class CommandStage(str, Enum):
    """How far a command has come. Nothing is called applied before the runner says so."""

    REQUESTED = "requested"
    """Committed here."""
    DELIVERED = "delivered"
    """Put into an answer to the run's holder."""
    ACKNOWLEDGED = "acknowledged"
    """Heard by the runner."""
    APPLIED = "applied"
    """Done, says the runner."""
    REFUSED = "refused"
    """Not done, and the runner says why."""
    EXPIRED = "expired"
    """It can have no effect any more: the run ended first, or what it asked for was taken back."""
    SUPERSEDED = "superseded"
    """A stronger command took its place."""

    @property
    def is_final(self) -> bool:
        """True when nothing more will be said about the command."""
        return not STAGE_MOVES[self]


class ActorKind(str, Enum):
    """Who acted."""

    USER = "user"
    """A signed-in person."""
    KEY = "key"
    """A machine with a key."""
    SERVER = "server"
    """The server, by a rule of its own."""
    POLICY = "policy"
    """A policy of the project."""


class Reporter(str, Enum):
    """Whose word a reported state is."""

    RUNNER = "runner"
    """The process that does the work, or its supervisor."""
    SERVER = "server"
    """The server, from a lease or a clock."""


STAGE_MOVES: dict[CommandStage, frozenset[CommandStage]] = {
    CommandStage.REQUESTED: frozenset(CommandStage) - {CommandStage.REQUESTED},
    CommandStage.DELIVERED: frozenset(CommandStage)
    - {CommandStage.REQUESTED, CommandStage.DELIVERED},
    CommandStage.ACKNOWLEDGED: frozenset(
        {
            CommandStage.APPLIED,
            CommandStage.REFUSED,
            CommandStage.EXPIRED,
            CommandStage.SUPERSEDED,
        }
    ),
    CommandStage.APPLIED: frozenset(),
    CommandStage.REFUSED: frozenset(),
    CommandStage.EXPIRED: frozenset(),
    CommandStage.SUPERSEDED: frozenset(),
}
"""Stages only go forward; they may be skipped, for what is told of them may overtake."""

STRENGTH: dict[DesiredState, int] = {
    DesiredState.RUN: 0,
    DesiredState.PAUSE: 1,
    DesiredState.STOP: 2,
    DesiredState.KILL: 3,
}
"""The stronger takes the place of the weaker, never the reverse."""

LIVE_STATES = frozenset(ObservedState) - TERMINAL_STATES
ENDING_STATES = frozenset({ObservedState.CANCELLING, ObservedState.KILLING})
WAITING_STATES = frozenset({ObservedState.AWAITING_APPROVAL, ObservedState.AWAITING_INPUT})
_ENDING_OR_LOST = ENDING_STATES | {ObservedState.LOST}
_HELD = frozenset({ObservedState.PAUSED})

MOVES: dict[ObservedState, frozenset[ObservedState]] = {
    ObservedState.QUEUED: _ENDING_OR_LOST
    | {
        ObservedState.STARTING,
        ObservedState.RUNNING,
        ObservedState.CANCELLED,
        ObservedState.KILLED,
        ObservedState.FAILED,
        ObservedState.CRASHED,
        ObservedState.UNCONFIRMED,
    },
    ObservedState.STARTING: _ENDING_OR_LOST
    | {ObservedState.RUNNING, ObservedState.PAUSING}
    | _HELD
    | WAITING_STATES
    | (TERMINAL_STATES - {ObservedState.REJECTED}),
    ObservedState.RUNNING: _ENDING_OR_LOST
    | {ObservedState.PAUSING}
    | _HELD
    | WAITING_STATES
    | TERMINAL_STATES,
    ObservedState.PAUSING: _ENDING_OR_LOST
    | {ObservedState.RUNNING}
    | _HELD
    | WAITING_STATES
    | TERMINAL_STATES,
    ObservedState.PAUSED: _ENDING_OR_LOST
    | {ObservedState.RUNNING, ObservedState.PAUSING}
    | WAITING_STATES
    | TERMINAL_STATES,
    ObservedState.AWAITING_APPROVAL: _ENDING_OR_LOST
    | {ObservedState.RUNNING, ObservedState.PAUSING, ObservedState.AWAITING_INPUT}
    | _HELD
    | TERMINAL_STATES,
    ObservedState.AWAITING_INPUT: _ENDING_OR_LOST
    | {ObservedState.RUNNING, ObservedState.PAUSING, ObservedState.AWAITING_APPROVAL}
    | _HELD
    | TERMINAL_STATES,
    ObservedState.CANCELLING: frozenset({ObservedState.KILLING, ObservedState.LOST})
    | TERMINAL_STATES,
    ObservedState.KILLING: frozenset({ObservedState.LOST}) | TERMINAL_STATES,
    ObservedState.LOST: (LIVE_STATES - {ObservedState.LOST}) | TERMINAL_STATES,
    **dict.fromkeys(TERMINAL_STATES, frozenset[ObservedState]()),
}
"""What may follow each state. A state that ends is written once: nothing follows it."""

APPLIES_IN: dict[CommandKind, frozenset[ObservedState]] = {
    CommandKind.PAUSE: LIVE_STATES - ENDING_STATES,
    CommandKind.RESUME: LIVE_STATES - ENDING_STATES,
    CommandKind.STOP: LIVE_STATES - ENDING_STATES,
    CommandKind.KILL: LIVE_STATES - {ObservedState.KILLING},
    CommandKind.STEER: LIVE_STATES - ENDING_STATES,
    CommandKind.RAISE_BUDGET: LIVE_STATES,
}
"""Where each command applies."""

SUPERSEDES: dict[CommandKind, frozenset[CommandKind]] = {
    CommandKind.PAUSE: frozenset({CommandKind.RESUME}),
    CommandKind.RESUME: frozenset(),
    CommandKind.STOP: frozenset({CommandKind.PAUSE, CommandKind.RESUME, CommandKind.STEER}),
    CommandKind.KILL: frozenset(
        {CommandKind.PAUSE, CommandKind.RESUME, CommandKind.STEER, CommandKind.STOP}
    ),
    CommandKind.STEER: frozenset(),
    CommandKind.RAISE_BUDGET: frozenset(),
}
"""Whose place each command takes, of those that are still open."""

WANTS: dict[CommandKind, DesiredState] = {
    CommandKind.PAUSE: DesiredState.PAUSE,
    CommandKind.STOP: DesiredState.STOP,
    CommandKind.KILL: DesiredState.KILL,
}
"""The state that a command asks for; the others leave it to the holds."""

ENDS = (CommandKind.STOP, CommandKind.KILL)
"""The commands that ask for a run's end."""

END_STATES = (DesiredState.STOP, DesiredState.KILL)
"""What is asked of a run that is to end."""

TAKEN_BACK = (CommandStage.EXPIRED, CommandStage.SUPERSEDED)
"""What becomes of a command without its runner: the runner must hear of it."""

WITHOUT_EFFECT = (CommandStage.REFUSED, *TAKEN_BACK)
"""What a command comes to that asks nothing any more."""

NOT_HELD = "nothing holds the run"
NOT_KILLABLE = "no supervisor owns its process; stop asks the program itself"


@dataclass(frozen=True, slots=True)
class Applies:
    """A command may be given; it takes the place of the open commands of these kinds."""

    supersedes: frozenset[CommandKind]


def applies(
    kind: CommandKind, state: ObservedState, *, holds: int, killable: bool
) -> Applies | str:
    """Return what giving a command means in a state, or a sentence why it cannot be given.

    `state` is what the command faces (see `faced`), `holds` how many are open, `killable` whether a supervisor
    that holds the run's lease owns its process.
    """
    if state not in APPLIES_IN[kind]:
        return _why_not(state)
    if kind is CommandKind.RESUME and not holds:
        return NOT_HELD
    if kind is CommandKind.KILL and not killable:
        return NOT_KILLABLE
    return Applies(SUPERSEDES[kind])


def faced(observed: ObservedState, desired: DesiredState) -> ObservedState:
    """Return the state that a command faces: an end that was asked for counts as under way.

    Otherwise a second stop would be taken as long as the runner has not reported on the first.
    """
    if observed.is_terminal or STRENGTH[desired] < STRENGTH[DesiredState.STOP]:
        return observed
    if desired is DesiredState.KILL:
        return ObservedState.KILLING
    return observed if observed is ObservedState.KILLING else ObservedState.CANCELLING


def _why_not(state: ObservedState) -> str:
    if state.is_terminal:
        return f"the run has ended: {state.value}"
    if state is ObservedState.KILLING:
        return "the run is asked to die already"
    return "the run is asked to stop already"
