"""A run's ledger as its tab lists it, a page at a time."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from enum import StrEnum
from itertools import accumulate

from django.db import connection

from traces.queries.access import NotVisible, Who, see_run
from traces.queries.listed_entries import ListedEntry, read_listed

ON_A_PAGE = 50
MOST_BYTES = 4 << 20
"""Of the lines and small texts that are read for one page; it has one entry at least."""


class Order(StrEnum):
    """In which order entries are listed."""

    NEWEST = "newest"
    """The last one first."""
    FIRST = "first"
    """As they were recorded."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LedgerPage:
    """Some entries, and at which the pages before and after begin; None where there is none."""

    items: list[ListedEntry]
    before: int | None
    after: int | None

    @property
    def last(self) -> ListedEntry | None:
        """The last of them."""
        return self.items[-1] if self.items else None


def list_entries(
    *, who: Who, run_id: str | uuid.UUID, order: Order, start: int | None = None
) -> LedgerPage:
    """Return the entries from `start` on in this order; without one, from the first of the order. Raises NotVisible."""
    run = see_run(who, run_id)
    last, is_newest = run.size - 1, order is Order.NEWEST
    begin = (last if is_newest else 0) if start is None else start
    seqs = _fitting(run.id, begin, is_newest=is_newest)
    items = read_listed(run.id, seqs)
    if is_newest:
        items.reverse()
    return LedgerPage(
        items=items,
        before=_before(begin, last, is_newest=is_newest),
        after=_after(items, last, is_newest=is_newest),
    )


def get_entry(*, who: Who, run_id: str | uuid.UUID, seq: int) -> ListedEntry:
    """Return one entry. Raises NotVisible."""
    found = read_listed(see_run(who, run_id).id, [seq])
    if not found:
        raise NotVisible
    return found[0]


def _before(begin: int, last: int, *, is_newest: bool) -> int | None:
    if is_newest:
        return None if begin >= last else min(begin + ON_A_PAGE, last)
    return None if begin <= 0 else max(min(begin, last + 1) - ON_A_PAGE, 0)


def _after(items: list[ListedEntry], last: int, *, is_newest: bool) -> int | None:
    if not items:
        return None
    following = items[-1].seq + (-1 if is_newest else 1)
    return following if 0 <= following <= last else None


def _fitting(run_id: uuid.UUID, begin: int, *, is_newest: bool) -> list[int]:
    """Return in ascending order the seqs that a page has room for."""
    beyond, direction = ("<=", "DESC") if is_newest else (">=", "ASC")
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT seq, octet_length(line) + octet_length(openings) FROM traces_ledgerentry "  # noqa: S608
            f"WHERE run_id = %s AND seq {beyond} %s ORDER BY seq {direction} LIMIT %s",
            [run_id, begin, ON_A_PAGE],
        )
        rows = cursor.fetchall()
    sums = list(accumulate(size for _, size in rows))
    return sorted(seq for at, (seq, _) in enumerate(rows) if at == 0 or sums[at] <= MOST_BYTES)
