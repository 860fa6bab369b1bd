"""costs.csv of a bundle: what each node used and cost, as a spreadsheet opens it without running anything."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from operator import attrgetter

from traces.analytics.spreadsheet import Cell, csv_lines
from traces.queries.node_amounts import COLUMNS, read_nodes

LEFT_OUT = ("started_ns", "ended_ns", "parent_id", "status")
HEADS = tuple(name for name in COLUMNS if name not in LEFT_OUT)
CELLS = attrgetter(*HEADS)


def costs_csv(run_id: uuid.UUID) -> Iterator[bytes]:
    """Yield the table by lines. `aside` says why a node's amounts are in no sum; costs are in US dollars."""
    rows: Iterator[tuple[Cell, ...]] = map(CELLS, read_nodes(run_id))
    for line in csv_lines(HEADS, rows):
        yield line.encode("utf-8", "replace")
