"""Which run an address names: by its id, or by the trace that it is recorded from.

A program that only speaks OpenTelemetry knows its trace and never hears of a run id.
"""

from __future__ import annotations

import re
import uuid
from collections.abc import Callable, Iterable

from traces.actions.find_runs import find_runs
from traces.queries.access import NotVisible, as_uuid

TRACE = re.compile(r"trace-([0-9a-f]{32})")
RUN_ID_CHARS = 36


def find_named(
    *, project: int, names: Iterable[str], now_ns: int, randbytes: Callable[[int], bytes]
) -> dict[str, uuid.UUID | None]:
    """Return name → run id; None for a name that is neither a run's id nor `trace-` and 32 hex digits.

    A trace that was never heard of gets the id that its spans will be recorded under.
    """
    listed = list(names)
    traces = {name: found[1] for name in listed if (found := TRACE.fullmatch(name))}
    runs: dict[str, str] = {}
    if traces:
        runs = find_runs(
            project=project, trace_ids=traces.values(), now_ns=now_ns, randbytes=randbytes
        )
    return {name: uuid.UUID(runs[traces[name]]) if name in traces else _id(name) for name in listed}


def _id(name: str) -> uuid.UUID | None:
    try:
        return as_uuid(name) if len(name) == RUN_ID_CHARS else None
    except NotVisible:
        return None
