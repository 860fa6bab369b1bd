"""The entries of a ledger as events without their texts, some at a time: what a tree is made of is in the lines.

The texts of answers are opened, because answers are told apart by them; of one too large to lie in its entry, its hash
stands for it.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterator

from django.db import connection

from deliberation.ledger.entry import unseal
from traces.audit.openings import unpack
from traces.projection.project import Numbered

AT_ONCE = 1_000
HOLDS_ANSWER = b'"kind":"candidate.proposed"'
SELECTED = """
SELECT seq, line, CASE WHEN position(%s in line) > 0 THEN openings END FROM traces_ledgerentry
WHERE run_id = %s AND seq > %s ORDER BY seq LIMIT %s"""


def read_events(run_id: uuid.UUID, after: int, limit: int) -> Iterator[Numbered]:
    """Yield at most `limit` events after a seq, in ledger order. The caller has checked the run."""
    while limit > 0:
        with connection.cursor() as cursor:
            cursor.execute(SELECTED, [HOLDS_ANSWER, run_id, after, min(limit, AT_ONCE)])
            rows = cursor.fetchall()
        for seq, line, openings in rows:
            opened = () if openings is None else _opened(bytes(openings))
            yield Numbered(seq, unseal(bytes(line), opened))
        if len(rows) < min(limit, AT_ONCE):
            return
        after, limit = rows[-1][0], limit - len(rows)


def _opened(openings: bytes) -> Iterator[tuple[str, bytes]]:
    for each in unpack(openings):
        if each.data is not None:
            yield each.name, each.data
        elif each.inner is not None:
            yield each.name, each.inner.hex().encode()
