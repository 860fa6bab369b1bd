"""Ledger entries, read back: the line, what was opened of it, and the event that both stand for."""

from __future__ import annotations

import re
import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import connection

from deliberation.events import Event
from deliberation.ledger.entry import unseal
from traces.audit.openings import Opening, unpack

_UNSHOWABLE = re.compile("[\x00\ud800-\udfff]")


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredEntry:
    """One entry as it lies in the ledger. `parts` is part name → bytes, None for one that was redacted.

    `lost` names parts whose stored bytes are gone without a redaction: damage, which pages show as absent and a
    rebuild refuses.
    """

    seq: int
    line: bytes
    leaf: bytes
    parts: dict[str, bytes | None]
    lost: tuple[str, ...]

    @property
    def event(self) -> Event:
        """The event of this entry; a redacted text is simply not in it."""
        opened = [(name, data) for name, data in self.parts.items() if data is not None]
        return unseal(self.line, opened)


def read_entries(run_id: uuid.UUID, seqs: Sequence[int]) -> list[StoredEntry]:
    """Return the entries with these seqs, in ledger order. The caller has checked the run."""
    return _read("seq = ANY(%s)", [run_id, list(seqs)])


def read_entries_after(run_id: uuid.UUID, after: int, limit: int) -> list[StoredEntry]:
    """Return at most `limit` entries after a seq, in ledger order. The caller has checked the run."""
    return _read("seq > %s", [run_id, after], limit=limit)


def _read(condition: str, values: list[Any], limit: int | None = None) -> list[StoredEntry]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT seq, line, leaf, openings FROM traces_ledgerentry "  # noqa: S608 - our own words
            f"WHERE run_id = %s AND {condition} ORDER BY seq LIMIT %s",
            [*values, limit],
        )
        rows = cursor.fetchall()
    opened = [(row, list(unpack(bytes(row[3])))) for row in rows]
    large = _large(values[0], (opening for _, openings in opened for opening in openings))
    return [
        StoredEntry(
            seq=seq,
            line=bytes(line),
            leaf=bytes(leaf),
            parts={each.name: _data(each, large) for each in openings},
            lost=tuple(
                each.name for each in openings if each.inner is not None and each.inner not in large
            ),
        )
        for (seq, line, leaf, _), openings in opened
    ]


def _large(run_id: uuid.UUID, openings: Iterable[Opening]) -> dict[bytes, bytes]:
    wanted = list({opening.inner for opening in openings if opening.inner is not None})
    if not wanted:
        return {}
    with connection.cursor() as cursor:
        cursor.execute(
            'SELECT "inner", data FROM traces_ledgerpart WHERE run_id = %s AND "inner" = ANY(%s)',
            [run_id, wanted],
        )
        return {bytes(inner): bytes(data) for inner, data in cursor.fetchall()}


def _data(opening: Opening, large: dict[bytes, bytes]) -> bytes | None:
    return large.get(opening.inner) if opening.inner is not None else opening.data


def showable(text: str) -> str:
    """Return the text with U+FFFD for NUL and lone surrogates, which neither JSON readers nor browsers take."""
    return _UNSHOWABLE.sub("\N{REPLACEMENT CHARACTER}", text)
