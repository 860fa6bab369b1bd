"""replay.ended"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from deliberation.events.base import Event, required


@dataclass(frozen=True, slots=True, kw_only=True)
class ReplayEnded(Event):
    """A program that replayed a run counts what it did. The word of the program; the ledgers tell the same."""

    KIND: ClassVar[str] = "replay.ended"

    calls_recorded: int = required("How many calls were answered from the recording.")
    calls_live: int = required("How many calls were made.")
    diverged: int = required("How many differences were met, those left over not counted.")
    unused: int = required("How many recorded calls the program never asked for.")
