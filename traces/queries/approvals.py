"""Actions that wait for a person, and what became of those that did."""

from __future__ import annotations

import json
import uuid
from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace
from typing import Any

from django.db.models import Q

from deliberation.vocabulary import ApprovalStatus
from traces.models import Approval, Decision, Run
from traces.models.access import Role
from traces.models.approval import PENDING
from traces.models.run import FINAL, FOREIGN
from traces.queries.access import NotVisible, Who, as_viewer, is_storable, see_run

RANKS = (Role.REVIEWER.value, Role.OPERATOR.value, Role.OWNER.value)
"""Who may decide, each with all that come before: who may answer for an operator's action, and for an owner's."""
MOST_PENDING = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class DecisionRow:
    """What somebody decided; times in ns since 1970. `digest` is what they agreed to, where they did."""

    seq: int
    approval_id: str
    decision: str
    by: str
    reason: str | None
    shown: str | None
    opened_ns: int | None
    decided_ns: int | None
    digest: str | None
    arguments: str | None
    asked: str | None

    @property
    def took_ns(self) -> int | None:
        """How long they had it before them."""
        if self.opened_ns is None or self.decided_ns is None:
            return None
        return max(0, self.decided_ns - self.opened_ns)


@dataclass(frozen=True, slots=True, kw_only=True)
class ApprovalRow:
    """One request with its decisions, oldest first. See `traces.models.Approval` for the columns."""

    run_id: uuid.UUID
    approval_id: str
    seq: int
    changed_seq: int
    node_id: str | None
    attempt: int | None
    tool: str
    side_effect: str | None
    risk: str | None
    digest: str
    action: str | None
    needed: int
    policy: str | None
    by: str | None
    requested_ns: int | None
    expires_ns: int
    asked: str
    escalates_ns: int | None
    escalate_to: str | None
    escalated_ns: int | None
    status: str
    permit_digest: str
    arguments: str | None
    closed_ns: int | None
    consumed_ns: int | None
    consumed_use: str | None
    refused_uses: int
    decisions: tuple[DecisionRow, ...] = ()

    @property
    def is_pending(self) -> bool:
        """True while somebody may decide."""
        return self.status == PENDING

    @property
    def is_permit(self) -> bool:
        """True when the action may be done, or was."""
        return ApprovalStatus(self.status).is_permit

    @property
    def agreed(self) -> tuple[str, ...]:
        """Who agreed to the action as it stands now, each once."""
        return tuple(
            dict.fromkeys(each.by for each in self.decisions if each.digest == self.permit_digest)
        )

    @property
    def shown_arguments(self) -> str | None:
        """The arguments as they stand now, as JSON text; None once they were redacted."""
        if self.arguments is not None or self.permit_digest != self.digest:
            return self.arguments
        return _arguments_of(self.action)

    @property
    def last(self) -> DecisionRow | None:
        """The latest decision: of one that is closed, the one that closed it, if a person did."""
        return self.decisions[-1] if self.decisions else None

    def is_due(self, now_ns: int) -> bool:
        """Return True when its time is over."""
        return self.is_pending and now_ns >= self.expires_ns


COLUMNS = tuple(name for name in ApprovalRow.__slots__ if name != "decisions")
DECISION_COLUMNS = tuple(DecisionRow.__slots__)


def may_decide(role: str | None, asked: str) -> bool:
    """Return True when somebody in a role may decide what that role is asked about."""
    return role in RANKS and RANKS.index(role) >= RANKS.index(asked)


def list_pending(*, who: Who, limit: int = MOST_PENDING) -> list[ApprovalRow]:
    """Return what waits in the projects of `who`, what expires first first."""
    return _rows(_pending_of(who).order_by("expires_ns", "approval_id")[:limit])


def count_pending(*, who: Who) -> int:
    """Return how many wait in the projects of `who`."""
    return int(_pending_of(who).count())


def list_approvals(
    *, who: Who, status: str | None, cursor: str | None, limit: int
) -> tuple[list[ApprovalRow], str | None]:
    """Return approvals in the projects of `who`, newest first, and the cursor of the next page, if any."""
    found = Approval.objects.filter(run_id__in=_runs_of(who)).order_by(
        "-requested_ns", "-approval_id"
    )
    if status is not None:
        found = found.filter(status=status)
    if cursor is not None:
        found = found.filter(_after(cursor))
    rows = _rows(found[: limit + 1])
    has_more = len(rows) > limit
    last = rows[limit - 1] if has_more else None
    return rows[:limit], None if last is None else f"{last.requested_ns}.{last.approval_id}"


def approvals_of_run(*, who: Who, run_id: str | uuid.UUID) -> list[ApprovalRow]:
    """Return the approvals of a run, newest first. Raises NotVisible."""
    run = see_run(who, run_id)
    return _rows(Approval.objects.filter(run_id=run.id).order_by("-seq")[:MOST_PENDING])


def get_approval(*, who: Who, approval_id: str) -> ApprovalRow:
    """Return one approval. Raises NotVisible."""
    if not is_storable(approval_id):
        raise NotVisible
    found = Approval.objects.filter(approval_id=approval_id, run_id__in=_runs_of(who))
    for row in _rows(found[:1]):
        return row
    raise NotVisible


def read_approval(run_id: uuid.UUID, approval_id: str) -> ApprovalRow | None:
    """Return an approval of a run, or None. The caller has checked the run."""
    if not is_storable(approval_id):
        return None
    found = _rows(Approval.objects.filter(run_id=run_id, approval_id=approval_id))
    return found[0] if found else None


def closed_since(heard: Collection[tuple[uuid.UUID, int]]) -> dict[uuid.UUID, list[ApprovalRow]]:
    """Return, by run, the approvals that changed after a seq: (run, seq) for each that is asked about."""
    news = Q()
    for run_id, seq in heard:
        news |= Q(run_id=run_id, changed_seq__gt=seq)
    by_run: dict[uuid.UUID, list[ApprovalRow]] = {}
    for row in _rows(Approval.objects.filter(news).order_by("seq")) if heard else ():
        by_run.setdefault(row.run_id, []).append(row)
    return by_run


def _runs_of(who: Who) -> Any:
    return Run.objects.filter(project_id__in=as_viewer(who).project_ids).values("id")


def _pending_of(who: Who) -> Any:
    live = _runs_of(who).exclude(observed_state__in=FINAL).exclude(source=FOREIGN)
    return Approval.objects.filter(status=PENDING, run_id__in=live)


def _after(cursor: str) -> Q:
    requested, _, approval_id = cursor.partition(".")
    if not requested.isascii() or not requested.isdigit() or not is_storable(approval_id):
        raise NotVisible
    asked = min(int(requested[:19]), 2**63 - 1)
    return Q(requested_ns__lt=asked) | Q(requested_ns=asked, approval_id__lt=approval_id)


def _rows(found: Any) -> list[ApprovalRow]:
    rows = [ApprovalRow(**values) for values in found.values(*COLUMNS)]
    decided = _decisions_of(row.approval_id for row in rows)
    return [replace(row, decisions=tuple(decided.get(row.approval_id, ()))) for row in rows]


def _decisions_of(approval_ids: Iterable[str]) -> dict[str, list[DecisionRow]]:
    by_approval: dict[str, list[DecisionRow]] = {}
    wanted = list(approval_ids)
    if wanted:
        found = Decision.objects.filter(approval_id__in=wanted).order_by("run_id", "seq")
        for values in found.values(*DECISION_COLUMNS):
            by_approval.setdefault(values["approval_id"], []).append(DecisionRow(**values))
    return by_approval


def _arguments_of(action: str | None) -> str | None:
    try:
        return str(json.loads(action)["arguments"]) if action else None
    except (ValueError, KeyError, TypeError):
        return None
