"""Check one run's ledger, and its rows, against what follows from its lines."""

from __future__ import annotations

import uuid
from base64 import b64encode
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from django.db import connection

from deliberation.bundle.keys import Key
from deliberation.ledger.tree import root_of
from traces.audit.difference import Difference
from traces.audit.recheck import Recheck
from traces.models.run import FOREIGN
from traces.queries.ledger_rows import (
    ENTRIES_AT_ONCE,
    one_snapshot,
    read_held,
    read_rows,
    read_taken_away,
    read_text_hashes,
    read_texts,
)
from traces.queries.signed_roots import foreign_roots, known_keys, signed_roots
from traces.queries.told_roots import told_roots

MOST_DIFFERENCES = 100
"""Of one run: whoever edited a thousand entries is found by the first."""

# Every distinct run id of the ledger, by one step through the index for each.
LEDGERS = """
WITH RECURSIVE ledger AS (
  (SELECT run_id FROM {table} ORDER BY run_id LIMIT 1)
  UNION ALL
  SELECT (SELECT run_id FROM {table} WHERE run_id > ledger.run_id ORDER BY run_id LIMIT 1)
  FROM ledger WHERE ledger.run_id IS NOT NULL
)
SELECT run_id FROM ledger LEFT JOIN traces_run ON traces_run.id = ledger.run_id
WHERE ledger.run_id IS NOT NULL AND traces_run.id IS NULL ORDER BY run_id"""


@dataclass(slots=True)
class Rechecked:
    """What a check of one run saw: entries, bytes of lines and texts, and the first differences.

    `opened` and `closed` count the parts that are here and not; `checkpoints` those that the tree was compared with,
    `signed` the entries under the last of them. `root`, in base64, is None where the check broke off.
    """

    run_id: uuid.UUID
    entries: int = 0
    bytes: int = 0
    opened: int = 0
    closed: int = 0
    checkpoints: int = 0
    signed: int = 0
    root: str | None = None
    differences: list[Difference] = field(default_factory=list)


def recheck_run(
    run_id: uuid.UUID,
    keys: Sequence[Key] | None = None,
    tell: Callable[[int], None] = lambda _: None,
) -> Rechecked:
    """Compute the run's tree and commitments again and compare, also with what these keys signed of it.

    `keys` are by default those that the log of the instance knows; `tell` is called with the number of entries that are
    done, often. Takes no lock, and changes nothing.
    """
    seen = Rechecked(run_id)
    wanted = known_keys() if keys is None else keys
    with one_snapshot():
        for difference in _differences(run_id, seen, wanted, tell):
            seen.differences.append(difference)
            if len(seen.differences) >= MOST_DIFFERENCES:
                break
    return seen


def list_lost_ledgers() -> list[Difference]:
    """Return what lies in the ledger of runs that have no row."""
    found = []
    for table, what in (("traces_ledgerentry", "entries"), ("traces_ledgerpart", "texts")):
        with connection.cursor() as cursor:
            cursor.execute(LEDGERS.format(table=table))
            found += [
                Difference(str(run_id), None, f"there are {what} of it, and no such run is known")
                for (run_id,) in cursor.fetchall()
            ]
    return found


def _differences(
    run_id: uuid.UUID, seen: Rechecked, keys: Sequence[Key], tell: Callable[[int], None]
) -> Iterator[Difference]:
    held = read_held(run_id)
    if held is None:
        yield Difference(str(run_id), None, "no such run is known")
        return
    roots, wrong = signed_roots(run_id, keys)
    yield from wrong
    if held.source == FOREIGN:
        roots |= foreign_roots(run_id)
    seen.checkpoints, seen.signed = len(roots), max(roots, default=0)
    told, wrong = told_roots(run_id)
    yield from wrong
    yield from _contradictions(str(run_id), roots, told, held.source)
    taken, texts = read_taken_away(run_id), read_text_hashes(run_id)
    recheck = Recheck(str(run_id), held, taken, texts, {**told, **roots})
    for row in read_rows(run_id):
        seen.entries += 1
        seen.bytes += len(row.line) + len(row.openings)
        yield from recheck.entry(row)
        seen.opened, seen.closed = recheck.opened, recheck.closed
        if seen.entries % ENTRIES_AT_ONCE == 0:
            tell(seen.entries)
    for inner, data in read_texts(run_id):
        seen.bytes += len(data)
        yield from recheck.text(inner, data)
        tell(seen.entries)
    yield from recheck.end()
    seen.root = b64encode(root_of(recheck.frontier)).decode()


def _contradictions(
    run: str, signed: Mapping[int, bytes], told: Mapping[int, bytes], source: str
) -> Iterator[Difference]:
    """Say where the log of the instance tells otherwise of what was signed of a run, or nothing."""
    for size in sorted(signed):
        if size in told and told[size] != signed[size]:
            what = "tells of another root than the checkpoint"
        elif size not in told and source != FOREIGN:
            what = "does not tell of the checkpoint"
        else:
            continue
        yield Difference(run, None, f"the log of the instance {what} over {size} entries")
