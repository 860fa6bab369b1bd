"""Note how far commands have come, by the runner's word or, of delivery, by the server's own.

Guarantee: stages only go forward, under the run's lock, each with the time at which it was told here. Told twice is
told once. What comes too late, after the command was superseded, refused or given up, is a Conflict with its row.
"""

from __future__ import annotations

import uuid
from collections.abc import Collection
from dataclasses import dataclass

from django.db import transaction

from deliberation.events import CommandStaged
from deliberation.vocabulary import CommandStage
from deliberation.vocabulary.control import STAGE_MOVES
from traces.actions.conflict import Conflict, Fenced, too_late
from traces.actions.tell_run import Changes, Randbytes, control_key, lock_run, tell_run
from traces.models import Command
from traces.projection.states import RunState
from traces.queries.access import NotVisible
from traces.queries.commands import CommandRow, read_command

BY_SERVER = "server:control"
THE_RUNNERS = (CommandStage.APPLIED, CommandStage.REFUSED)


@dataclass(frozen=True, slots=True, kw_only=True)
class Staged:
    """The command's row after it; `is_new` is False when nothing changed. `changes` are for live pages."""

    command: CommandRow
    is_new: bool
    changes: Changes


def stage_command(
    *,
    run_id: uuid.UUID,
    command_id: str,
    stage: CommandStage,
    by: str,
    now_ns: int,
    randbytes: Randbytes,
    attempt: int | None = None,
    detail: str = "",
) -> Staged:
    """Note a stage of a command. Raises NotVisible for an unknown run or command, Conflict for what comes too late."""
    with transaction.atomic():
        run = lock_run(run_id)
        command = read_command(run_id, command_id)
        if command is None:
            raise NotVisible
        if attempt is not None and attempt < run.attempt:
            raise Fenced(f"attempt {run.attempt} has the run", run, command=command)
        if not _is_next(run, command, stage):
            return Staged(command=command, is_new=False, changes=())
        event = stage_event(command, stage, now_ns=now_ns, attempt=attempt, detail=detail)
        changes = tell_run(run, [event], by=by, now_ns=now_ns, randbytes=randbytes)
        staged = read_command(run_id, command_id)
    assert staged is not None
    return Staged(command=staged, is_new=True, changes=changes)


def note_delivery(
    *,
    run_id: uuid.UUID,
    command_ids: Collection[str],
    now_ns: int,
    randbytes: Randbytes,
    attempt: int | None = None,
) -> Changes:
    """Note that commands were put into an answer to the run's holder; those that are further already stay so."""
    with transaction.atomic():
        run = lock_run(run_id)
        waiting = Command.objects.filter(
            run_id=run_id,
            command_id__in=list(command_ids),
            stage=CommandStage.REQUESTED.value,
        ).values_list("command_id", flat=True)
        events = [
            CommandStaged(
                run=str(run_id),
                key=control_key("cmd", command_id, CommandStage.DELIVERED.value),
                at=now_ns,
                command=command_id,
                stage=CommandStage.DELIVERED,
                attempt=attempt,
            )
            for command_id in sorted(waiting)
        ]
        if not events:
            return ()
        return tell_run(run, events, by=BY_SERVER, now_ns=now_ns, randbytes=randbytes)


def stage_event(
    command: CommandRow,
    stage: CommandStage,
    *,
    now_ns: int,
    attempt: int | None = None,
    detail: str = "",
) -> CommandStaged:
    """Return the event that says how far a command has come."""
    return CommandStaged(
        run=str(command.run_id),
        key=control_key("cmd", command.command_id, stage.value),
        at=now_ns,
        command=command.command_id,
        stage=stage,
        attempt=attempt,
        detail=detail or None,
    )


def _is_next(run: RunState, command: CommandRow, stage: CommandStage) -> bool:
    """Return False for what is known: the stage itself, or one that a further word of the runner's has overtaken."""
    if stage in STAGE_MOVES[command.stage]:
        return True
    is_overtaken = command.stage in THE_RUNNERS and not stage.is_final
    if stage is command.stage or command.is_open or is_overtaken:
        return False
    winner = command.superseded_by and read_command(run.id, command.superseded_by)
    raise Conflict(too_late(command, stage), run, winner=winner or None, command=command)
