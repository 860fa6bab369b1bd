"""strategy.set"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from deliberation.events.base import Event, fact, part, required
from deliberation.vocabulary import Strategy


@dataclass(frozen=True, slots=True, kw_only=True)
class StrategySet(Event):
    """A person said which strategy the run followed, or took back what was said. The latest entry stands."""

    KIND: ClassVar[str] = "strategy.set"

    by: str = required("Who: user:… or key:….")
    strategy: Strategy | None = fact(
        "What they say it is; absent when they take back what was said before."
    )
    reason: str | None = part("Why, in their words.")
