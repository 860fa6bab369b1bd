"""Rows as a Parquet file, written by pyarrow where somebody installed it beside (`pip install ".[parquet]"`).

It is no requirement: it weighs 170 MB, and most who read a bundle read its evidence. See docs/adr/0037.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from decimal import Context, Decimal
from enum import Enum
from importlib.util import find_spec
from typing import Any

from traces.audit.not_exported import NotExported

MISSING = "this server cannot write Parquet: pyarrow is not installed beside it"
INT64 = range(-(2**63), 2**63)
SCALE = 18
MOST_MONEY = Decimal(10**20)
SMALLEST, EXACT = Decimal(1).scaleb(-SCALE), Context(prec=60)
Row = Mapping[str, Any]


class Column(Enum):
    """The type of a column. Every column may be null."""

    TEXT = "text"
    """UTF-8."""
    TEXTS = "texts"
    """A list of texts."""
    WHOLE = "whole"
    """A whole number of 64 bits; times are those, in ns since 1970. Null where a number is larger."""
    MONEY = "money"
    """US dollars with 18 decimals; null from 10^20 on."""


def can_write_parquet() -> bool:
    """Return whether pyarrow is there. It is not imported before it is used."""
    return find_spec("pyarrow") is not None


class _Sink:
    """What pyarrow writes into: keeps bytes until they are taken."""

    closed = False

    def __init__(self) -> None:
        self._written: list[bytes] = []
        self._at = 0

    def write(self, data: Any) -> int:
        """Keep some bytes."""
        self._written.append(bytes(data))
        self._at += len(self._written[-1])
        return len(self._written[-1])

    def tell(self) -> int:
        """Return how many there were."""
        return self._at

    def flush(self) -> None:
        """Nothing waits elsewhere."""

    def close(self) -> None:
        """Whoever takes the bytes closes the file."""

    def take(self) -> bytes:
        """Return what was written since."""
        taken, self._written = b"".join(self._written), []
        return taken


def parquet_chunks(
    columns: Mapping[str, Column], groups: Iterable[Sequence[Row]]
) -> Iterator[bytes]:
    """Yield a Parquet file, a row group at a time; memory: one group. Raises `NotExported` without pyarrow."""
    if not can_write_parquet():
        raise NotExported(MISSING)
    import pyarrow as pa
    from pyarrow import parquet

    types = {
        Column.TEXT: pa.string(),
        Column.TEXTS: pa.list_(pa.string()),
        Column.WHOLE: pa.int64(),
        Column.MONEY: pa.decimal128(38, SCALE),
    }
    schema = pa.schema([(name, types[column]) for name, column in columns.items()])
    sink = _Sink()
    with parquet.ParquetWriter(sink, schema, compression="zstd") as writer:
        for rows in groups:
            writer.write_table(
                pa.table(
                    {
                        name: pa.array(_values(rows, name, column), types[column])
                        for name, column in columns.items()
                    },
                    schema=schema,
                )
            )
            yield sink.take()
    yield sink.take()


def _values(rows: Sequence[Row], name: str, column: Column) -> list[Any]:
    values = (row[name] for row in rows)
    if column is Column.WHOLE:
        # `None in range(…)` would be answered by counting up to 2^63.
        return [value if value is not None and value in INT64 else None for value in values]
    if column is Column.MONEY:
        return [_money(value) for value in values]
    return list(values)


def _money(value: Decimal | None) -> Decimal | None:
    if value is None or abs(value) >= MOST_MONEY:
        return None
    return value.quantize(SMALLEST, context=EXACT)
