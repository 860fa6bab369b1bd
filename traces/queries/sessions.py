"""A session: the runs of one conversation, in the order in which they began, and what they come to together."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db.models import Count, F, Func, Max, Min, Q, QuerySet, Sum, TextField

from deliberation.vocabulary import CostProvenance
from traces.models import Project, Run
from traces.queries.access import NotVisible, Who, as_uuid, as_viewer, is_storable
from traces.queries.amounts import TOKEN_CLASSES, Tokens
from traces.queries.runs import RunRow, rows_of

MODELS_AT_MOST = 256
WEAKNESS = [provenance.value for provenance in CostProvenance]


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionSums:
    """What all runs of a session come to. A call that several runs tell of counts in one of them only.

    Times in ns since 1970: the first start, and the last end that is known; cost in US dollars, `cost_provenance` the
    weakest of its parts.
    """

    runs: int
    started_ns: int | None
    ended_ns: int | None
    models: list[str]
    usage: Tokens
    cost: Decimal | None
    cost_provenance: str | None
    unpriced_calls: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Session:
    """A session of a project, with some of its runs, the earliest first, and the cursor of the next page, if any."""

    id: str
    project: str
    sums: SessionSums
    items: list[RunRow]
    next: str | None


def get_session(
    *,
    who: Who,
    session_id: str,
    project: str | None = None,
    cursor: str | None = None,
    limit: int = 50,
) -> Session:
    """Return a session, its runs after the one that `cursor` names.

    Without a project it is looked for in all that `who` may look into. Raises NotVisible where it is in none, in
    several, or the cursor is no run of it.
    """
    if not is_storable(session_id) or not is_storable(project or ""):
        raise NotVisible
    found = Project.objects.filter(id__in=as_viewer(who).project_ids)
    if project is not None:
        found = found.filter(slug=project)
    projects = list(found.filter(runs__session_id=session_id, runs__size__gt=0).distinct()[:2])
    if len(projects) != 1:
        raise NotVisible
    runs = Run.objects.filter(project=projects[0], session_id=session_id, size__gt=0)
    listed = _after(runs, cursor).select_related("project")
    rows = list(listed.order_by(F("started_ns").asc(nulls_last=True), "id")[: limit + 1])
    items = rows_of(rows[:limit])
    return Session(
        id=session_id,
        project=projects[0].slug,
        sums=_sums(runs),
        items=items,
        next=str(items[-1].id) if len(rows) > limit else None,
    )


def _after(runs: QuerySet[Run], cursor: str | None) -> QuerySet[Run]:
    if cursor is None:
        return runs
    last = runs.filter(id=as_uuid(cursor)).first()
    if last is None:
        raise NotVisible
    if last.started_ns is None:
        return runs.filter(started_ns=None, id__gt=last.pk)
    later = Q(started_ns__gt=last.started_ns) | Q(started_ns=None)
    return runs.filter(later | Q(started_ns=last.started_ns, id__gt=last.pk))


def _sums(runs: QuerySet[Run]) -> SessionSums:
    sums: dict[str, Any] = runs.aggregate(
        runs=Count("id"),
        started_ns=Min("started_ns"),
        ended_ns=Max("ended_ns"),
        cost=Sum("cost"),
        unpriced_calls=Sum("unpriced_calls"),
        **{name: Sum(f"{name}_tokens") for name in TOKEN_CLASSES},
    )
    usage = Tokens(**{name: sums.pop(name) for name in TOKEN_CLASSES})
    each = Func(F("model_names"), function="unnest", output_field=TextField())
    models = runs.annotate(model=each).values_list("model", flat=True).distinct()
    priced = runs.filter(cost__isnull=False, cost_provenance__isnull=False)
    stated = {str(word) for word in priced.values_list("cost_provenance", flat=True).distinct()}
    return SessionSums(
        **sums,
        usage=usage,
        models=sorted(models[:MODELS_AT_MOST]),
        cost_provenance=max(stated, key=WEAKNESS.index, default=None),
    )
