"""Tables as CSV that a spreadsheet opens without running anything. Pure.

RFC 4180, with CRLF and a byte order mark, so that every spreadsheet reads it as UTF-8. A text that a spreadsheet would
take for a formula begins with an apostrophe (OWASP, "CSV Injection"); numbers are numbers, and stay so when negative.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable, Sequence
from decimal import Decimal
from io import StringIO

BYTE_ORDER_MARK = "\ufeff"
STARTS_A_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "\uff1d", "\uff0b", "\uff0d", "\uff20")
"""The last four are the full-width forms of the first, which some spreadsheets read as them."""

Cell = str | int | float | Decimal | None


def to_csv(heads: Sequence[str], rows: Iterable[Sequence[Cell]]) -> str:
    """Return the table; what is not known is an empty cell."""
    written = StringIO()
    writer = csv.writer(written, lineterminator="\r\n")
    writer.writerow([_safe(head) for head in heads])
    writer.writerows([_safe(cell) for cell in row] for row in rows)
    return BYTE_ORDER_MARK + written.getvalue()


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
