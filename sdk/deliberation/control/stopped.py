"""How a program is told to end."""

from __future__ import annotations

from collections.abc import Callable
from enum import Enum
from typing import Any

from deliberation.vocabulary import ObservedState


class Cause(str, Enum):
    """Why a run is to end."""

    OPERATOR = "operator"
    """A person, a script or a rule of the server asked for it."""
    LIMIT = "limit"
    """A budget is used up."""
    FENCED = "fenced"
    """Another process has taken the run over; what this one does no longer counts."""
    REJECTED = "rejected"
    """A person refused an action, and with it the run."""
    DISCONNECTED = "disconnected"
    """The server was silent for longer than the lease, and the run was to stop then."""
    DIVERGED = "diverged"
    """It repeats another run, was to stop at the first difference, and came to one."""

    @property
    def ends_in(self) -> ObservedState:
        """The state of a run that ended by it."""
        return _ENDS.get(self, ObservedState.CANCELLED)


_ENDS = {
    Cause.LIMIT: ObservedState.LIMIT_EXCEEDED,
    Cause.REJECTED: ObservedState.REJECTED,
    Cause.DIVERGED: ObservedState.FAILED,
}


class OnDisconnect(str, Enum):
    """What a run does when the server is silent for longer than the lease (15 s)."""

    CONTINUE = "continue"
    """Go on as last told: what was paused stays paused."""
    PAUSE = "pause"
    """Wait at the next checkpoint until the server answers again."""
    STOP = "stop"
    """End at the next checkpoint."""


class Stopped(BaseException):
    """The run is to end now. Raised at a checkpoint; let it pass, or clean up and raise it again.

    No `Exception`, so that no `except Exception` takes it for a failure to be tried again. Whoever
    catches it and goes on meets it at the next checkpoint. A subclass takes the same three, for it
    is made anew each time. `command` is the id of the command that
    asked for it, None where no command did.
    """

    def __init__(
        self, reason: str = "", *, cause: Cause = Cause.OPERATOR, command: str | None = None
    ) -> None:
        super().__init__(reason)
        self.reason = reason
        self.cause = cause
        self.command = command

    def __str__(self) -> str:
        return self.reason or f"stopped ({self.cause.value})"

    def __reduce__(self) -> tuple[Callable[..., Stopped], tuple[Any, ...]]:
        # A pool of processes carries exceptions home by pickling them.
        return _again, (type(self), self.reason, self.cause, self.command)


class LimitExceeded(Stopped):
    """A budget is used up; the run ends as `limit_exceeded`."""

    def __init__(
        self, reason: str = "", *, cause: Cause = Cause.LIMIT, command: str | None = None
    ) -> None:
        super().__init__(reason, cause=cause, command=command)


def _again(kind: type[Stopped], reason: str, cause: Cause, command: str | None) -> Stopped:
    return kind(reason, cause=cause, command=command)
