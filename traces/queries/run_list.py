"""Runs in lists: some at a time, in an order, and however many there are.

A filter may match one run in a million. So a page looks through at most `PORTION` runs of each project, in the order
asked for, and says where it stopped: the time that a page takes is bounded, whatever is asked.
"""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import QuerySet

from traces.models import Project, Run
from traces.queries.access import Who, as_viewer
from traces.queries.run_filters import RunFilters, narrow
from traces.queries.run_order import (
    Place,
    RunOrder,
    after,
    down_to,
    in_order,
    place_of,
    read_place,
)
from traces.queries.runs import RunRow, rows_of

PORTION = 5_000
"""Runs of one project that one page looks through and adds up: 11 ms of Postgres to add, some 25 to find a word."""
COUNTED = 10_000
"""Runs of one project that a page over many runs counts."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RunPage:
    """Some runs, in the order asked for, and the cursor of what comes after them, if anything may.

    `stopped_early` says that the portion was over before the page was full: what comes after was not looked at.
    """

    items: list[RunRow]
    next: str | None
    stopped_early: bool = False


@dataclass(frozen=True, slots=True)
class Portion:
    """Runs of one project that are looked through, and the place of the last, unless nothing comes after it."""

    runs: QuerySet[Run]
    end: Place | None


def list_runs(
    *,
    who: Who,
    filters: RunFilters,
    order: RunOrder = RunOrder.NEWEST,
    cursor: str | None = None,
    limit: int = 50,
) -> RunPage:
    """Return runs that `who` may see, after the place that `cursor` names.

    Raises NotVisible for a cursor that is none of this order.
    """
    start = None if cursor is None else read_place(cursor, order)
    most = None if filters.let_all_through else PORTION
    portions = portions_of(who=who, filters=filters, order=order, start=start, most=most)
    found = [
        run
        for portion in portions
        for run in narrow(portion.runs, filters).select_related("project")[: limit + 1]
    ]
    # What one project was looked through for, another may not have been yet: nothing beyond the nearest end is told.
    reached = max((portion.end for portion in portions if portion.end is not None), default=None)
    told = sorted(
        (run for run in found if reached is None or place_of(run) >= reached),
        key=place_of,
        reverse=True,
    )
    items = rows_of(told[:limit])
    if len(told) > limit:
        return RunPage(items=items, next=place_of(told[limit - 1]).as_cursor(order))
    if reached is not None:
        return RunPage(items=items, next=reached.as_cursor(order), stopped_early=True)
    return RunPage(items=items, next=None)


def portions_of(
    *, who: Who, filters: RunFilters, order: RunOrder, start: Place | None, most: int | None
) -> list[Portion]:
    """Return what is to be looked through in each project, from a place on; at most `most` runs of each.

    All of them where an index leads to the few that can match.
    """
    if not filters.is_storable:
        return []
    projects = Project.objects.filter(id__in=as_viewer(who).project_ids)
    if filters.project:
        projects = projects.filter(slug=filters.project)
    most = None if filters.let_few_through else most
    return [_portion(project, order, start, most) for project in projects.order_by("id")]


def _portion(project: Project, order: RunOrder, start: Place | None, most: int | None) -> Portion:
    runs = in_order(Run.objects.filter(project=project, size__gt=0), order)
    if start is not None:
        runs = after(runs, start, order)
    last = None if most is None else runs.only("id")[most - 1 : most].first()
    if last is None:
        return Portion(runs, None)
    end = place_of(last)
    return Portion(down_to(runs, end, order), end)
