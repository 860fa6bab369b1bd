"""Rebuild: drop a run's rows and compute them again from its ledger.

Guarantee: one transaction per run under the run's lock, so that readers see the old rows or the new ones and events
that arrive meanwhile wait. The result is identical to what recording made, because both use the one projector.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterator

from django.db import transaction

from traces.actions.run_rows import lock_runs, save_runs
from traces.actions.settle_responses import settle_responses
from traces.projection.project import Numbered, project
from traces.projection.states import RunState
from traces.projection.tables import (
    APPROVALS,
    CANDIDATES,
    COMMANDS,
    DECISIONS,
    DIVERGENCES,
    DRAWS,
    EDGES,
    HOLDS,
    LEGAL_HOLDS,
    LINKS,
    NODES,
    REMARKS,
    REMOVAL_REQUESTS,
    REMOVALS,
    RESOURCES,
    VERDICTS,
)
from traces.queries.ledger import read_entries_after

CHUNK = 5_000
TABLES = (
    NODES,
    CANDIDATES,
    VERDICTS,
    EDGES,
    DRAWS,
    DIVERGENCES,
    LINKS,
    RESOURCES,
    COMMANDS,
    HOLDS,
    APPROVALS,
    DECISIONS,
    REMARKS,
    REMOVALS,
    LEGAL_HOLDS,
    REMOVAL_REQUESTS,
)


class Damaged(Exception):
    """The ledger lacks bytes that nobody redacted; rows computed from it would be wrong."""


def rebuild(*, run_id: uuid.UUID) -> int:
    """Rebuild one run; return how many entries it has. Raises Damaged, and then leaves the rows as they were."""
    size = rebuild_rows(run_id=run_id)
    settle_responses()
    return size


def rebuild_rows(*, run_id: uuid.UUID) -> int:
    """Rebuild one run within the caller's transaction, who calls `settle_responses` once that is committed.

    Settling locks other runs as well, out of order where this one's lock is held.
    """
    with transaction.atomic():
        stored = lock_runs([run_id])[run_id]
        for table in TABLES:
            table.delete_run(run_id)
        run = RunState(
            run_id=run_id,
            project_id=stored.project_id,
            source=stored.source,
            trace_id=stored.trace_id,
        )
        for chunk in _chunks(run_id):
            project({run_id: run}, {run_id: chunk})
            run.size = chunk[-1].seq + 1
        for kept in ("size", "frontier", "heard_at"):
            setattr(run, kept, getattr(stored, kept))
        save_runs([run], may_end_otherwise=True)
    return int(run.size)


def _chunks(run_id: uuid.UUID) -> Iterator[list[Numbered]]:
    after = -1
    while entries := read_entries_after(run_id, after, CHUNK):
        for entry in entries:
            if entry.lost:
                raise Damaged(f"run {run_id}: entry {entry.seq} has lost its {entry.lost[0]}")
        yield [Numbered(entry.seq, entry.event) for entry in entries]
        after = entries[-1].seq
