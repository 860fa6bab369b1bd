"""value.drawn"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from deliberation.events.base import Event, fact, part, required
from deliberation.vocabulary import CallSort


@dataclass(frozen=True, slots=True, kw_only=True)
class ValueDrawn(Event):
    """The program took something from outside: the seed of a stream of random numbers, or the time of day."""

    KIND: ClassVar[str] = "value.drawn"

    call_key: str = required("Names the draw, the same in each replay: 32 hex digits.")
    call_sort: CallSort = required("Whether it is random or the clock.")
    stream: str | None = fact("The stream; absent for the one that has no name.")
    node: str | None = fact("The node in which it was drawn.")
    recorded_seq: int | None = fact(
        "In a replay: the entry of the replayed run that it was taken from."
    )
    value: str | None = part("The value as JSON: a stream's seed, or ns since 1970 as a string.")
