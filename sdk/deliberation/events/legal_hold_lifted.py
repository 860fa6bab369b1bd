"""legal_hold.lifted"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from deliberation.events.base import Event, required


@dataclass(frozen=True, slots=True, kw_only=True)
class LegalHoldLifted(Event):
    """A legal hold is no more."""

    KIND: ClassVar[str] = "legal_hold.lifted"

    legal_hold: str = required("The hold.")
    by: str = required("Who asked for it: user:….")
    agreed_by: str = required("Who agreed, who is somebody else.")
    request: str = required("The request that they agreed to.")
