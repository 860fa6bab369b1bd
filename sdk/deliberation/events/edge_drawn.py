"""edge.drawn"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from deliberation.events.base import Event, required
from deliberation.vocabulary import EdgeKind


@dataclass(frozen=True, slots=True, kw_only=True)
class EdgeDrawn(Event):
    """Two nodes are related beyond parent and child."""

    KIND: ClassVar[str] = "edge.drawn"

    edge: EdgeKind = required("What the source does to the target.")
    source: str = required("The node it goes out from.")
    target: str = required("The node it points at.")
