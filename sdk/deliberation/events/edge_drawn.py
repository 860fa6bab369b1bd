"""edge.drawn"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from deliberation.events.base import Event, fact, required
from deliberation.vocabulary import EdgeKind


@dataclass(frozen=True, slots=True, kw_only=True)
class EdgeDrawn(Event):
    """Two nodes are related beyond parent and child; the second may stand in another run."""

    KIND: ClassVar[str] = "edge.drawn"

    edge: EdgeKind = required("What the source does to the target.")
    source: str = required("The node it goes out from.")
    target: str = required("The node it points at.")
    trace: str | None = fact("The OpenTelemetry trace of the target, where it is another one.")
