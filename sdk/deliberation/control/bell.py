"""Waking those who wait at a gate, threads and tasks alike."""

from __future__ import annotations

import asyncio
import threading
from collections import deque
from contextlib import suppress
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from deliberation.control.spending.account import Entry
    from deliberation.control.spending.bill import Bill

LOOK_AGAIN_SECONDS = 5.0


class Bell:
    """One lock and one bell for a run and the runs within it.

    `queue` has the steps that wait for what others have reserved, the first first; `dropped` what was
    reserved for steps that nobody holds any more.

    The lock is reentrant: a signal handler may come to a gate in the middle of another's check.
    """

    def __init__(self) -> None:
        self.lock = threading.Condition(threading.RLock())
        self.queue: dict[Bill, None] = {}
        self.dropped: deque[list[Entry]] = deque()
        self._futures: list[asyncio.Future[None]] = []

    def ring(self) -> None:
        """Wake all. Call it with the lock held."""
        self.lock.notify_all()
        futures, self._futures = self._futures, []
        for future in futures:
            # A loop that is closed has nobody left to wake.
            with suppress(RuntimeError):
                future.get_loop().call_soon_threadsafe(_wake, future)

    def drop(self, entries: list[Entry]) -> None:
        """Take in what nobody will settle. Called by the garbage collector, so in the middle of anything."""
        self.dropped.append(entries)
        if self.queue and self.lock.acquire(blocking=False):
            try:
                self.ring()
            finally:
                self.lock.release()

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
