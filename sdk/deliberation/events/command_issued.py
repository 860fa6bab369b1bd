"""command.issued"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from deliberation.events.base import Event, fact, part, required
from deliberation.vocabulary import ActorKind, CommandKind


@dataclass(frozen=True, slots=True, kw_only=True)
class CommandIssued(Event):
    """Something was asked of the run. It says who asked and what they were looking at; not that it was done."""

    KIND: ClassVar[str] = "command.issued"

    command: str = required(
        "The command's id, the asker's own: the same id again is the same command."
    )
    command_kind: CommandKind = required("What was asked.")
    by: str = required("Who asked: user:…, key:…, server:… or policy:….")
    by_kind: ActorKind = required("What sort of asker that is.")
    seen_seq: int | None = fact("The last entry of this ledger that the asker had been shown.")
    supersedes: list[str] | None = fact("The open commands whose place it takes.")
    reason: str | None = part("Why, in the words of the asker.")
    payload: str | None = part(
        "What the kind needs, as one JSON object: message, hold_id, budgets."
    )
