"""Which legal holds stand on a run, and what is asked under them."""

from __future__ import annotations

import uuid
from dataclasses import dataclass

from traces.models import LegalHold, ProjectHold, RemovalRequest
from traces.queries.access import Who, see_run


@dataclass(frozen=True, slots=True, kw_only=True)
class HoldRow:
    """One hold that stands. `hold_id` is None for one on the whole project."""

    hold_id: str | None
    by: str
    reason: str | None
    placed_ns: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestRow:
    """Something that somebody asks to be taken away; open while `outcome` is None."""

    request_id: str
    seq: int
    what: str
    entry: int | None
    part: str | None
    everywhere: bool | None
    rule: str | None
    basis: str | None
    hold_id: str | None
    reason: str | None
    by: str
    asked_ns: int | None
    outcome: str | None
    closed_by: str | None
    closed_ns: int | None


def is_held(run_id: uuid.UUID, project_id: int) -> bool:
    """Whether a legal hold stands on the run, or on its whole project."""
    on_run = LegalHold.objects.filter(run_id=run_id, lifted_seq=None)
    on_project = ProjectHold.objects.filter(project_id=project_id, lifted_at=None)
    return on_run.exists() or on_project.exists()


def list_holds(*, who: Who, run_id: str | uuid.UUID) -> list[HoldRow]:
    """Return the holds that stand on a run, those on its project first. Raises NotVisible."""
    run = see_run(who, run_id)
    on_project = ProjectHold.objects.filter(project_id=run.project_id, lifted_at=None)
    on_run = LegalHold.objects.filter(run_id=run.id, lifted_seq=None)
    return [
        *(
            HoldRow(
                hold_id=None,
                by=each.by,
                reason=each.reason,
                placed_ns=int(each.placed_at.timestamp()) * 10**9,
            )
            for each in on_project.order_by("id")
        ),
        *(
            HoldRow(hold_id=each.hold_id, by=each.by, reason=each.reason, placed_ns=each.placed_ns)
            for each in on_run.order_by("seq")
        ),
    ]


def list_requests(*, who: Who, run_id: str | uuid.UUID) -> list[RequestRow]:
    """Return what was asked to be taken away under a hold, the newest first. Raises NotVisible."""
    run = see_run(who, run_id)
    found = RemovalRequest.objects.filter(run_id=run.id).order_by("-seq")
    return [request_row(each) for each in found]


def request_row(request: RemovalRequest) -> RequestRow:
    """Return a request as it is listed."""
    return RequestRow(**{name: getattr(request, name) for name in RequestRow.__slots__})
