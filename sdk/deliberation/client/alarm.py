"""A time limit for those who wait at a gate."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from deliberation.control import Gate


@contextmanager
def limit(gate: Gate, seconds: float) -> Iterator[Callable[[], bool]]:
    """Yield what says whether the time is over; those who wait at the gate look again then."""
    deadline = time.monotonic() + seconds
    alarm = threading.Timer(max(0.0, seconds), gate.ring)
    alarm.daemon = True
    alarm.start()
    try:
        yield lambda: time.monotonic() >= deadline
    finally:
        alarm.cancel()
