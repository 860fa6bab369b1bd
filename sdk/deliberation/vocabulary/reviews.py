"""What a person who reviewed a run says of it, in words of closed scales."""

from __future__ import annotations

from enum import Enum


class Rating(str, Enum):
    """How good somebody finds a run, or one step of it: five words, the worst first."""

    BAD = "bad"
    """It does harm, or misses its task altogether."""
    POOR = "poor"
    """Little of it is of use."""
    FAIR = "fair"
    """Of use, with faults that had to be made good."""
    GOOD = "good"
    """Does what was asked, with small faults."""
    EXCELLENT = "excellent"
    """Nothing is to be made better."""

    @property
    def number(self) -> int:
        """Return its place on the scale, from 1 (bad) to 5 (excellent)."""
        return list(Rating).index(self) + 1


class SignOff(str, Enum):
    """What a person answers for when they sign a run off."""

    ACCEPT = "accept"
    """They stand by the answer."""
    REJECT = "reject"
    """They do not, and nobody should use it."""
    UNSURE = "unsure"
    """They looked, and what is recorded does not settle it."""
