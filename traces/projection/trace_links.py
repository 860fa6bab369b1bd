"""Links of nodes into other traces, each once, whoever says it first."""

from __future__ import annotations

from django.db import connection

from deliberation.events import EdgeDrawn
from traces.projection.reach import Reach
from traces.projection.states import RunState
from traces.projection.texts import fact


def note_trace_link(reach: Reach, run: RunState, event: EdgeDrawn, seq: int) -> None:
    """Keep a link into another trace."""
    key = (run.id, event.source, event.edge.value, fact(event.trace) or "", event.target)
    reach.trace_links.setdefault(key, seq)


def save_trace_links(reach: Reach) -> None:
    """Write what this pass found; what is known already stays as it is."""
    if not reach.trace_links:
        return
    rows = [(*key, seq) for key, seq in sorted(reach.trace_links.items())]
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO traces_link (run_id, source, kind, trace_id, target, seq) "
            "SELECT * FROM unnest(%s::uuid[], %s::text[], %s::text[], %s::text[], %s::text[], %s::int8[]) "
            "ON CONFLICT DO NOTHING",
            [list(column) for column in zip(*rows, strict=True)],
        )
