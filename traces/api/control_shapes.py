"""The shapes of commands and holds in the API, and of a conflict about them."""

from __future__ import annotations

from typing import Any

from ninja import Field, Schema
from pydantic import ConfigDict

from deliberation.vocabulary import CommandKind, CommandStage
from traces.actions.conflict import Conflict
from traces.actions.order import Order
from traces.api.forms import rfc3339
from traces.api.problems import Problem
from traces.queries.commands import CommandRow
from traces.queries.holds import HoldRow
from traces.queries.patience import patience

SAME_NAMES = (
    "command_id", "by", "by_kind", "reason", "seen_seq", "superseded_by", "attempt", "detail",
    "seq", "changed_seq",
)  # fmt: skip


class Limits(Schema):
    """The new limits of one dimension, as decimal strings."""

    model_config = ConfigDict(extra="forbid")

    hard: str | None = None
    soft: str | None = None


class CommandToGive(Schema):
    """What is asked of a run. The same `command_id` again is the same command."""

    model_config = ConfigDict(extra="forbid")

    command_id: str = Field(description="The asker's own: 1 to 36 letters, digits and . _ : -")
    kind: CommandKind
    reason: str | None = Field(default=None, description="Why; raise_budget needs one")
    seen_seq: int | None = Field(default=None, description="The last entry the asker was shown")
    message: str | None = Field(default=None, description="To steer with, at most 16 KiB")
    hold_id: str | None = Field(
        default=None,
        description="The hold to resume; by default the asker's own newest, then the newest of a person",
    )
    budgets: dict[str, Limits] | None = Field(
        default=None, description="To raise, by dimension", examples=[{"usd": {"hard": "2.50"}}]
    )
    allow_lower: bool = Field(default=False, description="A new limit may be below the old one")

    def order(self) -> Order:
        """Return what is asked, for the action."""
        budgets = {
            dimension: limits.model_dump(exclude_none=True)
            for dimension, limits in (self.budgets or {}).items()
        }
        return Order(
            command_id=self.command_id,
            kind=self.kind,
            reason=self.reason or "",
            seen_seq=self.seen_seq,
            message=self.message,
            hold_id=self.hold_id,
            budgets=budgets if self.budgets is not None else None,
            allow_lower=self.allow_lower,
        )


class Command(Schema):
    """A command and how far it has come. A stage that was not reached, or was skipped, has no time."""

    id: str
    command_id: str
    run_id: str
    kind: CommandKind
    stage: CommandStage
    by: str
    by_kind: str
    reason: str | None
    message: str | None
    hold_id: str | None
    budgets: dict[str, Any] | None
    seen_seq: int | None
    superseded_by: str | None
    attempt: int | None
    detail: str | None
    overdue: bool = Field(description="It asks for the run's end and has waited too long")
    seq: int
    changed_seq: int
    requested_at: str | None
    delivered_at: str | None
    acknowledged_at: str | None
    applied_at: str | None
    refused_at: str | None
    expired_at: str | None
    superseded_at: str | None

    @classmethod
    def of(cls, row: CommandRow, *, now_ns: int) -> Command:
        """Return the shape of a command as it stands now."""
        more: dict[str, Any] = {
            f"{stage.value}_at": rfc3339(row.times.get(stage)) for stage in CommandStage
        }
        more |= {name: row.payload.get(name) for name in ("message", "hold_id", "budgets")}
        return cls(
            id=row.command_id,
            run_id=str(row.run_id),
            kind=row.kind,
            stage=row.stage,
            overdue=row.is_overdue(now_ns, patience().overdue_after),
            **{name: getattr(row, name) for name in SAME_NAMES},
            **more,
        )


class Commands(Schema):
    """Some commands, newest first; `next` is the cursor of the following page."""

    items: list[Command]
    next: str | None


class Hold(Schema):
    """One reason why a run waits, or waited."""

    id: str
    source: str
    reason: str | None
    command_id: str | None
    open: bool
    placed_at: str | None
    lifted_at: str | None
    lifted_by: str | None
    lifted_command: str | None

    @classmethod
    def of(cls, row: HoldRow) -> Hold:
        """Return the shape of a hold."""
        same = ("source", "reason", "command_id", "lifted_by", "lifted_command")
        return cls(
            id=row.hold_id,
            open=row.is_open,
            placed_at=rfc3339(row.placed_ns),
            lifted_at=rfc3339(row.lifted_ns),
            **{name: getattr(row, name) for name in same},
        )


class Holds(Schema):
    """The holds of a run, newest first; there is never a next page."""

    items: list[Hold]
    next: str | None


class ConflictProblem(Problem):
    """It does not apply: the run's state, what is asked of it, and the command that stands in the way, if one does.

    `command` is the command that was reported on, where one was.
    """

    state: str
    desired_state: str
    winner: Command | None
    command: Command | None


def told(conflict: Conflict, *, now_ns: int) -> dict[str, Any]:
    """Return what a conflict's problem says beside its sentence."""
    rows = {"winner": conflict.winner, "command": conflict.command}
    shapes = {
        name: row and Command.of(row, now_ns=now_ns).model_dump(mode="json")
        for name, row in rows.items()
    }
    return {"state": conflict.state, "desired_state": conflict.desired_state, **shapes}
