"""What a runner is to hear of its runs: what is asked of them, what holds them, and what is known of them."""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from functools import reduce
from operator import or_

from django.db.models import Q

from deliberation.vocabulary import CommandStage
from deliberation.vocabulary.control import TAKEN_BACK
from traces.models import Command, Run
from traces.models.command import OPEN_STAGES
from traces.queries.approval_policies import PolicyRow
from traces.queries.approvals import ApprovalRow, closed_since
from traces.queries.budget_lines import BudgetRow, told_lines
from traces.queries.commands import CommandRow, row_of
from traces.queries.holds import HoldRow, holds_of_runs
from traces.queries.leases import LeaseRow, leases_of_runs
from traces.queries.policies_heard import policies_heard
from traces.queries.recorded_spend import LIMIT_COLUMNS

HEARD = ("control_seq", "desired_state", "observed_state", *LIMIT_COLUMNS)
NEWS_OF_THE_END = [stage.value for stage in TAKEN_BACK]


@dataclass(frozen=True, slots=True, kw_only=True)
class Hearing:
    """One run as its runner needs to know it. `control_seq` is what to ask after next time."""

    run: uuid.UUID
    control_seq: int
    desired_state: str
    observed_state: str
    commands: tuple[CommandRow, ...]
    holds: tuple[HoldRow, ...]
    lease: LeaseRow | None
    approvals: tuple[ApprovalRow, ...] = ()
    policies: tuple[PolicyRow, ...] = ()
    budgets: tuple[BudgetRow, ...] = ()

    @property
    def undelivered(self) -> tuple[str, ...]:
        """The commands that stand in no answer yet."""
        waiting = CommandStage.REQUESTED
        return tuple(each.command_id for each in self.commands if each.stage is waiting)


def hear(*, project_id: int, after: Mapping[uuid.UUID, int]) -> dict[uuid.UUID, Hearing]:
    """Return the hearing of each run of the project that is known; `after` is the last control seq heard.

    Commands are those still open that were given after it, and those that another took the place of since. Five
    queries, however many runs.
    """
    runs = Run.objects.filter(project_id=project_id, id__in=after)
    known = {run.id: run for run in runs.only(*HEARD)}
    commands = _commands(known, after)
    approvals, policies = _approvals(known, after), policies_heard(project_id)
    holds, leases = holds_of_runs(known), leases_of_runs(known)
    return {
        run_id: Hearing(
            run=run_id,
            control_seq=run.control_seq,
            desired_state=run.desired_state,
            observed_state=run.observed_state,
            commands=tuple(commands.get(run_id, ())),
            holds=tuple(holds.get(run_id, ())),
            lease=leases.get(run_id),
            approvals=tuple(approvals.get(run_id, ())),
            policies=policies,
            budgets=tuple(told_lines(run)) if run.budgets else (),
        )
        for run_id, run in known.items()
    }


def _commands(
    runs: Mapping[uuid.UUID, Run], after: Mapping[uuid.UUID, int]
) -> dict[uuid.UUID, list[CommandRow]]:
    # Most runs have nothing new to say, and are not asked about.
    news = [
        _news(run.id, after[run.id]) for run in runs.values() if run.control_seq > after[run.id]
    ]
    found: defaultdict[uuid.UUID, list[CommandRow]] = defaultdict(list)
    if news:
        for command in Command.objects.filter(reduce(or_, news)).order_by("seq"):
            found[command.run_id].append(row_of(command))
    return found


def _approvals(
    runs: Mapping[uuid.UUID, Run], after: Mapping[uuid.UUID, int]
) -> dict[uuid.UUID, list[ApprovalRow]]:
    news = [(run.id, after[run.id]) for run in runs.values() if run.control_seq > after[run.id]]
    return {
        run: [each for each in rows if not each.is_pending]
        for run, rows in closed_since(news).items()
    }


def _news(run_id: uuid.UUID, heard: int) -> Q:
    still_open = Q(stage__in=OPEN_STAGES, seq__gt=heard)
    taken_back = Q(stage__in=NEWS_OF_THE_END, changed_seq__gt=heard, seq__lte=heard)
    return Q(run_id=run_id) & (still_open | taken_back)
