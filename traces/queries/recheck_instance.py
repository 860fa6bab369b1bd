"""Check the log of the instance, and that every run it tells of is still there or was taken away by an entry."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from django.db import connection

from deliberation.bundle.keys import Key
from traces.audit.difference import Difference
from traces.audit.instance_kinds import InstanceKind
from traces.audit.recheck import Held, LedgerRow, Recheck
from traces.audit.taken_away import TakenAway
from traces.models import InstanceLog
from traces.queries.ledger_rows import one_snapshot
from traces.queries.recheck_stamps import recheck_stamps
from traces.queries.signed_roots import signed_roots

ENTRIES_AT_ONCE = 500
SOURCE = "instance"
# Runs that were signed, of which neither a row nor the entry of their end is there.
MISSING = """
SELECT DISTINCT told.run_id FROM traces_instanceentry AS told
LEFT JOIN traces_run ON traces_run.id = told.run_id
WHERE told.kind = %s AND traces_run.id IS NULL AND NOT EXISTS (
  SELECT 1 FROM traces_instanceentry AS expiry WHERE expiry.run_id = told.run_id AND expiry.kind = %s)
ORDER BY told.run_id"""


def recheck_instance(keys: Sequence[Key]) -> list[Difference]:
    """Compute the instance's tree again, compare it with what is held and signed, and look for missing runs."""
    with one_snapshot():
        return list(_differences(keys))


def _differences(keys: Sequence[Key]) -> Iterator[Difference]:
    log = InstanceLog.objects.filter(pk=InstanceLog.ONLY).first()
    if log is None or log.size == 0:
        return
    roots, wrong = signed_roots(log.run_id, keys)
    yield from wrong
    held = Held(log.size, bytes(log.frontier), None, SOURCE, None)
    recheck = Recheck(str(log.run_id), held, TakenAway(), set(), roots, is_instance=True)
    for row in _rows():
        yield from recheck.entry(row)
    yield from recheck.end()
    yield from recheck_stamps(log.run_id)
    with connection.cursor() as cursor:
        cursor.execute(MISSING, [InstanceKind.RUN_CHECKPOINT.kind, InstanceKind.RUN_EXPIRED.kind])
        for (run_id,) in cursor.fetchall():
            yield Difference(str(run_id), None, "it was signed once, and is not there any more")


def _rows() -> Iterator[LedgerRow]:
    with connection.chunked_cursor() as cursor:
        cursor.execute("SELECT seq, key, line, leaf FROM traces_instanceentry ORDER BY seq")
        while rows := cursor.fetchmany(ENTRIES_AT_ONCE):
            for seq, key, line, leaf in rows:
                yield LedgerRow(seq, key, bytes(line), bytes(leaf), b"")
