"""The waiting room of a web process: runners' long polls, asleep until their run has news.

Who waits is woken by the poke that every change of a run sends, within milliseconds; and by this process's own look at
Postgres, one query a second for all who wait, which is all that is left while Redis is away. A thousand that wait cost
no more queries than one. A run that grows without anything for its runner to hear wakes nobody.

Guarantee: news that was committed before or while a runner waits ends its wait within `LOOK_SECONDS` and the time of
one query. Nothing is kept here: a process that dies ends its polls, and they come again.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import time
from collections.abc import Iterator, Mapping
from weakref import WeakKeyDictionary

from ingest.pool import open_pool
from traces.live.ear import Ear, Heard

LOOK_SECONDS = 1.0
LINGER_SECONDS = 60.0
SEQS = "SELECT id, control_seq FROM traces_run WHERE id = ANY(%s)"
log = logging.getLogger(__name__)

After = Mapping[str, int]
"""Run id → the last control seq that was heard of it."""


class WaitingRoom:
    """Those who wait in one event loop. It listens and looks while somebody does, and for a minute more."""

    def __init__(self) -> None:
        self._waiting: dict[str, dict[asyncio.Event, int]] = {}
        self._ear = Ear("control", self._hear)
        self._looking: asyncio.Task[None] | None = None
        self._empty_since = 0.0

    @contextlib.contextmanager
    def seat(self, after: After) -> Iterator[asyncio.Event]:
        """Yield an event that is set when one of these runs may have news.

        Sit down first and look second: what happens between is woken for, not missed. It says nothing but "look".
        """
        woken = asyncio.Event()
        for run, seq in after.items():
            self._waiting.setdefault(run, {})[woken] = seq
        if self._looking is None:
            self._looking = asyncio.create_task(self._look())
        try:
            yield woken
        finally:
            self._leave(after, woken)

    def _leave(self, after: After, woken: asyncio.Event) -> None:
        for run in after:
            seats = self._waiting.get(run, {})
            seats.pop(woken, None)
            if not seats:
                self._waiting.pop(run, None)
        self._empty_since = time.monotonic()

    def _hear(self, heard: Heard) -> None:
        self._wake(heard.run, heard.control_seq)

    def _wake(self, run: str, control_seq: int) -> None:
        for woken, heard in self._waiting.get(run, {}).items():
            if control_seq > heard:
                woken.set()

    async def _look(self) -> None:
        listening = asyncio.create_task(self._ear.listen())
        try:
            # Between two polls of the only runner the room is empty: who left comes back at once.
            while self._waiting or time.monotonic() - self._empty_since < LINGER_SECONDS:
                await asyncio.sleep(LOOK_SECONDS)
                if self._waiting:
                    await self._look_once()
        finally:
            listening.cancel()
            self._looking = None

    async def _look_once(self) -> None:
        try:
            async with (await open_pool()).connection() as connection:
                cursor = await connection.execute(SEQS, [list(self._waiting)])
                found = await cursor.fetchall()
        except Exception as error:  # noqa: BLE001 - a Postgres that restarts must not end the looking
            log.warning("control: no look at Postgres: %s", error)
            return
        for run, control_seq in found:
            self._wake(str(run), control_seq)


_rooms: WeakKeyDictionary[asyncio.AbstractEventLoop, WaitingRoom] = WeakKeyDictionary()


def waiting_room() -> WaitingRoom:
    """The room of the running event loop; a server process has one."""
    return _rooms.setdefault(asyncio.get_running_loop(), WaitingRoom())
