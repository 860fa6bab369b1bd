"""What the words of a program that repeats another run do to rows."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from deliberation.events import Event, ReplayDiverged, ReplayEnded, ValueDrawn
from traces.projection.reach import Reach
from traces.projection.states import RunState


def apply_place(reach: Reach, run: RunState, event: ValueDrawn | ReplayDiverged, seq: int) -> None:
    """Fold in which node it was: a node that is spoken of exists."""
    if event.node is not None:
        reach.node(run, event.node, seq)


def apply_count(reach: Reach, run: RunState, event: ReplayEnded, seq: int) -> None:
    """Fold nothing: what a program counts of its own replay is only its word."""


APPLY: dict[type[Event], Callable[[Reach, RunState, Any, int], None]] = {
    ValueDrawn: apply_place,
    ReplayDiverged: apply_place,
    ReplayEnded: apply_count,
}
"""What each kind does."""
