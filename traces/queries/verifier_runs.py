"""Which runs a page about verifiers counts: those that the filters of the list of runs let through, newest first.

What bounds it: of each project 10,000 runs are looked through, and counting ends with the run that
makes it `VERDICTS_AT_MOST` verdicts. What comes before is counted by going on from `next`.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from dataclasses import dataclass

from traces.models import Project
from traces.queries.access import NotVisible, Who, as_viewer, is_storable
from traces.queries.run_filters import RunFilters, narrow
from traces.queries.run_list import COUNTED, portions_of
from traces.queries.run_order import RunOrder, read_place

VERDICTS_AT_MOST = 100_000


@dataclass(frozen=True, slots=True, kw_only=True)
class CountedRuns:
    """The runs that hold verdicts, newest first, how many verdicts that is, and the cursor of what was not counted."""

    run_ids: list[uuid.UUID]
    verdicts: int
    next: str | None


def count_runs(*, who: Who, filters: RunFilters, cursor: str | None = None) -> CountedRuns:
    """Return the runs to be counted, of those that `who` may see.

    Raises NotVisible for a project that they may not look into, and for a cursor that is none.
    """
    _see_project(who, filters.project)
    order = RunOrder.NEWEST
    start = None if cursor is None else read_place(cursor, order)
    portions = portions_of(who=who, filters=filters, order=order, start=start, most=COUNTED)
    found: list[tuple[uuid.UUID, int]] = []
    for portion in portions:
        judged = narrow(portion.runs, filters).filter(verdicts__gt=0)
        found += judged.values_list("id", "verdicts")
    # Of several projects nothing is told beyond the place to which each was looked through.
    reached = max((each.end.id for each in portions if each.end is not None), default=None)
    found.sort(reverse=True)
    return _cut(
        ((run, count) for run, count in found if reached is None or run >= reached), reached
    )


def _cut(found: Iterable[tuple[uuid.UUID, int]], reached: uuid.UUID | None) -> CountedRuns:
    run_ids: list[uuid.UUID] = []
    verdicts, last = 0, None
    for run, count in found:
        if verdicts >= VERDICTS_AT_MOST:
            last = run_ids[-1]
            break
        run_ids.append(run)
        verdicts += count
    place = last or reached
    return CountedRuns(run_ids=run_ids, verdicts=verdicts, next=str(place) if place else None)


def _see_project(who: Who, slug: str | None) -> None:
    if slug is None:
        return
    mine = Project.objects.filter(id__in=as_viewer(who).project_ids)
    if not is_storable(slug) or not mine.filter(slug=slug).exists():
        raise NotVisible
