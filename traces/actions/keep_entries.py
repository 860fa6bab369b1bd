"""Entries of a bundle go into the ledger as they came: lines, texts and what is closed. For one transaction."""

from __future__ import annotations

import datetime as dt
import uuid
from dataclasses import dataclass, field
from typing import Any

from django.db import connection

from deliberation.bundle.archive import Archive
from deliberation.bundle.openings import Opened
from deliberation.bundle.run_evidence import SeenEntry, blob_chunks
from deliberation.bundle.strict_json import read
from deliberation.ledger.parts import Part
from deliberation.ledger.tree import append, hash_leaf
from traces.audit.openings import INLINE_BYTES, pack, pack_closed, pack_reference
from traces.projection.tables import ENTRIES

ROWS_AT_ONCE = 1_000
BYTES_AT_ONCE = 8 << 20


@dataclass(slots=True)
class Kept:
    """How far the ledger of one run is."""

    size: int = 0
    frontier: list[bytes] = field(default_factory=list)


class EntryKeeper:
    """Takes entries in order and writes them by portions; `flush` writes what is left."""

    def __init__(self, archive: Archive, now: dt.datetime) -> None:
        self.runs: dict[str, Kept] = {}
        self._archive, self._now = archive, now
        self._rows: list[tuple[Any, ...]] = []
        self._texts: dict[tuple[uuid.UUID, bytes], bytes] = {}
        self._held = 0

    def take(self, entry: SeenEntry) -> None:
        """Take the next entry of a run."""
        run_id, leaf = uuid.UUID(entry.run), hash_leaf(entry.line)
        kept = self.runs.setdefault(entry.run, Kept())
        kept.frontier, kept.size = append(kept.frontier, kept.size, [leaf])
        openings = b"".join(
            [
                *(self._opened(run_id, entry.run, each) for each in entry.shown),
                *(pack_closed(each.name, each.reason or None) for each in entry.closed),
            ]
        )
        key = read(entry.line)["key"]
        self._rows.append((run_id, entry.seq, key, self._now, entry.line, leaf, openings))
        self._held += len(entry.line) + len(openings)
        if len(self._rows) >= ROWS_AT_ONCE or self._held >= BYTES_AT_ONCE:
            self.flush()

    def flush(self) -> None:
        """Write what was taken."""
        ENTRIES.copy(self._rows)
        if self._texts:
            with connection.cursor() as cursor:
                cursor.executemany(
                    'INSERT INTO traces_ledgerpart (run_id, "inner", data) VALUES (%s, %s, %s)'
                    " ON CONFLICT DO NOTHING",
                    [(*key, data) for key, data in self._texts.items()],
                )
        self._rows, self._texts, self._held = [], {}, 0

    def _opened(self, run_id: uuid.UUID, run: str, part: Opened) -> bytes:
        data = part.data
        if data is None:
            data = b"".join(blob_chunks(self._archive, run, part.inner))
        if len(data) <= INLINE_BYTES:
            return pack([Part(part.name, part.salt, part.inner, data)])
        if (run_id, part.inner) not in self._texts:
            self._texts[run_id, part.inner] = data
            self._held += len(data)
        return pack_reference(part.name, part.salt, part.inner)
