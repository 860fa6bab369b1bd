"""Erase texts and their salts from a run's ledger, and from everything that was computed from them.

Guarantee: within the caller's transaction, who has the run's lock and has recorded the entries that take the texts
away. The rows of the run are rebuilt from what is left, by the one projector: none can keep what the ledger has not.
Copies that others keep go in the same transaction. What it does not reach is said in docs/retention.md.
"""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Sequence
from hashlib import sha256

from django.db import connection

from traces.actions.forget_words import forget_words
from traces.actions.raw_copies import forget_copies, seek, seek_run
from traces.actions.rebuild import rebuild_rows
from traces.actions.withdraw_bundles import withdraw_bundles
from traces.audit.openings import INLINE_BYTES, close, unpack
from traces.models import LedgerEntry, LedgerPart
from traces.projection.states import RunState
from traces.queries.same_texts import Place, is_named, read_text

ENTRIES_AT_ONCE = 500


def erase_places(run: RunState, places: Sequence[Place]) -> int:
    """Erase these texts; return how many copies outside the ledger went with them. Raises StillArriving."""
    texts = {text for place in places if (text := read_text(run.id, place)) is not None}
    by_entry: defaultdict[int, set[str]] = defaultdict(set)
    for place in places:
        by_entry[place.seq].add(place.part)
    for seq, names in by_entry.items():
        row = LedgerEntry.objects.filter(run_id=run.id, seq=seq)
        packed = bytes(row.values_list("openings", flat=True).get())
        row.update(openings=close(packed, names))
    for text in texts:
        inner = sha256(text).digest()
        if len(text) > INLINE_BYTES and not is_named(run.id, inner):
            LedgerPart.objects.filter(run_id=run.id, inner=inner).delete()
    copies = forget_copies(
        seek(
            project_id=run.project_id,
            run_id=run.id,
            trace_id=run.trace_id,
            texts=sorted(texts),
        )
    )
    rebuild_rows(run_id=run.id)
    return copies + forget_words(run.id) + withdraw_bundles(run.id)


def erase_before(run: RunState, before: int) -> int:
    """Erase all texts of the entries before a seq; return how many copies outside the ledger went with them."""
    for first in range(0, before, ENTRIES_AT_ONCE):
        _close_all(run.id, first, min(first + ENTRIES_AT_ONCE, before))
    kept = list(_large_from(run.id, before))
    LedgerPart.objects.filter(run_id=run.id).exclude(inner__in=kept).delete()
    copies = forget_copies(seek_run(run.project_id, run.id, run.trace_id))
    rebuild_rows(run_id=run.id)
    return copies + forget_words(run.id) + withdraw_bundles(run.id)


def _large_from(run_id: uuid.UUID, seq: int) -> set[bytes]:
    """Return the hashes of the large texts that entries from a seq on still have."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT openings FROM traces_ledgerentry WHERE run_id = %s AND seq >= %s", [run_id, seq]
        )
        return {
            each.inner
            for (packed,) in cursor.fetchall()
            for each in unpack(bytes(packed))
            if each.inner is not None
        }


def _close_all(run_id: uuid.UUID, first: int, end: int) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT seq, openings FROM traces_ledgerentry "
            "WHERE run_id = %s AND seq >= %s AND seq < %s AND openings <> ''",
            [run_id, first, end],
        )
        closed = [(close(bytes(packed), None), run_id, seq) for seq, packed in cursor.fetchall()]
        cursor.executemany(
            "UPDATE traces_ledgerentry SET openings = %s WHERE run_id = %s AND seq = %s", closed
        )
