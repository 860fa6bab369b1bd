"""What was lost here, by run, until it has been told to the server."""

from __future__ import annotations

import threading
from collections.abc import Mapping

MAX_RUNS = 1024


class Gaps:
    """Lost events by run and cause. Over `MAX_RUNS` runs the loss is only in `Stats.dropped`."""

    def __init__(self) -> None:
        self._lock = threading.RLock()
        self._missing: dict[tuple[str, str], int] = {}

    def note(self, cause: str, by_run: Mapping[str, int]) -> None:
        """Add losses."""
        with self._lock:
            for run, count in by_run.items():
                if (run, cause) in self._missing or len(self._missing) < MAX_RUNS:
                    self._missing[run, cause] = self._missing.get((run, cause), 0) + count

    def take(self) -> list[tuple[str, str, int]]:
        """Return and forget (run, cause, events missing)."""
        if not self._missing:
            return []
        with self._lock:
            taken = [(run, cause, count) for (run, cause), count in self._missing.items()]
            self._missing.clear()
        return taken
