"""Events of control for tests, as short as they can be said, and the rows that they made."""

from __future__ import annotations

import uuid
from typing import Any

from deliberation.events import (
    AttemptAttached,
    CommandIssued,
    CommandStaged,
    Event,
    HoldLifted,
    HoldPlaced,
    StateReported,
)
from deliberation.vocabulary import (
    ActorKind,
    CommandKind,
    CommandStage,
    ObservedState,
    Reporter,
)
from tests.integration.build import make_event
from traces.actions.rebuild import rebuild
from traces.models import Command, Hold, Run


def issued(run: str, command: str, kind: str, **facts: Any) -> Event:
    """Alice asks something of a run."""
    asked = {"command_kind": CommandKind(kind), "by": "user:alice", "by_kind": ActorKind.USER}
    return make_event(CommandIssued, run, **{"command": command, **asked, **facts})


def staged(run: str, command: str, stage: str, **facts: Any) -> Event:
    """A command comes further."""
    return make_event(CommandStaged, run, command=command, stage=CommandStage(stage), **facts)


def placed(run: str, hold: str, **facts: Any) -> Event:
    """A hold of alice's."""
    return make_event(HoldPlaced, run, **{"hold": hold, "source": "user:alice", **facts})


def lifted(run: str, hold: str, **facts: Any) -> Event:
    """It is no more."""
    return make_event(HoldLifted, run, **{"hold": hold, "by": "user:alice", **facts})


def reported(run: str, state: str, **facts: Any) -> Event:
    """The runner says in which state it is."""
    return make_event(
        StateReported, run, **{"state": ObservedState(state), "by": Reporter.RUNNER, **facts}
    )


def attached(run: str, attempt: int, **facts: Any) -> Event:
    """A process takes the run."""
    return make_event(
        AttemptAttached, run, **{"attempt": attempt, "holder": "h", "killable": False, **facts}
    )


def run_of(run: str) -> Run:
    """The run's row."""
    return Run.objects.get(pk=run)


def states_of(run: str) -> tuple[str, str]:
    """What is asked of the run and what is known of it."""
    row = run_of(run)
    return row.desired_state, row.observed_state


def command_of(run: str, command: str) -> Command:
    """The command's row."""
    return Command.objects.get(run_id=run, command_id=command)


def stage_of(run: str, command: str) -> str:
    """How far the command has come."""
    return command_of(run, command).stage


def control_rows(run: str) -> list[dict[str, Any]]:
    """Everything that control may change, row by row."""
    return [
        *Run.objects.filter(pk=run).values(),
        *Command.objects.filter(run_id=run).order_by("command_id").values(),
        *Hold.objects.filter(run_id=run).order_by("hold_id").values(),
    ]


def rebuild_changes_nothing(run: str) -> bool:
    """The rows computed anew are the rows that stood."""
    before = control_rows(run)
    rebuild(run_id=uuid.UUID(run))
    assert control_rows(run) == before
    return True
