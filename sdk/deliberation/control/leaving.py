"""What leaves a run that was stopped: one `Stopped`, whatever it had become on the way."""

from __future__ import annotations

import asyncio
from typing import Any

from deliberation.control.standing import Standing
from deliberation.control.stopped import Stopped


def stopped_on_leaving(standing: Standing, error: BaseException | None) -> Stopped | None:
    """Return what is to be raised in the place of `error`, which a stop has caused.

    None when it goes on as it is: because it has nothing to do with the stop, because it is
    `Stopped` already, or because somebody else cancelled the task too, who waits for that.
    """
    task = _current_task()
    is_ours = standing.tasks.forgive(task) or task is None
    if error is None or not standing.is_stopping:
        return None
    if is_group_of_stops(error) or (isinstance(error, asyncio.CancelledError) and is_ours):
        return standing.stopped()
    return None


def is_group_of_stops(error: BaseException) -> bool:
    """Return True for an exception group that holds nothing but stops and cancellations.

    Told by its shape: Python 3.10 has no class of groups, and its libraries bring their own.
    """
    members = getattr(error, "exceptions", None)
    if not isinstance(members, tuple):
        return False
    leaves = _leaves(error)
    return any(isinstance(leaf, Stopped) for leaf in leaves) and all(
        isinstance(leaf, (Stopped, asyncio.CancelledError)) for leaf in leaves
    )


def _leaves(error: BaseException) -> list[BaseException]:
    members = getattr(error, "exceptions", None)
    if not isinstance(members, tuple):
        return [error]
    return [leaf for member in members for leaf in _leaves(member)]


def _current_task() -> asyncio.Task[Any] | None:
    try:
        return asyncio.current_task()
    except RuntimeError:
        return None
