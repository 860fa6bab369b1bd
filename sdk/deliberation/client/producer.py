"""Who reports: the name and the number in each event's key."""

from __future__ import annotations

import threading
from collections.abc import Callable
from itertools import count


class Producer:
    """One scope of one run in one process.

    Keys are `{name}:{n}`, n from 0 without a gap, over every event that was made: a number that is
    missing in the ledger is an event that was lost. The name is 8 random hex digits and the time of
    birth in ms, in hex; a forked child takes a new one, or its keys would be its parent's.
    """

    def __init__(
        self, *, now_ns: int, randbytes: Callable[[int], bytes], name: str | None = None
    ) -> None:
        self._lock = threading.RLock()
        self.name = name or make_name(now_ns, randbytes)
        self._numbers = count()

    def next_key(self) -> str:
        """Return the next event's key."""
        with self._lock:
            return f"{self.name}:{next(self._numbers)}"

    def restart(self, *, now_ns: int, randbytes: Callable[[int], bytes]) -> None:
        """Take a new name, in a forked child.

        The lock may have been held by a thread that is not here.
        """
        self._lock = threading.RLock()
        self.name = make_name(now_ns, randbytes)
        self._numbers = count()


def make_name(now_ns: int, randbytes: Callable[[int], bytes]) -> str:
    """Return a producer's name: at most 64 characters with the number, unique in practice."""
    return f"{randbytes(4).hex()}-{now_ns // 1_000_000:x}"
