"""Recorded bodies go through the inbox and the workers, and what stands in the tables after is told."""

from __future__ import annotations

import random
import threading
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import connections

from ingest import process
from ingest.models import DeadLetter, InboxEntry
from tests.integration.build import NOW_NS, make_project
from tests.unit.wire.recordings import Recorded
from traces.models import Candidate, Edge, Node, Project, Run, Verdict

CLASSES = ("input", "output", "reasoning", "cache_read")
DEPENDS_ON_ARRIVAL = ("ordinal", "changed_seq", "entries", "parent_ordinal", "run_id", "twin_of")
OF_RUN = (
    "nodes", "orphans", "model_calls", "unpriced_calls", "tool_calls", "candidates", "verdicts",
    "errors", "failed", "input_tokens", "output_tokens", "cache_read_tokens", "cache_write_tokens",
    "reasoning_tokens", "cost", "model_names", "observed_state", "name", "task", "answer",
    "session_id", "session_ns", "is_session_stated", "strategy", "started_ns", "ended_ns", "error",
    "missing_events",
)  # fmt: skip


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
    by_run: dict[Any, dict[str, Any]] = {
        pk: {"run": {name: getattr(run, name) for name in OF_RUN}, "nodes": {}, "facts": Counter()}
        for pk, run in runs.items()
    }
    for node in Node.objects.filter(run_id__in=runs).values():
        by_run[node["run_id"]]["nodes"][node["node_id"]] = {
            name: value for name, value in node.items() if name not in DEPENDS_ON_ARRIVAL
        } | {"linked": node["parent_ordinal"] is not None}
    for table in (Candidate, Verdict, Edge):
        for row in table.objects.filter(run_id__in=runs).values():
            shown = {
                name: value for name, value in row.items() if name not in ("run_id", "seq", "pk")
            }
            by_run[row["run_id"]]["facts"][table.__name__ + repr(sorted(shown.items()))] += 1
    return {str(runs[pk].trace_id): each for pk, each in by_run.items()}


@dataclass(frozen=True, slots=True, kw_only=True)
class Totals:
    """What a recording comes to, in the names of its summary."""

    spans: int
    traces: int
    errors: int
    calls: int
    tokens: dict[str, int]
    tools: dict[str, int]
    models: set[str]


def totals_of(project: Project, trace_ids: Iterable[str], span_ids: set[str]) -> Totals:
    """Return the totals of some traces; of nodes, those that are spans."""
    runs = list(Run.objects.filter(project=project, trace_id__in=trace_ids))
    nodes = [
        node
        for node in Node.objects.filter(run_id__in=[run.pk for run in runs])
        if node.node_id in span_ids
    ]
    tools = Counter(str(node.tool) for node in nodes if node.kind == "tool_call")
    return Totals(
        spans=len(nodes),
        traces=len(runs),
        errors=sum(node.status == "error" for node in nodes),
        calls=sum(run.model_calls for run in runs),
        tokens={name: sum(getattr(run, f"{name}_tokens") or 0 for run in runs) for name in CLASSES},
        tools=dict(tools),
        models={name for run in runs for name in run.model_names},
    )
