"""The beginnings of large texts: what is shown is short, and what lies in the ledger may have 20 MB."""

from __future__ import annotations

import uuid
from collections.abc import Collection

from django.db import connection

LARGE = """
SELECT "inner", substring(data for %s) FROM traces_ledgerpart WHERE run_id = %s AND "inner" = ANY(%s)"""


def read_beginnings(run_id: uuid.UUID, inner: Collection[bytes], limit: int) -> dict[bytes, bytes]:
    """Return hash → at most `limit` bytes of a text that is kept once per run, in whole characters."""
    if not inner:
        return {}
    with connection.cursor() as cursor:
        cursor.execute(LARGE, [limit + 1, run_id, list(inner)])
        return {
            bytes(each): whole_characters(bytes(data), limit) for each, data in cursor.fetchall()
        }


def whole_characters(data: bytes, limit: int) -> bytes:
    """Return at most `limit` bytes of UTF-8 that end with a character."""
    if len(data) <= limit:
        return data
    while limit and data[limit] & 0xC0 == 0x80:
        limit -= 1
    return data[:limit]
