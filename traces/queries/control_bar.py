"""What the control bar of a run shows: what is asked, what is known, who listens, and what can be asked now."""

from __future__ import annotations

import uuid
from dataclasses import dataclass

from deliberation.vocabulary import CommandKind, DesiredState, Dimension, ObservedState, applies
from deliberation.vocabulary.control import faced
from traces.models import Run
from traces.models.access import MAY_COMMAND
from traces.queries.access import Who, may_add, see_run
from traces.queries.approvals import ApprovalRow, approvals_of_run
from traces.queries.budget_bars import BudgetBar, bar_of
from traces.queries.budget_history import BudgetHitRow, HistoryRow, read_budget_history
from traces.queries.budget_lines import budget_lines
from traces.queries.commands import CommandRow, list_commands
from traces.queries.holds import HoldRow
from traces.queries.leases import LeaseRow
from traces.queries.patience import patience
from traces.queries.refusals import tell_refusal
from traces.queries.standing import Standing, read_standing

ON_THE_BAR = (
    CommandKind.PAUSE,
    CommandKind.RESUME,
    CommandKind.STEER,
    CommandKind.STOP,
    CommandKind.KILL,
    CommandKind.RAISE_BUDGET,
)
SHOWN_COMMANDS = 50
SHOWN_APPROVALS = 10


@dataclass(frozen=True, slots=True)
class Offer:
    """One command as the bar offers it; `why_not` is a sentence where it cannot be given now."""

    kind: CommandKind
    why_not: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class ControlBar:
    """One run's control at one moment. `last_seq` is the entry that a person who looks at it has seen."""

    run_id: uuid.UUID
    project: str
    name: str | None
    last_seq: int
    desired: DesiredState
    observed: ObservedState
    end_inferred: bool
    stop_reason: str | None
    lease: LeaseRow | None
    holds: list[HoldRow]
    commands: list[CommandRow]
    approvals: list[ApprovalRow]
    budgets: list[BudgetBar]
    budget_history: list[HistoryRow]
    offers: list[Offer]
    overdue: frozenset[str]
    now_ns: int
    may_command: bool

    @property
    def has_ended(self) -> bool:
        """True when nothing can be asked any more."""
        return self.observed.is_terminal

    @property
    def is_heard(self) -> bool:
        """True when a process holds the run and was heard of lately."""
        return self.lease is not None and self.lease.is_live(self.now_ns)

    @property
    def is_worth_showing(self) -> bool:
        """False for a run that ended without anybody having asked anything, of it or through it, within its limits."""
        return not self.has_ended or bool(self.commands or self.approvals or self.budget_history)

    @property
    def hits(self) -> int:
        """How often a limit was reached."""
        return sum(isinstance(each, BudgetHitRow) for each in self.budget_history)

    @property
    def budget_by_dimension(self) -> dict[Dimension, BudgetBar | None]:
        """Every dimension, with its limit where it has one."""
        limited = {each.row.dimension: each for each in self.budgets}
        return {dimension: limited.get(dimension) for dimension in Dimension}

    def offer(self, kind: CommandKind) -> Offer:
        """Return how a command stands now."""
        return next(each for each in self.offers if each.kind is kind)


def get_control_bar(*, who: Who, run_id: str | uuid.UUID, now_ns: int) -> ControlBar:
    """Return the bar of a run. Raises NotVisible."""
    run = see_run(who, run_id)
    standing = read_standing(run.id)
    page = list_commands(who=who, run_id=run.id, limit=SHOWN_COMMANDS)
    waited = patience().overdue_after
    budgets = budget_lines(run, standing.lease, now_ns)
    return ControlBar(
        run_id=run.id,
        project=run.project.slug,
        name=run.name or run.task,
        last_seq=run.size - 1,
        desired=DesiredState(run.desired_state),
        observed=ObservedState(run.observed_state),
        end_inferred=run.end_inferred,
        stop_reason=run.stop_reason,
        lease=standing.lease,
        holds=standing.holds,
        commands=page.items,
        approvals=approvals_of_run(who=who, run_id=run.id)[:SHOWN_APPROVALS],
        budgets=[bar_of(row) for row in budgets],
        budget_history=read_budget_history(run.id, budgets) if budgets else [],
        offers=_offers(run, standing),
        overdue=frozenset(
            each.command_id for each in page.items if each.is_overdue(now_ns, waited)
        ),
        now_ns=now_ns,
        may_command=may_add(who, run, MAY_COMMAND),
    )


def _offers(run: Run, standing: Standing) -> list[Offer]:
    state = faced(ObservedState(run.observed_state), DesiredState(run.desired_state))
    found = {
        kind: applies(kind, state, holds=len(standing.holds), killable=standing.is_killable)
        for kind in ON_THE_BAR
    }
    return [
        Offer(kind, tell_refusal(why, state) if isinstance(why, str) else None)
        for kind, why in found.items()
    ]
