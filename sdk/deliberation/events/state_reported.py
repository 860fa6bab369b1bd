"""state.reported"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from deliberation.events.base import Event, fact, part, required
from deliberation.vocabulary import ObservedState, Reporter


@dataclass(frozen=True, slots=True, kw_only=True)
class StateReported(Event):
    """The run was observed in a state. One that may not follow the present one changes nothing."""

    KIND: ClassVar[str] = "state.reported"

    state: ObservedState = required("The state.")
    by: Reporter = required("Whose word it is.")
    attempt: int | None = fact("The attempt that reports it, or that it is reported of.")
    detail: str | None = part("Why, in the words of whoever reports.")
