"""Give each OpenTelemetry trace the id of its run."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterable

from django.db import connection

from deliberation.ids import make_run_id


def find_runs(
    *,
    project: int,
    trace_ids: Iterable[str],
    now_ns: int,
    randbytes: Callable[[int], bytes],
    source: str = "otlp",
) -> dict[str, str]:
    """Return trace id → run id, making runs that came through `source` for traces that are new to the project.

    A trace id is 32 hex digits, or whatever else (≤ 64 characters) a source knows a run by.

    The run id carries the time of the first body, not the trace's own: partitions follow our clock. A crash right
    after this leaves an empty run, which no page shows and the next attempt finds again.
    """
    wanted = sorted(set(trace_ids))
    found = known_runs(project=project, trace_ids=wanted)
    missing = [trace_id for trace_id in wanted if trace_id not in found]
    if missing:
        found |= _expired_runs(project, missing)
        missing = [trace_id for trace_id in missing if trace_id not in found]
    if missing:
        made = [uuid.UUID(make_run_id(now_ns, randbytes)) for _ in missing]
        _insert(project, source, missing, made)
        found |= known_runs(project=project, trace_ids=missing)
    return found


def known_runs(*, project: int, trace_ids: list[str]) -> dict[str, str]:
    """Return trace id → run id of those that are known, and make none."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT trace_id, id FROM traces_run WHERE project_id = %s AND trace_id = ANY(%s)",
            [project, trace_ids],
        )
        return {trace_id: str(run_id) for trace_id, run_id in cursor.fetchall()}


def _expired_runs(project: int, trace_ids: list[str]) -> dict[str, str]:
    """Return trace id → run id of runs that were taken away: what is sent of them again is not kept."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT trace_id, run_id FROM traces_expiredrun WHERE project_id = %s AND trace_id = ANY(%s)",
            [project, trace_ids],
        )
        return {trace_id: str(run_id) for trace_id, run_id in cursor.fetchall()}


def _insert(project: int, source: str, trace_ids: list[str], run_ids: list[uuid.UUID]) -> None:
    # Two workers may see the same new trace: the unique constraint picks one id, and both read it back.
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO traces_run (id, project_id, trace_id, source) "
            "SELECT run_id, %s, trace_id, %s FROM unnest(%s::uuid[], %s::text[]) AS new (run_id, trace_id) "
            "ON CONFLICT DO NOTHING",
            [project, source, run_ids, trace_ids],
        )
