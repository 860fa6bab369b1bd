"""A run's ledger read as it lies, from beginning to end, in one snapshot and little memory."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection, transaction

from deliberation.ledger.entry import read_line
from traces.audit.recheck import Held, LedgerRow
from traces.audit.taken_away import TAKING, TakenAway

ENTRIES_AT_ONCE = 500
TEXTS_AT_ONCE = 4
"""A text may have 20 MB."""


@contextmanager
def one_snapshot() -> Iterator[None]:
    """Read everything as of one moment, while others write. Within another transaction its own snapshots stand."""
    is_outermost = not connection.in_atomic_block
    with transaction.atomic():
        if is_outermost:
            with connection.cursor() as cursor:
                cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        yield


def read_held(run_id: uuid.UUID) -> Held | None:
    """Return what the run's row holds of its ledger."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT size, frontier, project_id, source, trace_id FROM traces_run WHERE id = %s",
            [run_id],
        )
        row = cursor.fetchone()
    if row is None:
        return None
    size, frontier, project_id, source, trace_id = row
    return Held(size, bytes(frontier), str(project_id), source, trace_id)


def read_rows(run_id: uuid.UUID) -> Iterator[LedgerRow]:
    """Yield the run's entries in order, by a cursor of the server's."""
    with connection.chunked_cursor() as cursor:
        cursor.execute(
            "SELECT seq, key, line, leaf, openings FROM traces_ledgerentry "
            "WHERE run_id = %s ORDER BY seq",
            [run_id],
        )
        while rows := cursor.fetchmany(ENTRIES_AT_ONCE):
            for seq, key, line, leaf, openings in rows:
                yield LedgerRow(seq, key, bytes(line), bytes(leaf), bytes(openings))


def read_text_hashes(run_id: uuid.UUID) -> set[bytes]:
    """Return by which hashes the run's large texts are kept."""
    with connection.cursor() as cursor:
        cursor.execute('SELECT "inner" FROM traces_ledgerpart WHERE run_id = %s', [run_id])
        return {bytes(inner) for (inner,) in cursor.fetchall()}


def read_texts(run_id: uuid.UUID) -> Iterator[tuple[bytes, bytes]]:
    """Yield the run's large texts, each after its hash."""
    with connection.chunked_cursor() as cursor:
        cursor.execute('SELECT "inner", data FROM traces_ledgerpart WHERE run_id = %s', [run_id])
        while rows := cursor.fetchmany(TEXTS_AT_ONCE):
            for inner, data in rows:
                yield bytes(inner), bytes(data)


def read_taken_away(run_id: uuid.UUID) -> TakenAway:
    """Return which parts entries of the run took away. Entries that cannot be read take nothing."""
    taken = TakenAway()
    kinds = " OR ".join(["position(%s in line) > 0"] * len(TAKING))
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT seq, line FROM traces_ledgerentry WHERE run_id = %s AND ({kinds}) ORDER BY seq",  # noqa: S608
            [run_id, *(f'"kind":"{kind}"'.encode() for kind in TAKING)],
        )
        rows = cursor.fetchall()
    for seq, line in rows:
        try:
            fields = read_line(bytes(line))
            taken.note(seq, fields["kind"], fields["d"])
        except (ValueError, KeyError, AttributeError):
            continue
    return taken
