"""How a run repeats another, and how far it came with that."""

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


class CallSort(str, Enum):
    """What a program may ask for that it cannot compute by itself: all that a replay has to answer."""

    MODEL = "model"
    """A request to a model."""
    TOOL = "tool"
    """A use of a tool, or a step that waits for people."""
    VERIFIER = "verifier"
    """A question to a verifier."""
    RANDOM = "random"
    """The seed of a stream of random numbers."""
    CLOCK = "clock"
    """The time of day."""


class TextForm(str, Enum):
    """What the text of a part stands for, and whether the value can be had back from it."""

    TEXT = "text"
    """The value was this text."""
    JSON = "json"
    """The value was what this JSON says."""
    REPR = "repr"
    """The value was nothing that JSON can hold; this only describes it."""
    CUT = "cut"
    """The value was longer; this is its beginning."""

    @property
    def is_exact(self) -> bool:
        """True when the value can be had back."""
        return self in (TextForm.TEXT, TextForm.JSON)


class Difference(str, Enum):
    """In what a replay differs from the run that it repeats."""

    NOT_RECORDED = "not_recorded"
    """The program made a call that the recorded run had not made."""
    OTHER_OUTCOME = "other_outcome"
    """The call was made live, and came to something else than the recorded one."""
    NEVER_ASKED = "never_asked"
    """The recorded run had made a call that the program did not make."""
    NO_ANSWER = "no_answer"
    """The call is recorded, and what came of it is not, or cannot be given again."""


class AfterDifference(str, Enum):
    """What a replay did about a difference."""

    STOPPED = "stopped"
    """It ended there."""
    LIVE = "live"
    """It went on, and made this call and all later ones live."""
    NOTED = "noted"
    """It only said so."""


class Fidelity(str, Enum):
    """How truly a run repeats another, by what stands in both ledgers."""

    EXACT = "exact"
    """Each call was answered from the recording or came to the same, none was left over, the answer is the same."""
    DIVERGED = "diverged"
    """It repeats the other up to a difference."""
    LIVE = "live"
    """It was not meant to repeat the results of the other."""
