"""permit.refused"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from deliberation.events.base import Event, fact, required
from deliberation.vocabulary import PermitRefusal


@dataclass(frozen=True, slots=True, kw_only=True)
class PermitRefused(Event):
    """Somebody tried to use a permit that is not good for it."""

    KIND: ClassVar[str] = "permit.refused"

    approval: str = required("The request that the permit would have come from.")
    refusal: PermitRefusal = required("What was wrong.")
    digest: str | None = fact("The digest of the action that was to be done.")
    attempt: int | None = fact("The attempt that tried.")
    by: str | None = fact("The key that tried.")
