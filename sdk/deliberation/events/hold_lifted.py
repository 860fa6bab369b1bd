"""hold.lifted"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from deliberation.events.base import Event, fact, required


@dataclass(frozen=True, slots=True, kw_only=True)
class HoldLifted(Event):
    """A hold is no more; when it was the last, the run may go on."""

    KIND: ClassVar[str] = "hold.lifted"

    hold: str = required("The hold.")
    by: str = required("Who lifted it.")
    command: str | None = fact("The command that lifted it.")
