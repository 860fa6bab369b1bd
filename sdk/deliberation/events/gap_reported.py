"""gap.reported"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from deliberation.events.base import Event, fact, required


@dataclass(frozen=True, slots=True, kw_only=True)
class GapReported(Event):
    """Something is known to be missing: a producer dropped events, or a body held what could not be read."""

    KIND: ClassVar[str] = "gap.reported"

    cause: str = required("Why: spool_full, limit, malformed.")
    missing: int = required("How many events are missing.")
    producer: str | None = fact("Who dropped them.")
