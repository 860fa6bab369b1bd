"""What a replay does with the program."""

from __future__ import annotations

from enum import Enum


class ReplayMode(str, Enum):
    """How a run that replays another comes by its results."""

    RECORDED = "recorded"
    """Each call is answered from the recording."""
    FORK = "fork"
    """Recorded up to a node, live from there."""
    LIVE = "live"
    """Everything runs again."""
