"""hold.placed"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from deliberation.events.base import Event, fact, part, required


@dataclass(frozen=True, slots=True, kw_only=True)
class HoldPlaced(Event):
    """The run is to wait until this hold is lifted. It waits as long as there is one."""

    KIND: ClassVar[str] = "hold.placed"

    hold: str = required("The hold's id.")
    source: str = required("Who or what holds: user:…, key:…, budget:…, approval:….")
    command: str | None = fact("The command that placed it.")
    reason: str | None = part("Why. There is one open hold of a source and reason.")
