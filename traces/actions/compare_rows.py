"""Compare the rows of a run with those that its ledger gives, and leave everything as it was.

The run is rebuilt in a transaction that is undone: its lock is held meanwhile, so that what arrives for it waits. So
are those of runs that tell of its responses, taken beforehand and in order: settling would take them out of order.
Rows are compared by Postgres, as text, in tables that only this transaction sees.
"""

from __future__ import annotations

import uuid

from django.db import connection, transaction

from traces.actions.rebuild import TABLES, Damaged, rebuild_rows
from traces.actions.run_rows import lock_runs
from traces.actions.settle_responses import runs_that_share, settle_responses
from traces.audit.difference import Difference

KEYS = {"traces_run": "id"}
ONLY_HERE = """
SELECT count(*) FROM (SELECT row_as_text FROM {one} EXCEPT ALL SELECT row_as_text FROM {other}) AS odd"""


def compare_rows(*, run_id: uuid.UUID) -> list[Difference]:
    """Return a difference for each table that holds other rows than the ledger gives."""
    names = ["traces_run", *(table.name for table in TABLES)]
    with transaction.atomic():
        try:
            lock_runs(sorted({run_id, *runs_that_share(run_id)}))
            for name in names:
                _keep(name, "held", run_id)
            rebuild_rows(run_id=run_id)
            settle_responses(of=run_id)
            for name in names:
                _keep(name, "given", run_id)
            return [found for name in names for found in _compare(name, run_id)]
        except Damaged as damage:
            return [Difference(str(run_id), None, f"its rows cannot be computed: {damage}")]
        finally:
            transaction.set_rollback(True)


def _keep(table: str, which: str, run_id: uuid.UUID) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            f"CREATE TEMP TABLE {_copy(table, which)} ON COMMIT DROP AS "
            f"SELECT {table}::text AS row_as_text FROM {table} WHERE {KEYS.get(table, 'run_id')} = %s",
            [run_id],
        )


def _compare(table: str, run_id: uuid.UUID) -> list[Difference]:
    held, given = _copy(table, "held"), _copy(table, "given")
    counts = []
    with connection.cursor() as cursor:
        for one, other in ((held, given), (given, held)):
            cursor.execute(ONLY_HERE.format(one=one, other=other))
            counts.append(cursor.fetchone()[0])
    if not any(counts):
        return []
    stray, missing = counts
    sentence = f"{table} holds {stray} rows that its ledger does not give, and lacks {missing} that it gives"
    return [Difference(str(run_id), None, sentence)]


def _copy(table: str, which: str) -> str:
    return f"{which}_{table}"
