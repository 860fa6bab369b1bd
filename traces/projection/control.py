"""What events of control do to a run's row and to its commands and holds.

What people asked for (`desired_state`) follows from the commands and holds that stand; what is known
(`observed_state`) from reports, by the table of moves. The actions check before they record: here nothing is
refused, and what does not fit changes nothing.
"""

from __future__ import annotations

from deliberation.events import (
    AttemptAttached,
    CommandIssued,
    CommandStaged,
    HoldLifted,
    HoldPlaced,
    StateReported,
)
from deliberation.vocabulary import (
    MOVES,
    CommandKind,
    CommandStage,
    DesiredState,
    ObservedState,
)
from deliberation.vocabulary.control import ENDS, STAGE_MOVES, STRENGTH, WANTS, WITHOUT_EFFECT
from traces.projection.control_rows import ControlRows
from traces.projection.runs import TERMINAL
from traces.projection.states import CommandState, HoldState, RunState
from traces.projection.texts import ANSWER_CHARS, cut, fact

OPENS_WITH = 1
"""The seq of what comes right after `run.opened`: where the run begins."""


def apply_issue(rows: ControlRows, run: RunState, event: CommandIssued, seq: int) -> None:
    """Fold a command, and that others lose their place to it."""
    if (run.id, event.command) in rows.commands:
        return
    command = CommandState(
        run_id=run.id,
        command_id=event.command,
        seq=seq,
        changed_seq=seq,
        kind=event.command_kind.value,
        stage=CommandStage.REQUESTED.value,
        by=fact(event.by),
        by_kind=event.by_kind.value,
        reason=None if event.reason is None else cut(event.reason, ANSWER_CHARS),
        payload=None if event.payload is None else cut(event.payload, len(event.payload)),
        seen_seq=event.seen_seq,
        requested_ns=event.at,
    )
    rows.commands[run.id, event.command] = command
    rows.touch_command(command)
    for beaten_id in event.supersedes or ():
        beaten = rows.commands.get((run.id, beaten_id))
        if beaten is not None and _go_to(rows, beaten, CommandStage.SUPERSEDED, event.at, seq):
            beaten.superseded_by = event.command
    want(rows, run)


def apply_stage(rows: ControlRows, run: RunState, event: CommandStaged, seq: int) -> None:
    """Fold how far a command has come. Stages only go forward."""
    command = rows.commands.get((run.id, event.command))
    if command is None or not _go_to(rows, command, event.stage, event.at, seq):
        return
    command.attempt = event.attempt if event.attempt is not None else command.attempt
    if event.detail is not None:
        command.detail = cut(event.detail, ANSWER_CHARS)
    want(rows, run)


def apply_placing(rows: ControlRows, run: RunState, event: HoldPlaced, seq: int) -> None:
    """Fold a hold, unless one of the same source and reason is open."""
    reason = None if event.reason is None else cut(event.reason, ANSWER_CHARS)
    twins = (each for each in rows.open_holds_of(run)
             if reason is not None and (each.source, each.reason) == (event.source, reason))  # fmt: skip
    if (run.id, event.hold) in rows.holds or any(twins):
        return
    hold = HoldState(
        run_id=run.id,
        hold_id=event.hold,
        seq=seq,
        source=event.source,
        reason=reason,
        command_id=event.command,
        placed_ns=event.at,
        is_open=True,
    )
    rows.holds[run.id, event.hold] = hold
    rows.touch_hold(hold)
    want(rows, run)


def apply_lifting(rows: ControlRows, run: RunState, event: HoldLifted) -> None:
    """Fold that a hold is no more."""
    hold = rows.holds.get((run.id, event.hold))
    if hold is None or not hold.is_open:
        return
    hold.is_open, hold.lifted_ns = False, event.at
    hold.lifted_by, hold.lifted_command = fact(event.by), event.command
    rows.touch_hold(hold)
    want(rows, run)


def apply_report(run: RunState, event: StateReported, seq: int) -> None:
    """Fold an observed state, if it may follow the present one. A final state is written once."""
    observed = ObservedState(run.observed_state)
    if seq != OPENS_WITH and event.state not in MOVES[observed]:
        return
    run.observed_state = event.state.value
    if event.state.is_terminal:
        run.ended_ns = event.at


def apply_attaching(run: RunState, event: AttemptAttached) -> None:
    """Fold that a process took the run; a lower attempt never comes back."""
    run.attempt = max(run.attempt, event.attempt)


def want(rows: ControlRows, run: RunState) -> None:
    """Derive what is asked of the run. What was asked of one that has ended stays as it stood then."""
    if run.observed_state in TERMINAL:
        return
    asked = {
        WANTS[CommandKind(command.kind)]
        for command in rows.commands_of(run)
        if command.kind in ENDS and command.stage not in WITHOUT_EFFECT
    }
    asked.add(DesiredState.PAUSE if any(rows.open_holds_of(run)) else DesiredState.RUN)
    run.desired_state = max(asked, key=STRENGTH.__getitem__).value


def _go_to(
    rows: ControlRows, command: CommandState, stage: CommandStage, at: int | None, seq: int
) -> bool:
    if stage not in STAGE_MOVES[CommandStage(command.stage)]:
        return False
    command.stage, command.changed_seq = stage.value, seq
    setattr(command, f"{stage.value}_ns", at)
    rows.touch_command(command)
    return True
