"""Answers that many open pages ask for at the same moment, made once and shared by those who may see the same.

A poke reaches all pages of a run at once, and all ask for the same pieces. An answer is kept under all that it depends
on but the run's growth (`key`), with the number of entries that the run had when its making began: it does for whoever
was told of no later one. So a page never gets less than it was told of; and pages that were given the same ask for the
same next. Who may ask is no business of this file; it is asked before, each time.

Bounds: an answer is kept for `KEPT_SECONDS`, which is how long what changes without an entry (a price) may go unseen;
`MOST_BYTES` of answers, the oldest are dropped.
"""

from __future__ import annotations

import asyncio
import math
import time
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Hashable
from dataclasses import dataclass
from functools import partial
from weakref import WeakKeyDictionary

KEPT_SECONDS = 0.5
MOST_BYTES = 16 * 1024 * 1024


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What was sent: a status, headers as ASGI has them, a body."""

    status: int
    headers: list[tuple[bytes, bytes]]
    body: bytes

    @property
    def may_be_shared(self) -> bool:
        """Whether it says the same to everybody: a cookie, a refusal or an error is for one."""
        return self.status == 200 and all(name != b"set-cookie" for name, _ in self.headers)


@dataclass(slots=True, eq=False)
class _Kept:
    run_size: int
    task: asyncio.Task[Answer]
    ends_at: float = math.inf
    bytes: int = 0


class SharedAnswers:
    """The answers of one event loop."""

    def __init__(self) -> None:
        self._kept: OrderedDict[Hashable, _Kept] = OrderedDict()
        self._bytes = 0

    async def get(
        self, key: Hashable, *, run_size: int, told: int, make: Callable[[], Awaitable[Answer]]
    ) -> Answer | None:
        """Return an answer under `key`, as of entry `told` or later, made by whoever asks first.

        `run_size` is how many entries the run has now. None when the answer is not to be shared.
        """
        self._drop_old()
        kept = self._kept.get(key)
        if kept is None or kept.run_size <= told:
            self._drop(key)
            # A task of its own: whoever asked first may leave before the others have their answer.
            kept = _Kept(run_size, asyncio.ensure_future(make()))
            self._kept[key] = kept
            kept.task.add_done_callback(partial(self._take, key, kept))
        answer = await asyncio.shield(kept.task)
        return answer if answer.may_be_shared else None

    def _take(self, key: Hashable, kept: _Kept, task: asyncio.Task[Answer]) -> None:
        if self._kept.get(key) is not kept:
            return
        if task.cancelled() or task.exception() or not task.result().may_be_shared:
            self._drop(key)
            return
        kept.ends_at = time.monotonic() + KEPT_SECONDS
        kept.bytes = len(task.result().body)
        self._bytes += kept.bytes
        while self._bytes > MOST_BYTES:
            self._drop(next(iter(self._kept)))

    def _drop_old(self) -> None:
        now = time.monotonic()
        for key in [key for key, kept in self._kept.items() if kept.ends_at < now]:
            self._drop(key)

    def _drop(self, key: Hashable) -> None:
        kept = self._kept.pop(key, None)
        self._bytes -= kept.bytes if kept else 0


_shared: WeakKeyDictionary[asyncio.AbstractEventLoop, SharedAnswers] = WeakKeyDictionary()


def shared_answers() -> SharedAnswers:
    """Those of the running event loop; a server process has one."""
    return _shared.setdefault(asyncio.get_running_loop(), SharedAnswers())
