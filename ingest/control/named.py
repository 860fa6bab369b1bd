"""Which run an address names: by its id, or by the trace that it is recorded from.

A program that only speaks OpenTelemetry knows its trace and never hears of a run id.
"""

from __future__ import annotations

import re
import uuid
from collections.abc import Callable, Iterable

from traces.actions.find_runs import find_runs, known_runs
from traces.queries.access import NotVisible, as_uuid

TRACE = re.compile(r"trace-([0-9a-f]{32})")
RUN_ID_CHARS = 36


def named_runs(*, project: int, names: Iterable[str]) -> dict[str, uuid.UUID | None]:
    """Return name → run id; None for a name of no form, and for a trace that was never heard of."""
    listed = list(names)
    traces = _traces(listed)
    runs = known_runs(project=project, trace_ids=list(traces.values())) if traces else {}
    found = {
        name: uuid.UUID(runs[trace]) if trace in runs else None for name, trace in traces.items()
    }
    return {name: found[name] if name in found else _id(name) for name in listed}


def find_named(*, project: int, name: str) -> uuid.UUID:
    """Return the run that a name means. Raises NotVisible for a name of no form, and a trace never heard of."""
    run_id = named_runs(project=project, names=[name])[name]
    if run_id is None:
        raise NotVisible
    return run_id


def make_traces_known(
    *, project: int, names: Iterable[str], now_ns: int, randbytes: Callable[[int], bytes]
) -> None:
    """Give traces that were never heard of the ids that their spans will be recorded under."""
    traces = _traces(names)
    if traces:
        find_runs(project=project, trace_ids=traces.values(), now_ns=now_ns, randbytes=randbytes)


def _traces(names: Iterable[str]) -> dict[str, str]:
    return {name: found[1] for name in names if (found := TRACE.fullmatch(name))}


def _id(name: str) -> uuid.UUID | None:
    try:
        return as_uuid(name) if len(name) == RUN_ID_CHARS else None
    except NotVisible:
        return None
