"""fate.decided"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from deliberation.events.base import Event, fact, required
from deliberation.vocabulary import DiscardReason, Fate


@dataclass(frozen=True, slots=True, kw_only=True)
class FateDecided(Event):
    """Something was done with a node: kept, selected, discarded, failed. The latest decision stands."""

    KIND: ClassVar[str] = "fate.decided"

    node: str = required("The node.")
    fate: Fate = required("What became of it.")
    reason: DiscardReason | None = fact("Why, when it was discarded.")
    by: str | None = fact("Who decided: a policy, a scorer, a verifier, a person's pseudonym.")
    value: float | None = fact("The number it was decided on.")
    cutoff: float | None = fact("The number it had to reach.")
    rank: int | None = fact("Its rank when it was decided.")
    votes: int | None = fact("The votes for it.")
    verdict: str | None = fact("The verdict that decided it.")
    wrongly: bool | None = fact("True when it was later shown to have been right.")
