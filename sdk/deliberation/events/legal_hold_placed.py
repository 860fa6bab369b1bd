"""legal_hold.placed"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from deliberation.events.base import Event, part, required


@dataclass(frozen=True, slots=True, kw_only=True)
class LegalHoldPlaced(Event):
    """Nothing of the run may be taken away by one person, or by a policy, until the hold is lifted."""

    KIND: ClassVar[str] = "legal_hold.placed"

    legal_hold: str = required("The hold's id.")
    by: str = required("Who placed it: user:….")
    reason: str | None = part("Why, in their words.")
