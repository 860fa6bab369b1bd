"""The rows of runs, locked while something is appended to their ledgers, and written by whoever holds the locks."""

from __future__ import annotations

import json
import uuid
from collections.abc import Sequence
from typing import Any

from django.db import connection

from traces.projection.runs import TERMINAL
from traces.projection.states import RunState
from traces.projection.strategy import conclude_strategy
from traces.projection.tables import RUN_COLUMNS


def lock_runs(ordered: Sequence[uuid.UUID]) -> dict[uuid.UUID, RunState]:
    """Lock the rows of these runs, in the order of their ids so that two workers cannot deadlock, and read them."""
    columns = ", ".join(f'"{column}"' for column in RUN_COLUMNS)
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT {columns} FROM traces_run WHERE id = ANY(%s) ORDER BY id FOR NO KEY UPDATE",
            [list(ordered)],
        )
        rows = [RunState.of(values) for values in cursor.fetchall()]
    for row in rows:
        row.frontier = bytes(row.frontier)
        row.budgets = _decoded(row.budgets)
    return {row.id: row for row in rows}


class EndedAlready(Exception):
    """A final state would have been written over; the transaction that tried is undone."""


def save_runs(runs: Sequence[RunState], *, may_end_otherwise: bool = False) -> None:
    """Write the rows of runs that the caller has locked, with the strategy that they speak for by now.

    Final states are written once: the projection never changes one, and Postgres has the last word on it. Raises
    EndedAlready. Only a rebuild may come to another end, when the code that folds has changed since.
    """
    if not runs:
        return
    for run in runs:
        conclude_strategy(run)
    changing = [column for column in RUN_COLUMNS if column != "id"]
    assignments = ", ".join(f'"{column}" = %s' for column in changing)
    statement = f"UPDATE traces_run SET {assignments} WHERE id = %s"
    if not may_end_otherwise:
        statement += " AND (observed_state = %s OR NOT observed_state = ANY(%s))"
    final = list(TERMINAL)
    with connection.cursor() as cursor:
        cursor.executemany(
            statement,
            [
                [
                    *(stored(run, column) for column in changing),
                    run.id,
                    *(() if may_end_otherwise else (run.observed_state, final)),
                ]
                for run in runs
            ],
        )
        if cursor.rowcount != len(runs):
            raise EndedAlready


def stored(run: RunState, column: str) -> Any:
    """Return a column's value as it is written."""
    value = getattr(run, column)
    return json.dumps(value) if column == "budgets" else value


def _decoded(value: Any) -> Any:
    return json.loads(value) if isinstance(value, str) else value
