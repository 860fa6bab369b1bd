"""note.revised"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from deliberation.events.base import Event, part, required


@dataclass(frozen=True, slots=True, kw_only=True)
class NoteRevised(Event):
    """Whoever wrote a note wrote it anew. What it said before stays in the ledger."""

    KIND: ClassVar[str] = "note.revised"

    note: str = required("The note.")
    by: str = required("Who: user:… or key:….")
    text: str | None = part("What it says now.")
