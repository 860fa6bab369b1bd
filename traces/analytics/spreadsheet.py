"""Tables as CSV that a spreadsheet opens without running anything. Pure.

RFC 4180, with CRLF and a byte order mark, so that every spreadsheet reads it as UTF-8. A text that a spreadsheet would
take for a formula begins with an apostrophe (OWASP, "CSV Injection"); numbers are numbers, and stay so when negative.
"""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterable, Iterator, Sequence
from decimal import Decimal
from typing import Any

BYTE_ORDER_MARK = "\ufeff"
STARTS_A_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "\uff1d", "\uff0b", "\uff0d", "\uff20")
"""The last four are the full-width forms of the first, which some spreadsheets read as them."""

Cell = str | int | float | Decimal | None


def to_csv(heads: Sequence[str], rows: Iterable[Sequence[Cell]]) -> str:
    """Return the table; what is not known is an empty cell."""
    return "".join(csv_lines(heads, rows))


def csv_lines(heads: Sequence[str], rows: Iterable[Sequence[Cell]]) -> Iterator[str]:
    """Yield the same line by line, for tables that are too long to be held."""
    write: Callable[[Iterable[str]], Any] = csv.writer(_Through(), lineterminator="\r\n").writerow
    yield BYTE_ORDER_MARK + write(map(_safe, heads))
    for cells in rows:
        yield write(map(_safe, cells))


class _Through:
    """A file that keeps nothing: what it returns for a line, the writer returns."""

    def write(self, line: str) -> str:
        return line


def _safe(cell: Cell) -> str:
    if cell is None:
        return ""
    if isinstance(cell, str):
        return f"'{cell}" if cell.startswith(STARTS_A_FORMULA) else cell
    return _plain(cell) if isinstance(cell, Decimal) else repr(cell)


def _plain(amount: Decimal) -> str:
    text = format(amount, "f")
    return text.rstrip("0").rstrip(".") if "." in text else text
