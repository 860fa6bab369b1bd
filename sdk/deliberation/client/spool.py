"""What is not acknowledged yet, on disk.

Every batch is written here before it is sent, and let go when the server has answered. So a program
that is killed loses what was still in its memory (the last 50 ms, or more in a burst) and nothing
else; the next process with the same spool, server and key sends what it finds. What was sent and
not yet let go is sent twice, and recorded once: each event has a key. There is no fsync: a loss of
power loses what the kernel had not written.
"""

from __future__ import annotations

import os
import threading
from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from deliberation.client.line import Line, count_by_run, first_batch
from deliberation.client.segment import Segment, create, take_over

SUFFIX = ".ndjson"


class Batch(NamedTuple):
    """Lines to be sent in one body, and the segment they are from."""

    segment: Segment
    lines: list[Line]


class Spool:
    """A bounded queue of lines that outlives the process, or, without a directory, a place for one
    batch.

    Over `limit` bytes the oldest segments are dropped, and `on_drop(run → lines, lines of this
    process)` is told. The bound holds for what one process can take hold of: others that share the
    directory each have at most one segment more. Own lines go first; then those of processes that
    died.
    """

    def __init__(
        self,
        directory: Path | None,
        *,
        limit: int,
        segment_bytes: int,
        name: Callable[[], str],
        on_drop: Callable[[Mapping[str, int], int], None],
    ) -> None:
        self._directory = directory
        self._limit = limit
        self._segment_bytes = segment_bytes
        self._name = name
        self._on_drop = on_drop
        self._lock = threading.RLock()
        self._current: Segment | None = None
        self._rolled: deque[Segment] = deque()
        self._adopted: deque[Segment] = deque()

    @property
    def has_room(self) -> bool:
        """False while lines are held in memory alone: nothing more is taken until they are sent."""
        return self._current is None or not self._current.broken or self._current.left == 0

    @property
    def is_durable(self) -> bool:
        """True when what is appended outlives the process."""
        return self._directory is not None and (self._current is None or not self._current.broken)

    def left(self) -> int:
        """Lines of this process that are not acknowledged."""
        with self._lock:
            return sum(segment.left for segment in self._own())

    def append(self, lines: Sequence[Line]) -> None:
        """Keep lines. Never raises: where the disk fails, they are kept in memory."""
        with self._lock:
            if self._current is None:
                self._current = self._create()
            self._current.append(lines)
            if self._current.size >= self._segment_bytes and not self._current.broken:
                self._roll(self._current)

    def next_batch(self, max_events: int, max_bytes: int) -> Batch | None:
        """Return what is to be sent next, or None. It stays here until `acknowledge`."""
        with self._lock:
            for segment in [*self._own(), *self._adopted]:
                lines = segment.waiting()
                if lines:
                    return Batch(segment, first_batch(lines, max_events, max_bytes))
                self._retire(segment)
        return None

    def acknowledge(self, segment: Segment, count: int) -> None:
        """Let go of the first `count` lines of a segment that wait."""
        with self._lock:
            segment.done += count
            if segment.left <= 0:
                self._retire(segment)

    def adopt(self) -> int:
        """Take over the segments of processes that are gone; return how many."""
        with self._lock:
            held = {segment.path for segment in [*self._own(), *self._adopted]}
            found = (take_over(path) for path in self._files() if path not in held)
            taken = [segment for segment in found if segment is not None]
            self._adopted.extend(taken)
            return len(taken)

    def close(self) -> None:
        """Let go of all files; what is in them is for the next process."""
        with self._lock:
            for segment in [*self._own(), *self._adopted]:
                if segment.is_own and segment.left == 0:
                    segment.remove()
                segment.close()

    def drop_held(self) -> int:
        """Forget the lines that are in memory alone; return how many."""
        with self._lock:
            if self._current is None or not self._current.broken:
                return 0
            held = self._current.left
            self._current = None
            return held

    def abandon(self) -> None:
        """In a forked child: drop the parent's files without touching them."""
        for segment in [*self._own(), *self._adopted]:
            segment.close()

    def _own(self) -> list[Segment]:
        return [*self._rolled, *([self._current] if self._current else [])]

    def _create(self) -> Segment:
        if self._directory is None:
            return Segment(Path(os.devnull), None, is_own=True)
        return create(self._directory / (self._name() + SUFFIX))

    def _roll(self, segment: Segment) -> None:
        segment.forget()
        self._rolled.append(segment)
        self._current = None
        self._enforce_limit()

    def _retire(self, segment: Segment) -> None:
        if segment is self._current:
            segment.clear()
            return
        for queue in (self._rolled, self._adopted):
            if segment in queue:
                queue.remove(segment)
                segment.remove()

    def _enforce_limit(self) -> None:
        total = sum(size for _, size in self._sizes())
        if total <= self._limit:
            return
        self.adopt()
        for segment in sorted([*self._rolled, *self._adopted], key=lambda each: each.path.name):
            if total <= self._limit:
                return
            lines = segment.waiting()
            total -= segment.size
            self._retire(segment)
            self._on_drop(count_by_run(lines), len(lines) if segment.is_own else 0)

    def _files(self) -> list[Path]:
        return [path for path, _ in self._sizes()]

    def _sizes(self) -> list[tuple[Path, int]]:
        return sorted(self._scan()) if self._directory is not None else []

    def _scan(self) -> Iterator[tuple[Path, int]]:
        assert self._directory is not None
        try:
            with os.scandir(self._directory) as entries:
                for entry in entries:
                    if entry.name.endswith(SUFFIX):
                        yield Path(entry.path), entry.stat().st_size
        except OSError:
            return  # the directory is made by the first append
