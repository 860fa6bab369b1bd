"""permit.consumed"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from deliberation.events.base import Event, fact, required


@dataclass(frozen=True, slots=True, kw_only=True)
class PermitConsumed(Event):
    """The program used its permit, which is good for one use, right before it acted."""

    KIND: ClassVar[str] = "permit.consumed"

    approval: str = required("The request that the permit came from.")
    digest: str = required("The digest of the action that it was used for.")
    use: str | None = fact("The program's own name for this use: asked again, it is the same use.")
