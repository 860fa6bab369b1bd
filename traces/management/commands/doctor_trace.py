"""`manage.py doctor_trace TRACE_ID`: how a trace was read, to see or report a client that is misread."""

from __future__ import annotations

import uuid
from collections import Counter
from contextlib import suppress
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db.models import Q

from traces.models import Run
from traces.queries.access import NotVisible, Viewer
from traces.queries.readings import Reading, TraceReading, read_node_readings, read_trace

MOST = 40


class Command(BaseCommand):
    """Prints what came in, which rule read it and what stayed as it came; of a node with `--node`."""

    help = "Say how a trace was read: conventions, counts, what is set aside, attributes that no rule understood."

    def add_arguments(self, parser: CommandParser) -> None:
        """Take a trace id or a run id, and perhaps a node."""
        parser.add_argument("trace", help="a trace id (32 hex digits) or a run id")
        parser.add_argument("--project", help="a project's slug, where several have the trace")
        parser.add_argument("--node", help="a node's id: show all of how it was read")

    def handle(self, *args: Any, **options: Any) -> None:
        """Find the run and say how it was read. Whoever may run commands here may read all projects."""
        run = _find(options["trace"], options["project"])
        viewer = Viewer(project_ids=frozenset({run.project_id}))
        if options["node"] is None:
            self._say_trace(read_trace(who=viewer, run_id=run.pk))
            return
        try:
            readings = read_node_readings(who=viewer, run_id=run.pk, node_id=options["node"])
        except NotVisible:
            raise CommandError(f"run {run.pk} has no node {options['node']}") from None
        for reading in readings:
            self._say_reading(reading)

    def _say_trace(self, told: TraceReading) -> None:
        run = told.run
        self.stdout.write(f"run {run.pk} · trace {run.trace_id} · {run.observed_state}")
        self.stdout.write(
            f"{run.nodes} nodes, {run.orphans} without their parent, {run.errors} errors; "
            f"{run.model_calls} model calls ({run.unpriced_calls} without a price), "
            f"{run.tool_calls} tool calls"
        )
        self.stdout.write(
            f"tokens: {_or_unknown(run.input_tokens)} in "
            f"({_or_unknown(run.cache_read_tokens)} from cache), "
            f"{_or_unknown(run.output_tokens)} out ({_or_unknown(run.reasoning_tokens)} reasoning); "
            f"cost: {'unknown' if run.cost is None else f'${run.cost.normalize():f}'}"
        )
        for line in told.set_aside:
            tokens = f"{_or_unknown(line.input)} in, {_or_unknown(line.output)} out"
            self.stdout.write(f"set aside: {line.nodes} nodes ({tokens}), {line.reason}")
        self._say_counts("conventions read", told.conventions)
        self._say_counts("instrumentations", told.scopes)
        self._say_counts("attributes that no rule understood", told.left)

    def _say_counts(self, title: str, counts: Counter[str]) -> None:
        self.stdout.write(f"\n{title}:" if counts else f"\n{title}: none")
        for name, count in counts.most_common(MOST):
            self.stdout.write(f"{count:7} {name}")
        if len(counts) > MOST:
            self.stdout.write(f"        … and {len(counts) - MOST} more")

    def _say_reading(self, reading: Reading) -> None:
        read_by = "+".join(reading.conventions) or "told as an event"
        self.stdout.write(f"\nentry {reading.seq}: {reading.event}, {read_by}")
        for used in reading.used:
            self.stdout.write(f"  {used.convention} read: {', '.join(used.attributes)}")
        for title, pairs in (
            ("became", reading.facts),
            ("understood and kept", reading.judged),
            ("kept as it came", reading.left),
            ("of the record", reading.record),
        ):
            for name, value in pairs:
                self.stdout.write(f"  {title}: {name} = {value}")


def _find(trace: str, project: str | None) -> Run:
    wanted = Q(trace_id=trace) | Q(trace_id=trace.lower())
    with suppress(ValueError):
        wanted |= Q(pk=uuid.UUID(trace))
    found = Run.objects.filter(wanted, size__gt=0).select_related("project")
    if project is not None:
        found = found.filter(project__slug=project)
    runs = list(found[:3])
    if not runs:
        raise CommandError(f"there is no run of trace {trace}")
    if len(runs) > 1:
        slugs = ", ".join(run.project.slug for run in runs)
        raise CommandError(f"several projects have the trace; name one with --project: {slugs}")
    return runs[0]


def _or_unknown(count: int | None) -> str:
    return "unknown" if count is None else f"{count:,}"
