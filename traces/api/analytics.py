"""The addresses of what many runs come to."""

from __future__ import annotations

from typing import Annotated, Literal

from django.http import HttpRequest
from ninja import Field, Query, Router, Schema
from ninja.errors import HttpError

from traces.api.analytics_shapes import Analytics
from traces.api.auth import Key, Session, asker_of
from traces.api.problems import answers, tell_problems
from traces.api.run_query import RunQuery
from traces.api.run_shapes import Run, Runs
from traces.api.runs import Limit, RunCursor
from traces.models.access import Scope as KeyScope
from traces.queries.over_runs.scope import (
    DEFAULT_TIMES,
    SECONDS,
    Grouping,
    Measure,
    Scope,
    TooMuch,
)
from traces.queries.over_runs.sections import SECTIONS, NotACell, list_members

router = Router(auth=[Key(KeyScope.READ), Session()], tags=["read"])
router.add_decorator(tell_problems, mode="view")

CELL = "cell_"
MAX_CHARS = 300
SectionName = Literal[
    "outcomes", "discarded", "effort", "calibration", "tail", "tiers", "legibility", "budgets"
]
SLOW = f"this took longer than {SECONDS} seconds: narrow the runs by a filter"


class Looked(Schema):
    """How runs are looked at."""

    measure: Measure = Field(Measure.COST, description="By what effort and spending are measured")
    by: Grouping = Field(Grouping.TIER, description="By what runs are told apart as tiers")
    times: int = Field(
        DEFAULT_TIMES, ge=2, le=1000, description="Ran away beyond so many times the median"
    )

    def scope(self, request: HttpRequest, asked: RunQuery) -> Scope:
        """Return which runs are asked about."""
        return Scope(
            who=asker_of(request),
            filters=asked.filters(),
            measure=self.measure,
            grouping=self.by,
            times=self.times,
        )


@router.get("/analytics", response=answers(Analytics), summary="What many runs come to")
def get_analytics(
    request: HttpRequest,
    asked: Annotated[RunQuery, Query()],
    looked: Annotated[Looked, Query()],
    section: Annotated[
        list[SectionName] | None, Query(description="Only these; all where it is left out")
    ] = None,
) -> Analytics:
    """Discarded work, effort against correctness, calibration, tail, tiers, legibility and budgets of what matches.

    Filters are those of `/runs`. 503 where a section took too long.
    """
    scope = looked.scope(request, asked)
    try:
        sections = [SECTIONS[name].read(scope) for name in section or SECTIONS]
    except TooMuch as error:
        raise HttpError(503, SLOW) from error
    return Analytics.of(scope, sections)


@router.get("/analytics/{section}/runs", response=answers(Runs), summary="The runs of a figure")
def list_runs_of_figure(
    request: HttpRequest,
    section: SectionName,
    asked: Annotated[RunQuery, Query()],
    looked: Annotated[Looked, Query()],
    cursor: RunCursor = None,
    limit: Limit = 100,
) -> Runs:
    """The runs that a figure counts, the newest first: each name of its `runs` is asked for as `cell_<name>`."""
    cell = {
        name.removeprefix(CELL): value
        for name, value in request.GET.dict().items()
        if name.startswith(CELL)
    }
    if any(len(value) > MAX_CHARS for value in cell.values()):
        raise HttpError(422, f"a value of {CELL}* has {MAX_CHARS} characters at most")
    try:
        page = list_members(
            scope=looked.scope(request, asked),
            section=section,
            cell=cell,
            cursor=cursor,
            limit=limit,
        )
    except NotACell as wrong:
        raise HttpError(422, f"cell_{wrong} names nothing that is counted here") from wrong
    except TooMuch as error:
        raise HttpError(503, SLOW) from error
    return Runs(items=[Run.of(run) for run in page.items], next=page.next)
