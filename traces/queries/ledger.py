"""Ledger entries, read back: the line, what was opened of it, and the event that both stand for."""

from __future__ import annotations

import re
import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

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


def read_portion(
    run_id: uuid.UUID, after: int, *, entries_at_most: int, bytes_at_most: int
) -> list[StoredEntry]:
    """Return the entries after a seq whose texts together fit; at least one, where there is one."""
    rows = _rows("seq > %s", [run_id, after], entries_at_most)
    sizes = _sizes(run_id, (each for row in rows for each in row.openings))
    taken, fitting = 0, 0
    for row in rows:
        taken += sum(
            len(each.data) if each.data is not None else sizes.get(each.inner or b"", 0)
            for each in row.openings
        )
        if fitting and taken > bytes_at_most:
            break
        fitting += 1
    return _stored(run_id, rows[:fitting])


class _Row(NamedTuple):
    seq: int
    line: bytes
    leaf: bytes
    openings: list[Opening]


def _read(condition: str, values: list[Any], limit: int | None = None) -> list[StoredEntry]:
    return _stored(values[0], _rows(condition, values, limit))


def _rows(condition: str, values: list[Any], limit: int | None) -> list[_Row]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT seq, line, leaf, openings FROM traces_ledgerentry "  # noqa: S608 - our own words
            f"WHERE run_id = %s AND {condition} ORDER BY seq LIMIT %s",
            [*values, limit],
        )
        return [
            _Row(seq, bytes(line), bytes(leaf), list(unpack(bytes(openings))))
            for seq, line, leaf, openings in cursor.fetchall()
        ]


def _stored(run_id: uuid.UUID, rows: Sequence[_Row]) -> list[StoredEntry]:
    large = _texts(run_id, (each for row in rows for each in row.openings))
    return [
        StoredEntry(
            seq=row.seq,
            line=row.line,
            leaf=row.leaf,
            parts={each.name: _data(each, large) for each in row.openings},
            lost=tuple(
                each.name
                for each in row.openings
                if each.inner is not None and each.inner not in large
            ),
        )
        for row in rows
    ]


def _sizes(run_id: uuid.UUID, openings: Iterable[Opening]) -> dict[bytes, int]:
    return {bytes(inner): size for inner, size in _large(run_id, openings, "octet_length(data)")}


def _texts(run_id: uuid.UUID, openings: Iterable[Opening]) -> dict[bytes, bytes]:
    return {bytes(inner): bytes(data) for inner, data in _large(run_id, openings, "data")}


def _large(run_id: uuid.UUID, openings: Iterable[Opening], what: str) -> list[Any]:
    wanted = list({opening.inner for opening in openings if opening.inner is not None})
    if not wanted:
        return []
    with connection.cursor() as cursor:
        cursor.execute(
            f'SELECT "inner", {what} FROM traces_ledgerpart '  # noqa: S608 - our own words
            'WHERE run_id = %s AND "inner" = ANY(%s)',
            [run_id, wanted],
        )
        found: list[Any] = cursor.fetchall()
    return found


def _data(opening: Opening, large: dict[bytes, bytes]) -> bytes | None:
    return large.get(opening.inner) if opening.inner is not None else opening.data


def showable(text: str) -> str:
    """Return the text with U+FFFD for NUL and lone surrogates, which neither JSON readers nor browsers take."""
    return _UNSHOWABLE.sub("\N{REPLACEMENT CHARACTER}", text)


def showable_value(value: Any) -> Any:
    """Return a value of JSON with every text in it showable, names too."""
    if isinstance(value, str):
        return showable(value)
    if isinstance(value, list):
        return [showable_value(item) for item in value]
    if isinstance(value, dict):
        return {showable(name): showable_value(item) for name, item in value.items()}
    return value
