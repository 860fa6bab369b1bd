"""approval.decided"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from deliberation.events.base import Event, fact, part, required
from deliberation.vocabulary import Decision


@dataclass(frozen=True, slots=True, kw_only=True)
class ApprovalDecided(Event):
    """A person decided about an action that waits, or a rule passed it on to somebody else."""

    KIND: ClassVar[str] = "approval.decided"

    approval: str = required("The request.")
    decision: Decision = required("What they decided.")
    by: str = required("Who.")
    shown: str | None = fact("The digest of what they were shown.")
    opened_at: int | None = fact("When they were first shown it, ns since 1970.")
    new_digest: str | None = fact("The digest of the action as they changed it.")
    asked: str | None = fact("The role that must decide now, where this one passed it on.")
    reason: str | None = part("Why, in their words.")
    arguments: str | None = part("The arguments as they changed them, as JSON.")
