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
from typing import Any
from weakref import WeakKeyDictionary

from channels.layers import get_channel_layer

from ingest.pool import open_pool
from traces.live.publish import GROUP

LOOK_SECONDS = 1.0
REJOIN_SECONDS = 15.0
RETRY_SECONDS = 2.0
SEQS = "SELECT id, control_seq FROM traces_run WHERE id = ANY(%s)"
log = logging.getLogger(__name__)

After = Mapping[str, int]
"""Run id → the last control seq that was heard of it."""


class WaitingRoom:
    """Those who wait in one event loop. It listens and looks only while somebody does."""

    def __init__(self) -> None:
        self._waiting: dict[str, dict[asyncio.Event, int]] = {}
        self._tasks: list[asyncio.Task[None]] = []

    @contextlib.contextmanager
    def seat(self, after: After) -> Iterator[asyncio.Event]:
        """Yield an event that is set when one of these runs may have news.

        Sit down first and look second: what happens between is woken for, not missed. It says nothing but "look".
        """
        woken = asyncio.Event()
        for run, seq in after.items():
            self._waiting.setdefault(run, {})[woken] = seq
        if not self._tasks:
            self._tasks = [asyncio.create_task(job) for job in (self._listen(), self._look())]
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
        if not self._waiting:
            for task in self._tasks:
                task.cancel()
            self._tasks = []

    async def _listen(self) -> None:
        while True:
            try:
                layer = get_channel_layer()
                await self._listen_on(layer, await layer.new_channel("control"))
            except Exception as error:  # noqa: BLE001 - Redis may be away; the look goes on meanwhile
                log.warning("control: not listening: %s", error)
                await asyncio.sleep(RETRY_SECONDS)

    async def _listen_on(self, layer: Any, channel: str) -> None:
        try:
            while True:
                # Again and again: a Redis that was flushed has forgotten who is in the group.
                await layer.group_add(GROUP, channel)
                await self._hear_until(layer, channel, time.monotonic() + REJOIN_SECONDS)
        finally:
            await layer.group_discard(GROUP, channel)

    async def _hear_until(self, layer: Any, channel: str, end: float) -> None:
        with contextlib.suppress(TimeoutError):
            while (left := end - time.monotonic()) > 0:
                message = await asyncio.wait_for(layer.receive(channel), left)
                for run, _project, _seq, _topics, control_seq in message.get("runs", ()):
                    self._wake(str(run), control_seq)

    def _wake(self, run: str, control_seq: int) -> None:
        for woken, heard in self._waiting.get(run, {}).items():
            if control_seq > heard:
                woken.set()

    async def _look(self) -> None:
        while True:
            await asyncio.sleep(LOOK_SECONDS)
            try:
                await self._look_once()
            except Exception as error:  # noqa: BLE001 - a Postgres that restarts must not end the looking
                log.warning("control: no look at Postgres: %s", error)

    async def _look_once(self) -> None:
        async with (await open_pool()).connection() as connection:
            cursor = await connection.execute(SEQS, [list(self._waiting)])
            found = await cursor.fetchall()
        for run, control_seq in found:
            self._wake(str(run), control_seq)


_rooms: WeakKeyDictionary[asyncio.AbstractEventLoop, WaitingRoom] = WeakKeyDictionary()


def waiting_room() -> WaitingRoom:
    """The room of the running event loop; a server process has one."""
    return _rooms.setdefault(asyncio.get_running_loop(), WaitingRoom())
