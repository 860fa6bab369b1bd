"""Who saw, exported and decided what in a project."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import Q, QuerySet, Sum

from traces.models import AccessTally, Bundle, Decision, Run
from traces.queries.access import as_uuid, is_storable

SHOWN = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class AccessFilter:
    """Narrows to one person and one run."""

    by: str | None = None
    run_id: uuid.UUID | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class AccessPage:
    """Some rows, the newest first, and the cursor of the next ones, if any."""

    items: list[AccessTally]
    next: str | None


def read_filter(by: str | None, run_id: str | None) -> AccessFilter:
    """Return the filter that an address names. Raises NotVisible for a run id that is none."""
    person = by.strip() if by and is_storable(by) else None
    return AccessFilter(by=person or None, run_id=as_uuid(run_id) if run_id else None)


def list_accesses(
    *, project_id: int, narrowed: AccessFilter, cursor: str | None = None, limit: int = SHOWN
) -> AccessPage:
    """Return who saw what. The caller has checked that whoever asks owns the project."""
    rows = _narrowed(AccessTally.objects.filter(project_id=project_id), narrowed)
    if cursor is not None and cursor.isascii() and cursor.isdecimal() and len(cursor) < 19:
        rows = rows.filter(id__lt=int(cursor))
    found = list(rows.order_by("-id")[: limit + 1])
    following = str(found[limit - 1].pk) if len(found) > limit else None
    return AccessPage(items=found[:limit], next=following)


def list_exports(*, project_id: int, narrowed: AccessFilter) -> list[Bundle]:
    """Return the newest exports."""
    rows = Bundle.objects.filter(project_id=project_id)
    return list(_narrowed(rows, narrowed).order_by("-asked_ns")[:SHOWN])


def list_decisions(*, project_id: int, narrowed: AccessFilter) -> list[Decision]:
    """Return the newest decisions about approvals."""
    runs = Run.objects.filter(project_id=project_id).values("id")
    rows = _narrowed(Decision.objects.filter(run_id__in=runs), narrowed)
    return list(rows.order_by("-run_id", "-seq")[:SHOWN])


def names_of(runs: Iterable[uuid.UUID]) -> dict[uuid.UUID, str]:
    """Return what the runs are called that are still here; one without a name is called by its id."""
    found = Run.objects.filter(pk__in=list(runs)).values_list("pk", "name")
    return {pk: name or str(pk) for pk, name in found}


def viewers_of(run_id: uuid.UUID) -> list[str]:
    """Return who saw a run and how often, in words, those who did most first."""
    sums = AccessTally.objects.filter(run_id=run_id).values("by").annotate(seen=Sum("times"))
    return [f"{each['by']} ({each['seen']:,})" for each in sums.order_by("-seen", "by")[:SHOWN]]


def _narrowed(rows: QuerySet[Any], narrowed: AccessFilter) -> QuerySet[Any]:
    condition = Q()
    if narrowed.by is not None:
        condition &= Q(by=narrowed.by)
    if narrowed.run_id is not None:
        condition &= Q(run_id=narrowed.run_id)
    return rows.filter(condition)
