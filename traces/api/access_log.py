"""The address of a project's access log."""

from __future__ import annotations

from typing import Annotated

from django.http import HttpRequest
from ninja import Field, Query, Router, Schema

from traces.api.auth import Key, Session, asker_of
from traces.api.problems import answers, tell_problems
from traces.api.runs import Cursor, Limit
from traces.models import AccessTally
from traces.models.access import Role, Scope
from traces.queries.access_log import list_accesses, read_filter
from traces.queries.projects import get_project

router = Router(auth=[Key(Scope.ADMIN), Session(Role.OWNER)], tags=["retention"])
router.add_decorator(tell_problems, mode="view")

OfProject = Annotated[str | None, Query(max_length=50, description="Of several, which")]


class Access(Schema):
    """That somebody saw something of a run on a day (UTC)."""

    run: str
    by: str = Field(description="user:…, key:…, or link for whoever had one")
    way: str = Field(description="view, api or download")
    day: str
    times: int
    first_at: str
    last_at: str

    @classmethod
    def of(cls, row: AccessTally) -> Access:
        """Return a row as JSON has it."""
        return cls(
            run=str(row.run_id),
            by=row.by,
            way=row.way,
            day=row.day.isoformat(),
            times=row.times,
            first_at=row.first_at.isoformat(),
            last_at=row.last_at.isoformat(),
        )


class Accesses(Schema):
    """Some of them, the newest first; `next` is the cursor of the following page."""

    items: list[Access]
    next: str | None


@router.get("/access", response=answers(Accesses), summary="Who looked at which run")
def list_access(
    request: HttpRequest,
    project: OfProject = None,
    by: Annotated[str | None, Query(max_length=300)] = None,
    run: Annotated[str | None, Query(max_length=36, description="A run's UUID")] = None,
    cursor: Cursor = None,
    limit: Limit = 100,
) -> Accesses:
    """One row for each person, run, way and day; for owners and keys of the scope admin."""
    found = get_project(who=asker_of(request), slug=project)
    page = list_accesses(
        project_id=found.id, narrowed=read_filter(by, run), cursor=cursor, limit=limit
    )
    return Accesses(items=[Access.of(row) for row in page.items], next=page.next)
