"""A stretch of the program that is not to be interrupted: cleaning up after a stop."""

from __future__ import annotations

import asyncio
import weakref
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

_depth: ContextVar[int] = ContextVar("deliberation_shield", default=0)
_tasks: weakref.WeakSet[asyncio.Task[Any]] = weakref.WeakSet()


@contextmanager
def shielded() -> Iterator[None]:
    """Let no gate hold or stop what is done in this block, and no stop cancel its task.

    For the cleaning up that must be done and recorded after `Stopped`:

        except dl.Stopped:
            with dl.shielded(), run.tool("delete_sandbox"):
                ...
            raise
    """
    token = _depth.set(_depth.get() + 1)
    task = _task_now()
    is_outermost = task is not None and task not in _tasks
    if task is not None:
        _tasks.add(task)
    try:
        yield
    finally:
        _depth.reset(token)
        if task is not None and is_outermost:
            _tasks.discard(task)


def is_shielded() -> bool:
    """Return True inside such a block."""
    return _depth.get() > 0


def is_task_shielded(task: asyncio.Task[Any]) -> bool:
    """Return True while a task is inside such a block."""
    return task in _tasks


def _task_now() -> asyncio.Task[Any] | None:
    try:
        return asyncio.current_task()
    except RuntimeError:
        return None
