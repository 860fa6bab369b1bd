"""The addresses of prices: what has none, and a project's own."""

from __future__ import annotations

import datetime as dt
from typing import Annotated

from django.http import HttpRequest
from ninja import Path, Query, Router
from ninja.errors import HttpError
from ninja.responses import Status

from traces.actions.add_price_override import NotAPrice, add_price_override
from traces.actions.end_price_override import end_price_override
from traces.api.auth import Key, Session, asker_of
from traces.api.price_shapes import (
    End,
    Override,
    Overrides,
    OverrideToAdd,
    Unpriced,
    UnpricedModels,
)
from traces.api.problems import answers, tell_problems
from traces.models.access import Role, Scope
from traces.queries.price_overrides import list_price_overrides, row_of
from traces.queries.projects import get_project
from traces.queries.unpriced import unpriced_of_projects, unpriced_of_run

LAST_ID = 2**63 - 1
MAY_CHANGE = [Key(Scope.ADMIN), Session(Role.OWNER)]

router = Router(auth=[Key(Scope.READ), Session()], tags=["prices"])
router.add_decorator(tell_problems, mode="view")

OfProject = Annotated[str | None, Query(max_length=50, description="Only of this project")]


@router.get(
    "/prices/unpriced", response=answers(UnpricedModels), summary="Models whose calls have no price"
)
def list_unpriced(
    request: HttpRequest,
    project: OfProject = None,
    run: Annotated[str | None, Query(max_length=64, description="Only of this run")] = None,
) -> UnpricedModels:
    """Calls without a price by model, with the reason; of each project the newest 1,000 runs that have any."""
    asker = asker_of(request)
    if run is not None:
        rows = unpriced_of_run(who=asker, run_id=run)
    else:
        rows = unpriced_of_projects(who=asker, project_id=_id(request, project))
    return UnpricedModels(items=[Unpriced.of(row) for row in rows], next=None)


@router.get("/prices/overrides", response=answers(Overrides), summary="Projects' own prices")
def list_overrides(request: HttpRequest, project: OfProject = None) -> Overrides:
    """Those in force first, then those that were ended."""
    rows = list_price_overrides(who=asker_of(request), project_id=_id(request, project))
    return Overrides(items=[Override.of(row) for row in rows], next=None)


@router.post(
    "/prices/overrides",
    response=answers(Override, 201),
    auth=MAY_CHANGE,
    summary="Give a project a price of its own",
)
def add_override(request: HttpRequest, new: OverrideToAdd) -> Status[Override]:
    """Calls recorded from now on have it. The same price again is the one that stands."""
    asker = asker_of(request)
    project = get_project(who=asker, slug=new.project)
    try:
        added = add_price_override(
            project_id=project.id, price=new.price(), by=asker.by, now=dt.datetime.now(dt.UTC)
        )
    except NotAPrice as wrong:
        raise HttpError(422, f"{wrong.field}: {wrong.sentence}") from wrong
    return Status(201, Override.of(row_of(added)))


@router.post(
    "/prices/overrides/{override_id}/end",
    response=answers(Override),
    auth=MAY_CHANGE,
    summary="End a price",
)
def end_override(
    request: HttpRequest, override_id: Annotated[int, Path(ge=0, le=LAST_ID)], end: End
) -> Override:
    """Calls from that day on do not have it any more; the row stays as history."""
    asker = asker_of(request)
    ended = end_price_override(
        project_ids=asker.project_ids,
        override_id=override_id,
        on=end.on,
        by=asker.by,
        now=dt.datetime.now(dt.UTC),
    )
    return Override.of(row_of(ended))


def _id(request: HttpRequest, slug: str | None) -> int | None:
    return None if slug is None else get_project(who=asker_of(request), slug=slug).id
