"""Tables as CSV that a spreadsheet opens without running anything. Pure.

RFC 4180, with CRLF and a byte order mark, so that every spreadsheet reads it as UTF-8. A text that a spreadsheet would
take for a formula begins with an apostrophe (OWASP, "CSV Injection"); numbers are numbers, and stay so when negative.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal
from io import StringIO

BYTE_ORDER_MARK = "\ufeff"
STARTS_A_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "\uff1d", "\uff0b", "\uff0d", "\uff20")
"""The last four are the full-width forms of the first, which some spreadsheets read as them."""

Cell = str | int | float | Decimal | None


def to_csv(heads: Sequence[str], rows: Iterable[Sequence[Cell]]) -> str:
    """Return the table; what is not known is an empty cell."""
    return "".join(csv_lines(heads, rows))


def csv_lines(heads: Sequence[str], rows: Iterable[Sequence[Cell]]) -> Iterator[str]:
    """Yield the same line by line, for tables that are too long to be held."""
    yield BYTE_ORDER_MARK + _line(heads)
    yield from map(_line, rows)


def _line(cells: Sequence[Cell]) -> str:
    written = StringIO()
    csv.writer(written, lineterminator="\r\n").writerow([_safe(cell) for cell in cells])
    return written.getvalue()


def _safe(cell: Cell) -> str:
    if cell is None:
        return ""
    if isinstance(cell, Decimal):
        return _plain(cell)
    if not isinstance(cell, str):
        return repr(cell)
    return f"'{cell}" if cell.startswith(STARTS_A_FORMULA) else cell


def _plain(amount: Decimal) -> str:
    text = format(amount, "f")
    return text.rstrip("0").rstrip(".") if "." in text else text
