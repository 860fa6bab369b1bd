"""What was asked of a run, and how far it has come."""

from __future__ import annotations

import json
import uuid
from dataclasses import dataclass
from typing import Any

from deliberation.vocabulary import CommandKind, CommandStage
from deliberation.vocabulary.control import ENDS
from traces.models import Command
from traces.queries.access import NotVisible, Who, see_run
from traces.queries.verdicts import as_seq


@dataclass(frozen=True, slots=True, kw_only=True)
class CommandRow:
    """One command. `times` has, in ns since 1970, when each stage that it came through was reached.

    `seq` is the entry that issued it, `changed_seq` the one that last changed it. `payload` is what its kind needs.
    """

    run_id: uuid.UUID
    command_id: str
    kind: CommandKind
    stage: CommandStage
    by: str
    by_kind: str
    reason: str | None
    payload: dict[str, Any]
    seen_seq: int | None
    superseded_by: str | None
    attempt: int | None
    detail: str | None
    seq: int
    changed_seq: int
    times: dict[CommandStage, int]

    @property
    def is_open(self) -> bool:
        """True as long as something more may be said of it."""
        return not self.stage.is_final

    def is_overdue(self, now_ns: int, after_ns: int) -> bool:
        """Return True when it asks for the run's end and has waited longer than that."""
        asked_ns = self.times.get(CommandStage.REQUESTED)
        waits = self.is_open and self.kind in ENDS and asked_ns is not None
        return waits and now_ns - (asked_ns or 0) > after_ns


@dataclass(frozen=True, slots=True, kw_only=True)
class CommandPage:
    """Some commands, newest first, and the cursor of the next page, if any."""

    items: list[CommandRow]
    next: str | None


def list_commands(
    *, who: Who, run_id: str | uuid.UUID, cursor: str | None = None, limit: int = 100
) -> CommandPage:
    """Return the commands of a run, newest first. Raises NotVisible."""
    found = Command.objects.filter(run_id=see_run(who, run_id).id).order_by("-seq")
    if cursor is not None:
        found = found.filter(seq__lt=as_seq(cursor))
    rows = [row_of(command) for command in found[: limit + 1]]
    has_more = len(rows) > limit
    return CommandPage(items=rows[:limit], next=str(rows[limit - 1].seq) if has_more else None)


def get_command(*, who: Who, run_id: str | uuid.UUID, command_id: str) -> CommandRow:
    """Return one command. Raises NotVisible, for an unknown run and an unknown command alike."""
    found = read_command(see_run(who, run_id).id, command_id)
    if found is None:
        raise NotVisible
    return found


def read_command(run_id: uuid.UUID, command_id: str) -> CommandRow | None:
    """Return a command, or None. The caller has checked the run."""
    if "\x00" in command_id:
        return None
    command = Command.objects.filter(run_id=run_id, command_id=command_id).first()
    return None if command is None else row_of(command)


def row_of(command: Command) -> CommandRow:
    """Return a table's row as a value."""
    stages = {stage: getattr(command, f"{stage.value}_ns") for stage in CommandStage}
    return CommandRow(
        run_id=command.run_id,
        command_id=command.command_id,
        kind=CommandKind(command.kind),
        stage=CommandStage(command.stage),
        by=command.by,
        by_kind=command.by_kind,
        reason=command.reason,
        payload=_payload(command.payload),
        seen_seq=command.seen_seq,
        superseded_by=command.superseded_by,
        attempt=command.attempt,
        detail=command.detail,
        seq=command.seq,
        changed_seq=command.changed_seq,
        times={stage: ns for stage, ns in stages.items() if ns is not None},
    )


def _payload(text: str | None) -> dict[str, Any]:
    """Return what the payload holds: nothing once it was redacted."""
    try:
        value = json.loads(text) if text else {}
    except ValueError:
        return {}
    return value if isinstance(value, dict) else {}
