"""approval.closed"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from deliberation.events.base import Event, fact, required
from deliberation.vocabulary import ApprovalStatus


@dataclass(frozen=True, slots=True, kw_only=True)
class ApprovalClosed(Event):
    """A request for approval is resolved. The first resolution stands."""

    KIND: ClassVar[str] = "approval.closed"

    approval: str = required("The request.")
    status: ApprovalStatus = required("What became of it.")
    digest: str | None = fact("The digest of the action that may be done, where one may.")
