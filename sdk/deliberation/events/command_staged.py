"""command.staged"""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from deliberation.events.base import Event, fact, part, required
from deliberation.vocabulary import CommandStage


@dataclass(frozen=True, slots=True, kw_only=True)
class CommandStaged(Event):
    """A command came further: delivered, acknowledged, applied, refused, expired, superseded."""

    KIND: ClassVar[str] = "command.staged"

    command: str = required("The command.")
    stage: CommandStage = required(
        "How far it has come. Stages only go forward; a late one changes nothing."
    )
    attempt: int | None = fact("The attempt that reports it, when a runner does.")
    detail: str | None = part("What the runner or the server says about it.")
