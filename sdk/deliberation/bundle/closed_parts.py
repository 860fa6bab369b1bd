"""Parts that a bundle does not show, and whether the ledger accounts for those that are said to be gone.

Two kinds of entries take parts away for good: `part.redacted` (facts `entry`, `part`) one part of an earlier entry, and
`content.expired` (fact `before`) all parts of entries before a seq. A part that is listed as gone must be named by the
entry that the list names; a part that such an entry names must be listed as gone, neither shown nor merely withheld.
Memory grows with the parts that are closed, not with those that are shown.
"""

from __future__ import annotations

from deliberation.bundle.bounds import MAX_CLOSED_PARTS
from deliberation.bundle.openings import Closed
from deliberation.bundle.verdict import Refusal

REDACTED, EXPIRED = "part.redacted", "content.expired"
NEVER = 2**63


class ClosedParts:
    """The closed parts of one run, seen in the ledger's order."""

    def __init__(self) -> None:
        self.withheld = 0
        self.gone = 0
        self.reasons: dict[str, int] = {}
        self._closed: dict[tuple[int, str], int | None] = {}
        self._claims: dict[int, set[tuple[int, str]]] = {}
        self._first_shown = NEVER
        self._first_withheld = NEVER

    def show(self, seq: int) -> None:
        """Take note that a part of this entry is shown."""
        if self._first_shown == NEVER:
            self._first_shown = seq

    def close(self, part: Closed) -> None:
        """Take note that a part is not shown."""
        key = (part.seq, part.name)
        self._closed[key] = part.by
        if len(self._closed) > MAX_CLOSED_PARTS:
            raise Refusal(f"has more than {MAX_CLOSED_PARTS} parts that are not shown")
        if part.by is None:
            self.withheld += 1
            self.reasons[part.reason] = self.reasons.get(part.reason, 0) + 1
            self._first_withheld = min(self._first_withheld, part.seq)
            return
        if part.by <= part.seq:
            raise Refusal(
                f"entry {part.seq}: its part {part.name} cannot be gone by entry {part.by}"
            )
        self.gone += 1
        self._claims.setdefault(part.by, set()).add(key)

    def pass_entry(self, seq: int, kind: str, facts: dict[str, object]) -> None:
        """Take in what an entry says about parts. Raises `Refusal` where the bundle says otherwise."""
        if kind == REDACTED:
            self._pass_redaction(seq, facts)
        elif kind == EXPIRED:
            self._pass_expiry(seq, facts)

    def finish(self) -> None:
        """Raises `Refusal` when a part is said to be gone by an entry that says nothing of it."""
        for by, keys in self._claims.items():
            seq, name = min(keys)
            raise Refusal(
                f"entry {seq}: its part {name} is said to be gone by entry {by}, which does not say so"
            )

    def _pass_redaction(self, seq: int, facts: dict[str, object]) -> None:
        entry, name = facts.get("entry"), facts.get("part")
        if type(entry) is not int or not isinstance(name, str) or not 0 <= entry < seq:
            raise Refusal(f"entry {seq}: redacts no part of an earlier entry")
        key = (entry, name)
        if key not in self._closed:
            raise Refusal(
                f"entry {seq} redacted the part of entry {entry} that the bundle shows, or that is none"
            )
        if self._closed[key] is None:
            raise Refusal(
                f"entry {entry}: its part is listed as withheld, and entry {seq} redacted it"
            )
        self._settle(seq, {key})

    def _pass_expiry(self, seq: int, facts: dict[str, object]) -> None:
        before = facts.get("before")
        if type(before) is not int or not 0 <= before <= seq:
            raise Refusal(f"entry {seq}: expires no earlier entries")
        if self._first_shown < before:
            raise Refusal(f"entry {self._first_shown}: is shown, and entry {seq} expired its parts")
        if self._first_withheld < before:
            raise Refusal(
                f"entry {self._first_withheld}: its part is listed as withheld, and entry {seq} expired it"
            )
        self._settle(seq, {key for key in self._claims.get(seq, ()) if key[0] < before})

    def _settle(self, seq: int, keys: set[tuple[int, str]]) -> None:
        left = self._claims.get(seq, set()) - keys
        if left:
            self._claims[seq] = left
        else:
            self._claims.pop(seq, None)
