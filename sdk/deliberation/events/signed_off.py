"""run.signed_off"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from deliberation.events.base import Event, fact, part, required
from deliberation.vocabulary import SignOff


@dataclass(frozen=True, slots=True, kw_only=True)
class SignedOff(Event):
    """A person answered for the run as they had seen it. Of each person the latest stands; none is ever edited.

    It stands at the seq that `seen_size` names: nothing came between what they saw and what they said.
    """

    KIND: ClassVar[str] = "run.signed_off"

    sign_off: str = required("The id of the sign-off.")
    by: str = required("Who: user:….")
    outcome: SignOff = required("What they answer for.")
    seen_size: int = required("How many entries the ledger had when they were shown the run.")
    seen_root: str = required("The Merkle root over those entries, base64.")
    on_node: str | None = fact("The node that holds the answer, or else the run's first.")
    answer_seq: int | None = fact("The entry in which the answer that they were shown was told.")
    statement: str | None = part("What they say to it, in their words.")
