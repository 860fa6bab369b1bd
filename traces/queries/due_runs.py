"""The runs whose ledgers are to be signed now."""

from __future__ import annotations

import datetime as dt

from django.db import connection

from deliberation.ledger.head import split_frontier
from traces.queries.log_growth import Log

MAX_LEAVES = 200_000
"""In one pass: their hashes lie in memory, and each costs a microsecond."""


def due_runs(*, now: dt.datetime, limit: int) -> list[tuple[Log, int]]:
    """Return the logs that are due, longest due first, and at which size each was signed last."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT run.id, run.size, run.frontier, sealing.sealed_size FROM traces_sealing sealing"
            " JOIN traces_run run ON run.id = sealing.run_id"
            " WHERE sealing.due_at <= %s ORDER BY sealing.due_at LIMIT %s",
            [now, limit],
        )
        rows = cursor.fetchall()
    due: list[tuple[Log, int]] = []
    leaves = 0
    for run_id, size, frontier, sealed in rows:
        leaves += size - sealed if sealed else 0
        if due and leaves > MAX_LEAVES:
            break
        due.append((Log(run_id, size, tuple(split_frontier(bytes(frontier)))), sealed))
    return due
