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
from traces.queries.readings import (
    Became,
    Reading,
    TraceReading,
    read_node_readings,
    read_trace,
)
from traces.templatetags.fmt import plain
from traces.templatetags.trace_text import visible

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
            self.stdout.write(f"set aside: {line.nodes} nodes ({tokens}), {plain(line.reason)}")
        self._say_counts("read as, by spans and log records", told.conventions)
        self._say_counts("written by", told.scopes)
        self._say_nodes(told.became)
        self._say_counts("attributes that no rule reads, kept as they came", told.left)

    def _say_counts(self, title: str, counts: Counter[str]) -> None:
        self.stdout.write(f"\n{title}:" if counts else f"\n{title}: none")
        for name, count in counts.most_common(MOST):
            self._say(f"{count:7} {name}")
        if len(counts) > MOST:
            self.stdout.write(f"        … and {len(counts) - MOST} more")

    def _say_nodes(self, became: list[Became]) -> None:
        self.stdout.write("\nbecame (see one: --node ID):")
        for each in became[:MOST]:
            self._say(f"{each.nodes:7} {each.kind:12} {each.name}  ({each.node_id})")
        if len(became) > MOST:
            self.stdout.write(f"        … and {len(became) - MOST} more")

    def _say(self, line: str) -> None:
        """Write what others wrote: no character of theirs reaches a terminal unseen."""
        self.stdout.write(visible(line).replace("\n", " "))

    def _say_reading(self, reading: Reading) -> None:
        read_by = f", read as {'+'.join(reading.conventions)}" if reading.conventions else ""
        self.stdout.write("")
        self._say(f"entry {reading.seq}: {reading.source}{read_by}; {reading.event}")
        for used in reading.used:
            self._say(f"  {used.convention} read: {', '.join(used.attributes)}")
        for title, pairs in (
            ("became", reading.facts),
            ("read and kept", reading.judged),
            ("read by no rule", reading.left),
            ("of the record", reading.record),
        ):
            for name, value in pairs:
                self._say(f"  {title}: {name} = {value}")


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
