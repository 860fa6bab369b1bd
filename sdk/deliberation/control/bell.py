"""Waking those who wait at a gate, threads and tasks alike."""

from __future__ import annotations

import asyncio
import threading
from contextlib import suppress

LOOK_AGAIN_SECONDS = 5.0


class Bell:
    """One lock and one bell for a run and the runs within it.

    The lock is reentrant: a signal handler may come to a gate in the middle of another's check.
    """

    def __init__(self) -> None:
        self.lock = threading.Condition(threading.RLock())
        self._futures: list[asyncio.Future[None]] = []

    def ring(self) -> None:
        """Wake all. Call it with the lock held."""
        self.lock.notify_all()
        futures, self._futures = self._futures, []
        for future in futures:
            # A loop that is closed has nobody left to wake.
            with suppress(RuntimeError):
                future.get_loop().call_soon_threadsafe(_wake, future)

    def wait(self) -> None:
        """Wait in a thread until it rings. Call it with the lock held."""
        # Nothing is known to lose a ring; a gate that held for ever would be worse than a look too many.
        self.lock.wait(LOOK_AGAIN_SECONDS)

    def future(self) -> asyncio.Future[None]:
        """Return what a task awaits until it rings. Call it with the lock held."""
        future = asyncio.get_running_loop().create_future()
        self._futures.append(future)
        return future


def _wake(future: asyncio.Future[None]) -> None:
    if not future.done():
        future.set_result(None)
