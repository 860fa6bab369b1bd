"""A thread that tells the server what steps came to, so that none of them waits for that."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable
from queue import SimpleQueue

Job = Callable[[], None]


class Settling:
    """Jobs one after the other, in the order in which they came. The thread begins with the first."""

    def __init__(self) -> None:
        self._has_thread = False
        self._begin()

    def put(self, job: Job) -> None:
        """Do something soon. May be called by the garbage collector."""
        if self._process != os.getpid():
            self._begin()  # the thread, and what it had still to do, are the parent's
        self._jobs.put(job)
        if not self._has_thread:
            self._has_thread = True
            threading.Thread(target=self._run, name="deliberation-settling", daemon=True).start()

    def close(self, seconds: float) -> bool:
        """End when all is done, and return whether it is, after so long."""
        if not self._has_thread or self._process != os.getpid():
            return True
        jobs, is_done = self._jobs, self._is_done
        self._begin()  # whatever comes later has a thread of its own
        jobs.put(None)
        return is_done.wait(seconds)

    def _begin(self) -> None:
        self._process = os.getpid()
        self._jobs: SimpleQueue[Job | None] = SimpleQueue()
        self._is_done = threading.Event()
        self._has_thread = False

    def _run(self) -> None:
        jobs, is_done = self._jobs, self._is_done
        while (job := jobs.get()) is not None:
            job()
        is_done.set()
