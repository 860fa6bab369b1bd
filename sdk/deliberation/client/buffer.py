"""The queue between the program and the sender: bounded, and never waited for by the program."""

from __future__ import annotations

import threading
import time
from collections import deque

from deliberation.client.line import Line

RESERVED_EVENTS = 256


class Buffer:
    """Events in memory, first in first out, at most `max_events` and `max_bytes`.

    When it is full, new events are refused (and counted by the caller), so that what is kept has no
    hole before its end. The first and last events of a run have a small reserve of their own.
    """

    def __init__(self, *, max_events: int, max_bytes: int) -> None:
        self._max_events = max_events
        self._max_bytes = max_bytes
        self._lines: deque[Line] = deque()
        self._bytes = 0
        self._changed = threading.Condition(threading.RLock())
        self._woken = False
        self.admitted = 0

    def __len__(self) -> int:
        return len(self._lines)

    def put(self, line: Line, *, reserved: bool = False) -> bool:
        """Take a line without waiting; False when there is no room."""
        limit = self._max_events + (RESERVED_EVENTS if reserved else 0)
        with self._changed:
            if len(self._lines) >= limit:
                return False
            if self._bytes + line.size > self._max_bytes and not (reserved and line.size < 65_536):
                return False
            self._lines.append(line)
            self._bytes += line.size
            self.admitted += 1
            if len(self._lines) == 1:
                self._changed.notify()
            return True

    def wait(self, seconds: float) -> None:
        """Return when there is something, when woken, or after `seconds`."""
        deadline = time.monotonic() + seconds
        with self._changed:
            while not self._lines and not self._woken:
                left = deadline - time.monotonic()
                if left <= 0 or not self._changed.wait(left):
                    break
            self._woken = False

    def pause(self, seconds: float) -> None:
        """Return after `seconds`, or when woken: the time in which a batch gathers."""
        deadline = time.monotonic() + seconds
        with self._changed:
            while not self._woken and (left := deadline - time.monotonic()) > 0:
                self._changed.wait(left)
            self._woken = False

    def wake(self) -> None:
        """End any `wait` or `pause` now."""
        with self._changed:
            self._woken = True
            self._changed.notify()

    def take(self, max_events: int, max_bytes: int) -> list[Line]:
        """Return and remove the next lines for one batch; empty when there are none."""
        taken: list[Line] = []
        size = 0
        with self._changed:
            while self._lines and len(taken) < max_events:
                if taken and size + self._lines[0].size > max_bytes:
                    break
                line = self._lines.popleft()
                size += line.size
                taken.append(line)
            self._bytes -= size
        return taken
