"""Words for what a call cost, what it touched and how much of its text can be seen."""

from __future__ import annotations

from enum import Enum


class CostProvenance(str, Enum):
    """Where an amount of money comes from, strongest first."""

    REPORTED = "reported"
    """The provider or the instrumented system stated it."""
    PRICED = "priced"
    """Computed here from tokens and a dated price table."""
    ESTIMATED = "estimated"
    """Derived from something weaker than measured tokens."""
    ABSENT = "absent"
    """Nobody knows; the amount is null, never zero."""


class CostBasis(str, Enum):
    """How a call's usage came to stand on a node."""

    MEASURED = "measured"
    """The node is the call."""
    SPLIT = "split"
    """One call fed several nodes and was divided evenly."""
    ESTIMATED = "estimated"
    """Divided by something that only resembles the true share."""
    UNALLOCATED = "unallocated"
    """Known for the run as a whole and belonging to no branch."""


class SideEffect(str, Enum):
    """What a tool call does to the world."""

    NONE = "none"
    """It computes."""
    READ = "read"
    """It looks at something outside."""
    WRITE = "write"
    """It changes something that can be changed back."""
    IRREVERSIBLE = "irreversible"
    """It changes something for good."""


class TextVisibility(str, Enum):
    """How much of what was generated can be read."""

    FULL = "full"
    """All of it."""
    SUMMARY = "summary"
    """A summary written by the provider."""
    ENCRYPTED = "encrypted"
    """An opaque blob was returned in its place."""
    REDACTED = "redacted"
    """It was removed."""
    NONE = "none"
    """There is no text, or none was returned."""


class MessageDirection(str, Enum):
    """On which side of a call a message stands."""

    INPUT = "input"
    """It was given to the model."""
    OUTPUT = "output"
    """The model wrote it."""
