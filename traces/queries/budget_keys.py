"""Under which keys the ledger has what the server does about a run's limits: one of each per version."""

from __future__ import annotations

from deliberation.events.server_made import CONTROL_KEY
from deliberation.vocabulary import Dimension, LimitKind


def set_key(dimension: Dimension, version: int) -> str:
    """Return the key of the entry that set a version, where a person or a script did."""
    return f"{CONTROL_KEY}budget:{dimension.value}:{version}"


def hit_key(dimension: Dimension, which: LimitKind, version: int) -> str:
    """Return the key of the entry that says that a limit of a version was reached, by what was recorded."""
    return f"{CONTROL_KEY}hit:{dimension.value}:{which.value}:{version}"
