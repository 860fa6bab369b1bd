"""A run's ledger, read from first to last for an export: in portions, with no transaction held open.

Lines are never changed, so that portions fit together however long reading takes. What may change meanwhile is that a
text is taken away by an entry that comes after those that are read; whoever reads begins again then.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise
from typing import Any, NamedTuple

from django.db import connection

from deliberation.bundle.bounds import MAX_INLINE_PART_BYTES, MIB
from traces.audit.fits import LedgerSize
from traces.audit.not_exported import Damaged
from traces.audit.openings import Opening, unpack
from traces.audit.stored import Proofs, StoredPart, StoredRow, StoredRun
from traces.queries.binary_rows import fetch_binary

ROWS_AT_ONCE = 1_000
BYTES_AT_ONCE = 4 * MIB


def measure_ledger(run_id: uuid.UUID, size: int) -> LedgerSize:
    """Return how much the first `size` entries of a run come to. What stands once and is told often counts once."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*), coalesce(sum(octet_length(line)), 0), coalesce(sum(octet_length(openings)), 0) "
            "FROM traces_ledgerentry WHERE run_id = %s AND seq < %s",
            [run_id, size],
        )
        entries, lines, small = cursor.fetchone()
        cursor.execute(
            "SELECT count(*), coalesce(sum(octet_length(data)), 0) FROM traces_ledgerpart "
            "WHERE run_id = %s AND octet_length(data) > %s",
            [run_id, MAX_INLINE_PART_BYTES],
        )
        large, large_bytes = cursor.fetchone()
    return LedgerSize(entries, int(lines), int(small), large, int(large_bytes))


def stored_run(
    run_id: uuid.UUID, *, size: int, frontier: Sequence[bytes], proofs: Proofs
) -> StoredRun:
    """Return the first `size` entries of a run, and the frontier that is known of them. The caller checks who asks."""
    return StoredRun(
        run=str(run_id),
        size=size,
        frontier=frontier,
        rows=lambda: read_rows(run_id, size),
        read_large=lambda inner: read_large(run_id, inner),
        proofs=proofs,
    )


def read_rows(run_id: uuid.UUID, size: int) -> Iterator[StoredRow]:
    """Yield the first `size` entries, in order. Memory: a few times BYTES_AT_ONCE, or one entry with its texts."""
    after = -1
    while portion := _sizes_after(run_id, after, size):
        for first, last in _ranges(portion):
            rows = _rows(run_id, first, last)
            yield from _with_texts(run_id, rows)
        after = portion[-1][0]


def read_large(run_id: uuid.UUID, inner: bytes) -> Iterator[bytes]:
    """Yield the bytes of a large text in portions of 1 MiB."""
    at = 1
    while True:
        found = fetch_binary(
            "SELECT substring(data FROM %s::int FOR %s::int) FROM traces_ledgerpart "
            'WHERE run_id = %s AND "inner" = %s',
            [at, MIB, run_id, inner],
        )
        if not found or not found[0][0]:
            return
        yield found[0][0]
        at += MIB


def _sizes_after(run_id: uuid.UUID, after: int, size: int) -> list[tuple[int, int]]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT seq, octet_length(line) + octet_length(openings) FROM traces_ledgerentry "
            "WHERE run_id = %s AND seq > %s AND seq < %s ORDER BY seq LIMIT %s",
            [run_id, after, size, ROWS_AT_ONCE],
        )
        found: list[tuple[int, int]] = cursor.fetchall()
    return found


def _ranges(sizes: list[tuple[int, int]]) -> Iterator[tuple[int, int]]:
    """Yield first and last seq of what is read at once: as much as fits, and one entry at least."""
    first, taken = sizes[0][0], 0
    for (seq, length), (following, next_length) in pairwise(
        [*sizes, (sizes[-1][0] + 1, BYTES_AT_ONCE)]
    ):
        taken += length
        if taken + next_length > BYTES_AT_ONCE:
            yield first, seq
            first, taken = following, 0


class _Row(NamedTuple):
    seq: int
    key: str
    line: bytes
    leaf: bytes
    openings: list[Opening]


def _rows(run_id: uuid.UUID, first: int, last: int) -> list[_Row]:
    found = fetch_binary(
        "SELECT seq, key, line, leaf, openings FROM traces_ledgerentry "
        "WHERE run_id = %s AND seq BETWEEN %s AND %s ORDER BY seq",
        [run_id, first, last],
    )
    return [
        _Row(seq, key, line, leaf, _unpacked(seq, openings))
        for seq, key, line, leaf, openings in found
    ]


def _unpacked(seq: int, openings: bytes) -> list[Opening]:
    try:
        return list(unpack(openings))
    except (ValueError, IndexError):
        raise Damaged(f"entry {seq}: what is kept of its parts cannot be read") from None


def _with_texts(run_id: uuid.UUID, rows: list[_Row]) -> Iterator[StoredRow]:
    """Yield rows with their texts, which are fetched for a few of them at once."""
    sizes = _text_sizes(run_id, _inners(rows))
    held: list[_Row] = []
    taken = 0
    for row in rows:
        wanted = sum(
            size
            for inner in _inners([row])
            if (size := sizes.get(inner, 0)) <= MAX_INLINE_PART_BYTES
        )
        if held and taken + wanted > BYTES_AT_ONCE:
            yield from _filled(run_id, held, sizes)
            held, taken = [], 0
        held.append(row)
        taken += wanted
    yield from _filled(run_id, held, sizes)


def _filled(run_id: uuid.UUID, rows: list[_Row], sizes: dict[bytes, int]) -> Iterator[StoredRow]:
    small = [each for each in _inners(rows) if sizes.get(each, MIB) <= MAX_INLINE_PART_BYTES]
    texts = _texts(run_id, small)
    for row in rows:
        parts = [_part(each, sizes, texts) for each in row.openings]
        yield StoredRow(row.seq, row.key, row.line, row.leaf, parts)


def _part(opening: Opening, sizes: dict[bytes, int], texts: dict[bytes, bytes]) -> StoredPart:
    inner = opening.inner
    if inner is None:
        return StoredPart(opening.name, opening.salt, None, opening.data, withheld=opening.withheld)
    is_large = sizes.get(inner, 0) > MAX_INLINE_PART_BYTES
    data = texts.get(inner)
    return StoredPart(opening.name, opening.salt, inner, data, data is None and not is_large)


def _inners(rows: Iterable[_Row]) -> list[bytes]:
    return list({each.inner for row in rows for each in row.openings if each.inner is not None})


def _text_sizes(run_id: uuid.UUID, inners: list[bytes]) -> dict[bytes, int]:
    return dict(_of_texts(run_id, inners, "octet_length(data)"))


def _texts(run_id: uuid.UUID, inners: list[bytes]) -> dict[bytes, bytes]:
    return dict(_of_texts(run_id, inners, "data"))


def _of_texts(run_id: uuid.UUID, inners: list[bytes], what: str) -> list[tuple[Any, ...]]:
    if not inners:
        return []
    return fetch_binary(
        f'SELECT "inner", {what} FROM traces_ledgerpart '  # noqa: S608 - our own words
        'WHERE run_id = %s AND "inner" = ANY(%b)',
        [run_id, inners],
    )
