"""The replay that this process is there for."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from deliberation.replay.replay import Replay

_active: list[Replay] = []


def active_replay() -> Replay | None:
    """Return the replay under way in this process, whatever thread or task asks; None outside of one."""
    return _active[-1] if _active else None


@contextmanager
def replaying(replay: Replay) -> Iterator[Replay]:
    """Let the next run that begins in this process be the one that repeats another.

    One at a time. For the process and not for a context: a run that a thread begins must not be live by accident.
    """
    if _active:
        raise RuntimeError("a replay is under way in this process already")
    _active.append(replay)
    try:
        yield replay
    finally:
        _active.remove(replay)
