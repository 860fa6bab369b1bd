"""removal.closed"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from deliberation.events.base import Event, required
from deliberation.vocabulary import RemovalOutcome


@dataclass(frozen=True, slots=True, kw_only=True)
class RemovalClosed(Event):
    """A request to take something away was decided. What was agreed to follows in entries of its own."""

    KIND: ClassVar[str] = "removal.closed"

    request: str = required("The request.")
    by: str = required("Who: user:…; never who asked, but to withdraw it.")
    outcome: RemovalOutcome = required("What became of it.")
