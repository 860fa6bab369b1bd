"""What an export does not show although it is there, and the reason that the bundle gives for it."""

from __future__ import annotations

from dataclasses import dataclass

from deliberation.bundle.openings import MAX_REASON_CHARS


@dataclass(frozen=True, slots=True, kw_only=True)
class Withholding:
    """All content, or the parts with some names, or of events of some kinds. Says why, in 1 to 256 characters.

    Raises ValueError when something is withheld and no such reason is given.
    """

    everything: bool = False
    parts: frozenset[str] = frozenset()
    kinds: frozenset[str] = frozenset()
    reason: str = ""

    def __post_init__(self) -> None:
        """A bundle cannot withhold without a reason."""
        if not self.withholds:
            return
        try:
            self.reason.encode()
        except UnicodeEncodeError:
            raise ValueError("the reason must be plain text") from None
        if not 0 < len(self.reason) <= MAX_REASON_CHARS:
            raise ValueError(f"say why, in 1 to {MAX_REASON_CHARS} characters")

    @property
    def withholds(self) -> bool:
        """Whether anything is asked to be withheld."""
        return self.everything or bool(self.parts or self.kinds)

    def covers(self, kind: str, part: str) -> bool:
        """Return True for a part that is not to be shown."""
        return self.everything or part in self.parts or kind in self.kinds


NOTHING = Withholding()
