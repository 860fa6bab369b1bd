"""The asyncio tasks inside a run: cancelled at their next await when the run is to stop."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

from deliberation.control.shield import is_task_shielded

AGAIN_SECONDS = 5.0

Task = asyncio.Task[Any]


@dataclass(slots=True)
class Inside:
    """One task with open scopes of the run."""

    loop: asyncio.AbstractEventLoop
    asked_before: int
    scopes: int = 0
    cancels: int = 0


class Tasks:
    """Those that have entered a scope of the run with `async with`, and not left it.

    A task that swallows its cancellation is cancelled again every `AGAIN_SECONDS`.
    """

    def __init__(self) -> None:
        self._inside: dict[Task, Inside] = {}
        self._is_cancelling = False
        self._timed: set[asyncio.AbstractEventLoop] = set()

    def enter(self) -> Task | None:
        """Note that the current task has entered a scope; return it, for `leave`."""
        task = asyncio.current_task()
        if task is None:
            return None
        inside = self._inside.get(task)
        if inside is None:
            loop = asyncio.get_running_loop()
            inside = self._inside[task] = Inside(loop, _cancels_asked(task))
        inside.scopes += 1
        if self._is_cancelling:
            self._cancel_soon(inside.loop)
        return task

    def leave(self, task: Task | None) -> None:
        """Note that a task has left a scope."""
        inside = self._inside.get(task) if task is not None else None
        if task is None or inside is None:
            return
        inside.scopes -= 1
        # One that was cancelled is remembered until the run's own end takes the cancellation back.
        if not inside.scopes and not inside.cancels:
            del self._inside[task]

    def cancel(self) -> None:
        """Cancel them all, from any thread."""
        self._is_cancelling = True
        for loop in {inside.loop for inside in list(self._inside.values())}:
            self._cancel_soon(loop)

    def forgive(self, task: Task | None) -> bool:
        """Take back what `cancel` did to a task, at the run's end.

        True when nobody else has cancelled it. Before Python 3.11 a task does not count who asked,
        and is taken to be ours.
        """
        inside = self._inside.pop(task, None) if task is not None else None
        if task is None or inside is None or not inside.cancels:
            return False
        uncancel = _uncancel_of(task)
        if uncancel is None:
            return True
        left = 0
        for _ in range(inside.cancels):
            left = uncancel()
        return bool(left <= inside.asked_before)

    def restart_in_child(self) -> None:
        """Forget the parent's tasks, in a forked child: their loop does not run here."""
        self._inside, self._timed = {}, set()

    def _cancel_soon(self, loop: asyncio.AbstractEventLoop) -> None:
        # A loop that is closed has no task left to cancel.
        with suppress(RuntimeError):
            loop.call_soon_threadsafe(self._cancel_in, loop)

    def _cancel_in(self, loop: asyncio.AbstractEventLoop) -> None:
        """Cancel the tasks of one loop. Runs in that loop, between two steps of any task."""
        within = [
            (task, inside)
            for task, inside in self._inside.items()
            if inside.loop is loop and inside.scopes and not task.done()
        ]
        for task, inside in within:
            if not is_task_shielded(task):
                inside.cancels += 1
                task.cancel()
        if within and loop not in self._timed:
            self._timed.add(loop)
            loop.call_later(AGAIN_SECONDS, self._cancel_again, loop)

    def _cancel_again(self, loop: asyncio.AbstractEventLoop) -> None:
        self._timed.discard(loop)
        self._cancel_in(loop)


def _uncancel_of(task: Task) -> Callable[[], int] | None:
    return getattr(task, "uncancel", None)


def _cancels_asked(task: Task) -> int:
    cancelling = getattr(task, "cancelling", None)
    return int(cancelling()) if cancelling is not None else 0
