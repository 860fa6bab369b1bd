"""candidate.proposed"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from deliberation.events.base import Event, fact, part, required


@dataclass(frozen=True, slots=True, kw_only=True)
class CandidateProposed(Event):
    """A node holds something that could be returned as the answer."""

    KIND: ClassVar[str] = "candidate.proposed"

    node: str = required("The node that holds it.")
    answer: str | None = part("The answer as it was given.")
    normalised: str | None = part(
        "The answer as it is compared; absent when it could not be parsed."
    )
    normaliser: str | None = fact(
        "The rule that normalised it, with its version: it moves the result."
    )
    cluster: str | None = fact("The group of equal answers it belongs to.")
    votes: int | None = fact("Votes for it.")
    weight: float | None = fact("Its weight in the vote.")
    correct: bool | None = fact("Whether it is right, when an outcome is known.")
