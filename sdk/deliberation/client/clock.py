"""The time of events."""

from __future__ import annotations

import time


class Clock:
    """Nanoseconds since 1970 that never step back while it lives.

    The latest of two decisions about a node stands, by their times: a wall clock that is set back
    in between would turn them round. Anchored once to the wall clock; made anew for each run.
    """

    def __init__(self) -> None:
        self._offset = time.time_ns() - time.monotonic_ns()

    def __call__(self) -> int:
        """Return the time now."""
        return self._offset + time.monotonic_ns()
