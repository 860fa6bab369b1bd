"""What all events share, and how a field says where its value is kept."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any, ClassVar


def part(about: str) -> Any:
    """Declare a field whose text is kept as a salted part, outside the ledger line.

    Everything free-text, or written by a model, a tool or a person, is a part: it can be withheld or
    redacted later while the line still verifies. The value is text; JSON travels as its text.
    """
    return field(default=None, metadata={"about": about, "part": True})


def fact(about: str, **extra: Any) -> Any:
    """Declare an optional field that stands in the ledger line itself: short, typed, non-personal."""
    return field(default=None, metadata={"about": about, **extra})


def required(about: str) -> Any:
    """Declare a field of the ledger line without which the event says nothing."""
    return field(metadata={"about": about})


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """One fact about one run.

    `run` is the run's UUID. `key` (≤ 64 characters) names the fact within its run: the same key again is the
    same fact, recorded once. `at` is the source's claim of when it happened, in ns since 1970, or None.
    """

    KIND: ClassVar[str]

    run: str
    key: str
    at: int | None = None
