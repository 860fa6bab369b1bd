"""What became of a node, and why it was thrown away."""

from __future__ import annotations

from enum import Enum


class Fate(str, Enum):
    """What the deliberation did with a node."""

    OPEN = "open"
    """Nothing was decided about it."""
    SELECTED = "selected"
    """It is the answer, or lies on the path to it."""
    KEPT = "kept"
    """It survived each cut and was not returned."""
    DISCARDED = "discarded"
    """It was thrown away; a reason says why."""
    FAILED = "failed"
    """It broke before anything could be decided about it."""


class DiscardReason(str, Enum):
    """The one primary reason why a node was discarded (closed list)."""

    PRUNED_LOW_VALUE = "pruned_low_value"
    """Its value was under the threshold or outside the beam."""
    OUTVOTED = "outvoted"
    """Its cluster of answers lost the vote."""
    VERIFIER_REJECTED = "verifier_rejected"
    """A verifier rejected it."""
    DOMINATED = "dominated"
    """Another node was at least as good and cheaper."""
    DUPLICATE = "duplicate"
    """The same state was already there."""
    BUDGET_EXHAUSTED = "budget_exhausted"
    """A budget ran out."""
    DEAD_END = "dead_end"
    """Nothing legal could follow it."""
    INVALID = "invalid"
    """It was malformed or could not be parsed."""
    ERROR = "error"
    """An exception, a refusal or a rate limit."""
    TIMEOUT = "timeout"
    """It took too long."""
    INTERRUPTED = "interrupted"
    """A person or a supervisor cut it short."""
    SUPERSEDED = "superseded"
    """A revision took its place."""
    NOT_SELECTED = "not_selected"
    """It was kept to the end and not returned."""
    UNKNOWN = "unknown"
    """The source could not tell."""
