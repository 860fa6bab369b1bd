"""One event on its way: its run and its bytes."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import NamedTuple


class Line(NamedTuple):
    """An event as NDJSON bytes without line feed, and the run it speaks of."""

    run: str
    data: bytes

    @property
    def size(self) -> int:
        """Bytes on the wire, line feed included."""
        return len(self.data) + 1


def join(lines: Iterable[Line]) -> bytes:
    """Return the lines as one body."""
    return b"".join(line.data + b"\n" for line in lines)


def split(data: bytes) -> list[Line]:
    """Return the lines of a body; a line that is not whole (a torn write) is left out."""
    lines = []
    for each in data.split(b"\n"):
        try:
            run = json.loads(each)["run"]
        except (ValueError, KeyError, TypeError):
            continue
        lines.append(Line(str(run), each))
    return lines


def count_by_run(lines: Iterable[Line]) -> dict[str, int]:
    """Return run → number of its lines."""
    counted: dict[str, int] = {}
    for line in lines:
        counted[line.run] = counted.get(line.run, 0) + 1
    return counted


def first_batch(lines: Iterable[Line], max_events: int, max_bytes: int) -> list[Line]:
    """Return as many of the first lines as one body may hold, at least one."""
    batch: list[Line] = []
    size = 0
    for line in lines:
        size += line.size
        if batch and (len(batch) >= max_events or size > max_bytes):
            break
        batch.append(line)
    return batch
