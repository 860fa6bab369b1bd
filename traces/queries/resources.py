"""The outside things that a run's tools and requests named."""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass

from django.db.models import Count

from traces.models import Node, Resource
from traces.queries.access import NotVisible, Who, see_run
from traces.queries.verdicts import as_seq

HOSTS_AT_MOST = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class ResourceRow:
    """One thing that one node named. `kind` is of traces.analytics.resources; `seq` the entry that says so."""

    kind: str
    name: str
    host: str | None
    node_id: str
    node_kind: str | None
    tool: str | None
    seq: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ResourcePage:
    """Some resources, newest first, and the cursor of the next page, if any."""

    items: list[ResourceRow]
    next: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class HostLine:
    """A host and how many nodes named something on it; `host` is None for files and what else has none."""

    host: str | None
    nodes: int


def list_resources(
    *, who: Who, run_id: str | uuid.UUID, cursor: str | None = None, limit: int = 100
) -> ResourcePage:
    """Return what a run's nodes named, newest first. Raises NotVisible.

    The cursor is the last seq and how many rows of that seq were given: one entry may name several things.
    """
    run = see_run(who, run_id)
    found = Resource.objects.filter(run_id=run.pk).order_by("-seq", "node_id", "kind", "name")
    seq, skip = _place(cursor)
    if seq is not None:
        found = found.filter(seq__lte=seq)
    rows = list(found[skip : skip + limit + 1])
    more = len(rows) > limit
    return ResourcePage(
        items=_rows(run.pk, rows[:limit]), next=_next(rows, limit, seq, skip) if more else None
    )


def hosts_of(*, who: Who, run_id: str | uuid.UUID) -> list[HostLine]:
    """Return the hosts that a run's nodes named, the most named first, at most 200. Raises NotVisible."""
    run = see_run(who, run_id)
    found = (
        Resource.objects.filter(run_id=run.pk)
        .values("host")
        .annotate(nodes=Count("node_id", distinct=True))
        .order_by("-nodes", "host")
    )
    return [HostLine(host=each["host"], nodes=each["nodes"]) for each in found[:HOSTS_AT_MOST]]


def resources_on(run_id: uuid.UUID, node_ids: Collection[str]) -> dict[str, list[str]]:
    """Return node id → the names of what it named. The caller has checked the run."""
    named: defaultdict[str, list[str]] = defaultdict(list)
    found = Resource.objects.filter(run_id=run_id, node_id__in=list(node_ids))
    for node_id, name in found.order_by("seq", "name").values_list("node_id", "name"):
        named[node_id].append(name)
    return named


def _place(cursor: str | None) -> tuple[int | None, int]:
    if cursor is None:
        return None, 0
    seq, dot, skip = cursor.partition(".")
    if not dot:
        raise NotVisible
    return as_seq(seq), as_seq(skip)


def _next(rows: list[Resource], limit: int, seq: int | None, skip: int) -> str:
    last = rows[limit - 1].seq
    given = sum(row.seq == last for row in rows[:limit])
    return f"{last}.{given + (skip if last == seq else 0)}"


def _rows(run_id: uuid.UUID, rows: list[Resource]) -> list[ResourceRow]:
    nodes = {
        node_id: (kind, tool)
        for node_id, kind, tool in Node.objects.filter(
            run_id=run_id, node_id__in={row.node_id for row in rows}
        ).values_list("node_id", "kind", "tool")
    }
    return [_row(row, *nodes.get(row.node_id, (None, None))) for row in rows]


def _row(row: Resource, node_kind: str | None, tool: str | None) -> ResourceRow:
    return ResourceRow(
        kind=row.kind,
        name=row.name,
        host=row.host,
        node_id=row.node_id,
        node_kind=node_kind,
        tool=tool,
        seq=row.seq,
    )
