"""Links between runs: from the nodes of one into the trace of another."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from traces.models import Link, Node, Run
from traces.queries.access import Who, see_run
from traces.queries.runs import RunRow, is_trace_id, rows_of

LINKS_AT_MOST = 200
"""Each way. A queue's consumer may link to thousands of traces, and a trace be linked to by as many."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TraceLink:
    """A link as seen from one of its ends: `node_id` is here, `other_node` there, in the trace `trace_id`.

    `run` is the other run, None while it is not in this project; `ordinal` its node's number, None while that is not
    there. `seq` is the entry that says so, of the run that links.
    """

    is_outgoing: bool
    kind: str
    node_id: str
    trace_id: str | None
    other_node: str
    seq: int
    run: RunRow | None
    ordinal: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkedRun:
    """Another run, and how many links lead to it or come from it; without `run` the trace is not here."""

    run: RunRow | None
    trace_id: str | None
    links: int


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkedRuns:
    """The runs that a run links to, and those that link to it."""

    to: list[LinkedRun]
    come_from: list[LinkedRun]


def list_links(*, who: Who, run_id: str | uuid.UUID, node_id: str | None = None) -> list[TraceLink]:
    """Return the links of a run or of one of its nodes, outgoing ones first. Raises NotVisible."""
    run = see_run(who, run_id)
    return [*_outgoing(run, node_id), *_incoming(run, node_id)]


def linked_runs(*, who: Who, run_id: str | uuid.UUID) -> LinkedRuns:
    """Return the runs at the other ends of a run's links. Raises NotVisible."""
    links = list_links(who=who, run_id=run_id)
    return LinkedRuns(
        to=_gathered(link for link in links if link.is_outgoing),
        come_from=_gathered(link for link in links if not link.is_outgoing),
    )


def _outgoing(run: Run, node_id: str | None) -> list[TraceLink]:
    found = Link.objects.filter(run_id=run.pk)
    if node_id is not None:
        found = found.filter(source=node_id)
    links = list(found.order_by("seq", "source", "trace_id", "target")[:LINKS_AT_MOST])
    others = Run.objects.filter(
        project_id=run.project_id, trace_id__in={link.trace_id for link in links}, size__gt=0
    )
    by_trace = {str(other.trace_id): other for other in others.select_related("project")}
    ordinals = _ordinals(
        [(by_trace[link.trace_id].pk, link.target) for link in links if link.trace_id in by_trace]
    )
    return [_seen(link, by_trace.get(link.trace_id), ordinals, is_outgoing=True) for link in links]


def _incoming(run: Run, node_id: str | None) -> list[TraceLink]:
    if not is_trace_id(run.trace_id):
        return []
    ours = Run.objects.filter(project_id=run.project_id, size__gt=0)
    found = Link.objects.filter(trace_id=run.trace_id, run_id__in=ours.values("id"))
    if node_id is not None:
        found = found.filter(target=node_id)
    links = list(found.order_by("run_id", "seq", "source", "target")[:LINKS_AT_MOST])
    others = ours.filter(id__in={link.run_id for link in links}).select_related("project")
    by_id = {other.pk: other for other in others}
    ordinals = _ordinals([(link.run_id, link.source) for link in links])
    return [_seen(link, by_id.get(link.run_id), ordinals, is_outgoing=False) for link in links]


def _seen(
    link: Link, other: Run | None, ordinals: dict[tuple[uuid.UUID, str], int], *, is_outgoing: bool
) -> TraceLink:
    trace_of_other = other.trace_id if other is not None else None
    here, there = (link.source, link.target) if is_outgoing else (link.target, link.source)
    return TraceLink(
        is_outgoing=is_outgoing,
        kind=link.kind,
        node_id=here,
        trace_id=link.trace_id if is_outgoing else trace_of_other,
        other_node=there,
        seq=link.seq,
        run=rows_of([other])[0] if other is not None else None,
        ordinal=ordinals.get((other.pk, there)) if other is not None else None,
    )


def _ordinals(places: Sequence[tuple[uuid.UUID, str]]) -> dict[tuple[uuid.UUID, str], int]:
    """Return the numbers of those of the nodes that are there."""
    run_ids, node_ids = {run_id for run_id, _ in places}, {node_id for _, node_id in places}
    found = Node.objects.filter(run_id__in=run_ids, node_id__in=node_ids)
    return {(run_id, node_id): ordinal
            for run_id, node_id, ordinal in found.values_list("run_id", "node_id", "ordinal")}  # fmt: skip


def _gathered(links: Iterable[TraceLink]) -> list[LinkedRun]:
    gathered: dict[str | None, list[TraceLink]] = {}
    for link in links:
        gathered.setdefault(str(link.run.id) if link.run else link.trace_id, []).append(link)
    return [
        LinkedRun(run=each[0].run, trace_id=each[0].trace_id, links=len(each))
        for each in gathered.values()
    ]
