"""Why something cannot be done to a run, told so that whoever lost is handed what won."""

from __future__ import annotations

from deliberation.vocabulary import CommandStage
from traces.models import Run
from traces.projection.states import RunState
from traces.queries.commands import CommandRow


class Conflict(Exception):
    """It does not apply to the run as it stands: 409.

    `state` is the observed state, `desired_state` what is asked of the run, `winner` the command that stands in the
    way, if one does, and `command` the row of the command that was reported on, if one was.
    """

    def __init__(
        self,
        sentence: str,
        run: RunState | Run,
        *,
        winner: CommandRow | None = None,
        command: CommandRow | None = None,
    ) -> None:
        super().__init__(sentence)
        self.sentence = sentence
        self.state: str = run.observed_state
        self.desired_state: str = run.desired_state
        self.winner = winner
        self.command = command


class Fenced(Conflict):
    """A later attempt has the run: 409, and the process that asked must stop its work on it."""


class Unfit(Exception):
    """What was asked has not the form it needs: 422, with the field and a sentence."""

    def __init__(self, field: str, sentence: str) -> None:
        super().__init__(f"{field}: {sentence}")
        self.field = field
        self.sentence = sentence


def too_late(command: CommandRow, stage: CommandStage) -> str:
    """Return why a stage cannot be reported any more."""
    if command.stage is CommandStage.SUPERSEDED:
        return f"the command was superseded by {command.superseded_by} before it was {stage.value}"
    return f"the command is {command.stage.value} already, and cannot be {stage.value} any more"
