"""run.ended"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from deliberation.events.base import Event, fact, part, required
from deliberation.vocabulary import ObservedState


@dataclass(frozen=True, slots=True, kw_only=True)
class RunEnded(Event):
    """The deliberation is over. The first terminal state stands; a later one changes nothing."""

    KIND: ClassVar[str] = "run.ended"

    state: ObservedState = required("How it ended: a terminal state.")
    answer: str | None = part("What was returned to the user.")
    stated_confidence: float | None = fact("The confidence the system stated, 0 to 1.")
    stop_reason: str | None = fact("Why it ended, in a word.")
    error: str | None = part("The error that ended it.")
