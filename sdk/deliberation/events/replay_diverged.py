"""replay.diverged"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from deliberation.events.base import Event, fact, part, required
from deliberation.vocabulary import AfterDifference, CallSort, Difference


@dataclass(frozen=True, slots=True, kw_only=True)
class ReplayDiverged(Event):
    """A run that replays another did something else than the recording says."""

    KIND: ClassVar[str] = "replay.diverged"

    difference: Difference = required("In what they differ.")
    call_sort: CallSort = required("What sort of call it is.")
    then: AfterDifference = required("What was done about it.")
    call_key: str | None = fact("The key of the call as it was made; absent where none was made.")
    name: str | None = fact("The model, tool, verifier or stream that was called.")
    recorded_key: str | None = fact("The key of the recorded call that it is compared with.")
    recorded_seq: int | None = fact("The entry of the replayed run in which that call began.")
    node: str | None = fact("The node of the call as it was made.")
    expected: str | None = part("What was recorded, as JSON: name, arguments, result, error.")
    got: str | None = part("What was asked for or came out instead, as JSON, by the same names.")
