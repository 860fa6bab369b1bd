"""A command of the fake, and how far it has come."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from typing import Any

from deliberation.vocabulary import CommandKind, CommandStage
from deliberation.vocabulary.control import STAGE_MOVES


@dataclass(slots=True, kw_only=True)
class Command:
    """One thing asked of one run. `times` has the monotonic time of each stage it has reached."""

    id: str
    run: str
    kind: CommandKind
    seq: int
    changed_seq: int = 0
    reason: str = ""
    payload: dict[str, Any] = field(default_factory=dict)
    stage: CommandStage = CommandStage.REQUESTED
    detail: str | None = None
    times: dict[CommandStage, float] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.times[self.stage] = time.monotonic()

    @property
    def is_open(self) -> bool:
        """True while it may still have an effect."""
        return not self.stage.is_final

    def take_back(self, stage: CommandStage, seq: int) -> None:
        """Close it, if it is open; whoever has heard of it is to hear of that too."""
        if self.move(stage):
            self.changed_seq = seq

    def is_news(self, after: int) -> bool:
        """Return True for what a runner that has heard so much does not know."""
        return self.is_open if self.seq > after else self.changed_seq > after

    def move(self, stage: CommandStage, detail: str | None = None) -> bool:
        """Come to a stage; False when the way there is closed. Where it is already is no move."""
        if stage is self.stage:
            return True
        if stage not in STAGE_MOVES[self.stage]:
            return False
        self.stage, self.detail = stage, detail
        self.times[stage] = time.monotonic()
        return True

    def plain(self) -> dict[str, Any]:
        """Return it as it stands in an answer."""
        return {
            "command_id": self.id,
            "run_id": self.run,
            "kind": self.kind.value,
            "seq": self.seq,
            "reason": self.reason,
            "stage": self.stage.value,
            "detail": self.detail,
            **self.payload,
        }
