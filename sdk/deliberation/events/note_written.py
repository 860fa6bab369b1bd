"""note.written"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from deliberation.events.base import Event, fact, part, required


@dataclass(frozen=True, slots=True, kw_only=True)
class NoteWritten(Event):
    """A person wrote a note on the run or on one of its nodes, or replied to one."""

    KIND: ClassVar[str] = "note.written"

    note: str = required("The note's id.")
    by: str = required("Who: user:… or key:….")
    on_node: str | None = fact("The node that it is about; the run where absent.")
    reply_to: str | None = fact("The note that it answers.")
    text: str | None = part("What they wrote.")
