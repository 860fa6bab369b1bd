"""Recorded bodies go through the inbox and the workers, and what stands in the tables after is told."""

from __future__ import annotations

import random
import threading
import uuid
from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Any

from django.db import connections
from django.db.models import Model

from ingest import process
from ingest.models import DeadLetter, InboxEntry
from tests.integration.build import NOW_NS, make_project
from tests.unit.wire.recordings import Recorded
from traces.models import Candidate, Edge, Link, Node, Project, Resource, Run, Verdict
from traces.queries.access import Viewer
from traces.queries.node import NodeDetail, get_node

OF_ARRIVAL = {
    Run: {"id", "project", "size", "frontier", "answer_seq", "end_seq"},
    Node: {"run_id", "ordinal", "changed_seq", "entries", "parent_ordinal", "twin_of"},
    Candidate: {"run_id", "seq"},
    Verdict: {"run_id", "seq"},
    Edge: {"run_id", "seq"},
    Link: {"run_id", "seq"},
    Resource: {"run_id", "seq"},
}
"""Columns that say where and in which order things arrived. All others must not depend on it."""


def put(project: Project, bodies: Iterable[Recorded]) -> None:
    """Put bodies into the inbox, in this order."""
    InboxEntry.objects.bulk_create(
        InboxEntry(
            project_id=project.pk,
            key_prefix="test",
            signal=each.signal,
            media=each.media,
            encoding="identity",
            received_ns=NOW_NS,
            body=each.body,
        )
        for each in bodies
        if each.signal != "metrics"
    )


def drain(seed: str) -> None:
    """Record until the inbox is empty."""
    rng = random.Random(seed)
    while process.drain_once(now_ns=NOW_NS, randbytes=rng.randbytes):
        pass


def drain_by_two(seed: str) -> None:
    """Record by two workers at once."""

    def work(seed: str) -> None:
        try:
            drain(seed)
        finally:
            connections.close_all()

    workers = [threading.Thread(target=work, args=(f"{seed} {n}",)) for n in (1, 2)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    drain(seed)


def replay(slug: str, bodies: Sequence[Recorded], *, by_two: bool = False) -> Project:
    """Record bodies into a project of their own."""
    project = make_project(slug)
    put(project, bodies)
    if by_two:
        drain_by_two(slug)
    else:
        drain(slug)
    assert not DeadLetter.objects.filter(project_id=project.pk).exists()
    return project


def told(project: Project) -> dict[str, Any]:
    """Return what the tables say of each trace, without what depends on the order of arrival."""
    runs = {run.pk: run for run in Run.objects.filter(project=project)}
    traces = {pk: str(run.trace_id) for pk, run in runs.items()}
    found = {traces[pk]: {"run": facts_of(run), "nodes": {}} for pk, run in runs.items()}
    for node in Node.objects.filter(run_id__in=runs):
        found[traces[node.run_id]]["nodes"][node.node_id] = {
            **facts_of(node),
            "linked": node.parent_ordinal is not None,
            "twin": twin_of(node, traces),
        }
    for table in (Candidate, Verdict, Edge, Link, Resource):
        for row in table.objects.filter(run_id__in=runs):
            rows = found[traces[row.run_id]].setdefault(table.__name__, Counter())
            rows[repr(sorted(facts_of(row).items()))] += 1
    return found


def facts_of(row: Model) -> dict[str, Any]:
    """Return a row's columns, without those of its arrival."""
    columns = {field.name for field in row._meta.concrete_fields} - OF_ARRIVAL[type(row)]
    return {name: getattr(row, name) for name in columns - {"pk"}}


def twin_of(node: Node, traces: dict[Any, str]) -> tuple[str, str] | None:
    """Return the trace and the node that counts in place of this one."""
    if node.twin_of is None:
        return None
    run, _, twin = node.twin_of.partition(":")
    return traces[uuid.UUID(run)], twin


def texts_of(project: Project) -> dict[str, NodeDetail]:
    """Return one call of each trace as pages and the API show it."""
    who = Viewer(project_ids=frozenset({project.pk}))
    calls = Node.objects.filter(kind="model_call", run_id__in=project.runs.all())
    first = calls.order_by("run_id", "node_id").distinct("run_id")
    return {
        node.node_id: get_node(who=who, run_id=node.run_id, node_id=node.node_id, text_limit=None)
        for node in first
    }
