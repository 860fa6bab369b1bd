"""Intent and observation of a run: two tables that are never mixed.

`desired_state` is what people asked for, `observed_state` what the runner reported. The legal moves between
them belong to control; here stands which words exist and which of them are final.
"""

from __future__ import annotations

from enum import Enum


class DesiredState(str, Enum):
    """What a person or a rule wants of a run."""

    RUN = "run"
    """Go on."""
    PAUSE = "pause"
    """Hold at the next checkpoint."""
    STOP = "stop"
    """End in order."""
    KILL = "kill"
    """End at once."""


class ObservedState(str, Enum):
    """What is known of a run."""

    QUEUED = "queued"
    """Waiting for a runner."""
    STARTING = "starting"
    """A runner took it."""
    RUNNING = "running"
    """Events arrive."""
    PAUSING = "pausing"
    """Asked to hold, not yet holding."""
    PAUSED = "paused"
    """Holding at a checkpoint."""
    AWAITING_APPROVAL = "awaiting_approval"
    """A consequential action waits for a person."""
    AWAITING_INPUT = "awaiting_input"
    """The program waits for a person's input."""
    CANCELLING = "cancelling"
    """Asked to stop, not yet stopped."""
    CANCELLED = "cancelled"
    """Stopped, and the runner said so."""
    KILLING = "killing"
    """Asked to die, not yet dead."""
    KILLED = "killed"
    """Dead, and the process's exit was seen."""
    UNCONFIRMED = "unconfirmed"
    """Asked to end, and nobody ever confirmed it."""
    COMPLETED = "completed"
    """Ended by itself."""
    FAILED = "failed"
    """Ended by an error."""
    LIMIT_EXCEEDED = "limit_exceeded"
    """Ended by a budget."""
    REJECTED = "rejected"
    """Ended because a person refused an action."""
    LOST = "lost"
    """Nothing more is heard of it: its lease ran out, or it fell silent; it may come back."""
    CRASHED = "crashed"
    """The process died."""

    @property
    def is_terminal(self) -> bool:
        """True when the state is write-once."""
        return self in TERMINAL_STATES


class SilenceCause(str, Enum):
    """Why a run of which no end was reported is taken to be over."""

    QUIET = "quiet"
    """Nothing was recorded for a set time."""
    FILE_READ = "file_read"
    """The file that tells of it was read to its end."""


TERMINAL_STATES = frozenset(
    {
        ObservedState.CANCELLED,
        ObservedState.KILLED,
        ObservedState.UNCONFIRMED,
        ObservedState.COMPLETED,
        ObservedState.FAILED,
        ObservedState.LIMIT_EXCEEDED,
        ObservedState.REJECTED,
        ObservedState.CRASHED,
    }
)
