"""content.expired"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from deliberation.events.base import Event, fact, part, required


@dataclass(frozen=True, slots=True, kw_only=True)
class ContentExpired(Event):
    """All texts of the entries before one were deleted for good, with their salts; the commitments stay.

    This server always says by whom and by what policy. A line needs `before` alone, and bundles of others may have no
    more.
    """

    KIND: ClassVar[str] = "content.expired"

    before: int = required("Entries with a lower seq have no texts any more; at most its own seq.")
    policy: str | None = fact("The policy that says so, with its version, or by hand.")
    by: str | None = fact("Who: user:…, or server where a policy did.")
    agreed_by: str | None = fact("Who agreed, where it took two people.")
    request: str | None = fact("The request that they agreed to.")
    reason: str | None = part("Why, in their words.")
