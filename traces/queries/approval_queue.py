"""The queue of approvals: what waits for a person, what was decided lately, and whether they may decide it."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass

from django.utils.translation import gettext, pgettext

from traces.models import Run
from traces.queries.access import JUDGES, Viewer
from traces.queries.approvals import (
    ApprovalRow,
    list_approvals,
    list_pending,
    may_decide,
)

LATELY = 12


@dataclass(frozen=True, slots=True, kw_only=True)
class QueueItem:
    """One request, the run it is of, and a sentence on why the person may not decide it, if they may not."""

    approval: ApprovalRow
    run_name: str | None
    project: str
    why_not: str | None

    @property
    def missing(self) -> int:
        """How many more people must agree."""
        return max(0, self.approval.needed - len(self.approval.agreed))


@dataclass(frozen=True, slots=True, kw_only=True)
class Queue:
    """What waits, what expires first first; and what was resolved lately, newest first."""

    items: list[QueueItem]
    lately: list[QueueItem]
    now_ns: int


def get_queue(*, who: Viewer, now_ns: int) -> Queue:
    """Return the queue over the projects of `who`."""
    waiting = list_pending(who=who)
    known, _ = list_approvals(who=who, status=None, cursor=None, limit=LATELY)
    over = [row for row in known if not row.is_pending]
    runs = _runs_of([*waiting, *over])
    return Queue(
        items=[_item(row, runs[row.run_id], who) for row in waiting],
        lately=[_item(row, runs[row.run_id], who) for row in over],
        now_ns=now_ns,
    )


def get_item(*, who: Viewer, approval: ApprovalRow) -> QueueItem:
    """Return one request as the queue shows it."""
    return _item(approval, _runs_of([approval])[approval.run_id], who)


def _runs_of(rows: list[ApprovalRow]) -> Mapping[uuid.UUID, Run]:
    found = Run.objects.select_related("project").only("name", "task", "project__slug")
    return found.in_bulk({row.run_id for row in rows})


def _item(approval: ApprovalRow, run: Run, who: Viewer) -> QueueItem:
    return QueueItem(
        approval=approval,
        run_name=run.name or run.task,
        project=run.project.slug,
        why_not=_why_not(approval, who.roles.get(run.project_id), who.by),
    )


def _why_not(approval: ApprovalRow, role: str | None, by: str) -> str | None:
    if role not in JUDGES:
        return gettext("This takes the role reviewer, operator or owner in the project.")
    if not may_decide(role, approval.asked):
        role_now = pgettext("role", str(approval.asked))
        return gettext("It was passed on: it takes the role {role} now.").format(role=role_now)
    if by == approval.by:
        return gettext("Whoever asked may not decide.")
    if by in approval.agreed:
        words = gettext("You have agreed. It takes {needed} different people.")
        return words.format(needed=approval.needed)
    return None
