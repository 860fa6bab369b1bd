"""note.withdrawn"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from deliberation.events.base import Event, required


@dataclass(frozen=True, slots=True, kw_only=True)
class NoteWithdrawn(Event):
    """A note is not shown any more. What it said stays in the ledger: withdrawing is no redaction."""

    KIND: ClassVar[str] = "note.withdrawn"

    note: str = required("The note.")
    by: str = required("Who withdrew it: whoever wrote it, or an owner of the project.")
