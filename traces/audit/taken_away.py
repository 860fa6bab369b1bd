"""Which parts of a run were taken away, and by which of its entries: docs/reference/ledger-and-bundle.md."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

REDACTED, EXPIRED = "part.redacted", "content.expired"
TAKING = (REDACTED, EXPIRED)


@dataclass(slots=True)
class TakenAway:
    """Parts that are gone for good. `expired_before` covers all parts of earlier entries."""

    expired_before: int = 0
    expired_by: int | None = None
    redacted: dict[tuple[int, str], int] = field(default_factory=dict)

    def note(self, seq: int, kind: str, facts: dict[str, Any]) -> str | None:
        """Note what the entry `seq` takes away. Return what is wrong with it, or None."""
        if kind == REDACTED:
            entry, part = facts.get("entry"), facts.get("part")
            if type(entry) is not int or not isinstance(part, str) or not 0 <= entry < seq:
                return "it redacts no part of an earlier entry"
            self.redacted.setdefault((entry, part), seq)
        elif kind == EXPIRED:
            before = facts.get("before")
            if type(before) is not int or not 0 <= before <= seq:
                return "it expires no earlier entries"
            if before > self.expired_before:
                self.expired_before, self.expired_by = before, seq
        return None

    def by(self, entry: int, part: str) -> int | None:
        """Return the entry that took a part away, None where it must be there."""
        if entry < self.expired_before:
            return self.expired_by
        return self.redacted.get((entry, part))
