"""rating.given"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from deliberation.events.base import Event, fact, required
from deliberation.vocabulary import Rating


@dataclass(frozen=True, slots=True, kw_only=True)
class RatingGiven(Event):
    """A person said how good they find the run or one of its nodes. Of each person the latest stands."""

    KIND: ClassVar[str] = "rating.given"

    by: str = required("Who: user:… or key:….")
    on_node: str | None = fact("The node that it is about; the run where absent.")
    rating: Rating | None = fact("How good; absent when they take back what they said before.")
