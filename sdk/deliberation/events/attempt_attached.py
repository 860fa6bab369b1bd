"""attempt.attached"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from deliberation.events.base import Event, required


@dataclass(frozen=True, slots=True, kw_only=True)
class AttemptAttached(Event):
    """A process took the run under a lease. A higher attempt fences off the lower ones."""

    KIND: ClassVar[str] = "attempt.attached"

    attempt: int = required("The number of the attempt, from 1.")
    holder: str = required("The process, as it names itself.")
    killable: bool = required("Whether a supervisor that owns the process holds the lease.")
