"""node.scored"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from deliberation.events.base import Event, fact, part, required


@dataclass(frozen=True, slots=True, kw_only=True)
class NodeScored(Event):
    """The search put a number on a node. A score has an author and a scale, or it cannot be compared."""

    KIND: ClassVar[str] = "node.scored"

    node: str = required("The node that was scored.")
    value: float | None = fact("The search's value, in the scorer's own scale.")
    scale_min: float | None = fact("The least possible value.")
    scale_max: float | None = fact("The greatest possible value.")
    visits: int | None = fact("How often the search came by (MCTS N).")
    prior: float | None = fact("The policy's prior for it (MCTS P).")
    rank: int | None = fact("Its rank among those it competed with, 1 is best.")
    scorer: str | None = fact("Who scored it.")
    raw: str | None = part("What the scorer said, in its own words.")
