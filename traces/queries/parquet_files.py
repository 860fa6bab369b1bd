"""The tables of a run as Parquet: its entries, its nodes, and what they cost. Facts alone, as in costs.csv."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Iterator
from itertools import islice
from typing import Any

import orjson
from django.db import connection

from traces.audit.bundle import DerivedFile
from traces.audit.parquet import Column, parquet_chunks
from traces.queries.costs_csv import HEADS
from traces.queries.node_amounts import COLUMNS, read_nodes

GROUP_ROWS = 20_000
GROUP_BYTES = 16 << 20
ENTRIES_AT_ONCE = 500
EVENTS = {
    "seq": Column.WHOLE, "kind": Column.TEXT, "key": Column.TEXT, "by": Column.TEXT, "t_src": Column.WHOLE,
    "t_rx": Column.WHOLE, "node": Column.TEXT, "facts": Column.TEXT, "parts": Column.TEXTS,
}  # fmt: skip
OF_NODES = tuple(name for name in COLUMNS if not name.endswith("tokens") and name != "aside")
OF_COSTS = ("node_id", *(name for name in HEADS if name != "node_id"))
Group = list[dict[str, Any]]


def parquet_files(run_id: uuid.UUID, size: int) -> Iterator[DerivedFile]:
    """Yield the files; of the ledger, its first `size` entries. Raises `NotExported` without pyarrow."""
    yield DerivedFile("events.parquet", parquet_chunks(EVENTS, _events(run_id, size)))
    for name, heads in (("nodes", OF_NODES), ("costs", OF_COSTS)):
        columns = {each: _column(each) for each in heads}
        yield DerivedFile(f"{name}.parquet", parquet_chunks(columns, _nodes(run_id, heads)))


def _column(name: str) -> Column:
    if name == "cost":
        return Column.MONEY
    is_whole = name == "ordinal" or name.endswith(("_ns", "_tokens"))
    return Column.WHOLE if is_whole else Column.TEXT


def _nodes(run_id: uuid.UUID, heads: Iterable[str]) -> Iterator[Group]:
    rows = ({name: getattr(node, name) for name in heads} for node in read_nodes(run_id))
    while group := list(islice(rows, GROUP_ROWS)):
        yield group


def _events(run_id: uuid.UUID, size: int) -> Iterator[Group]:
    group: Group = []
    held = 0
    for line in _lines(run_id, size):
        group.append(_event(orjson.loads(line)))
        held += len(line)
        if len(group) == GROUP_ROWS or held > GROUP_BYTES:
            yield group
            group, held = [], 0
    if group:
        yield group


def _event(line: dict[str, Any]) -> dict[str, Any]:
    happened, node = line.get("t_src"), line["d"].get("node")
    return {
        "seq": line["seq"],
        "kind": line["kind"],
        "key": line["key"],
        "by": line["by"],
        "t_src": None if happened is None else int(happened),
        "t_rx": int(line["t_rx"]),
        "node": node if isinstance(node, str) else None,
        "facts": orjson.dumps(line["d"]).decode(),
        "parts": list(line["p"]),
    }


def _lines(run_id: uuid.UUID, size: int) -> Iterator[bytes]:
    for first in range(0, size, ENTRIES_AT_ONCE):
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT line FROM traces_ledgerentry WHERE run_id = %s AND seq >= %s AND seq < %s ORDER BY seq",
                [run_id, first, min(first + ENTRIES_AT_ONCE, size)],
            )
            lines = cursor.fetchall()
        for (line,) in lines:
            yield bytes(line)
