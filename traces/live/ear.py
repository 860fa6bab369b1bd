"""A process's ear for pokes: one subscription, however many wait for what it hears.

Guarantee: none of what it hears is the truth, and some may be missed. When Redis forgets the group or goes away, the
ear joins again within `REJOIN` or `WAIT` seconds, and says when it had been deaf: whoever waits may look then.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import time
from collections.abc import Awaitable, Callable
from typing import Any, NamedTuple

from channels.layers import get_channel_layer

from traces.live.publish import GROUP

REJOIN = 15.0
WAIT = 2.0
log = logging.getLogger(__name__)


class Heard(NamedTuple):
    """One run of a poke, as `publish` sends it."""

    run: str
    project: int
    seq: int
    topics: list[str]
    control_seq: int = 0


class Ear:
    """Hears until its task is cancelled. `hear` takes each run of each poke; `look_again` follows on deafness."""

    def __init__(
        self,
        name: str,
        hear: Callable[[Heard], None],
        look_again: Callable[[], Awaitable[None]] | None = None,
    ) -> None:
        self._name = name
        self._hear = hear
        self._look_again = look_again
        self._is_deaf = False

    async def listen(self) -> None:
        """Listen for ever."""
        while True:
            try:
                layer = get_channel_layer()
                await self._listen_on(layer, await layer.new_channel(self._name))
            except Exception as error:  # noqa: BLE001 - Redis may be away; the ear waits for it
                log.warning("%s: not listening: %s", self._name, error)
                self._is_deaf = True
                await asyncio.sleep(WAIT)

    async def _listen_on(self, layer: Any, channel: str) -> None:
        try:
            while True:
                # Again and again: a Redis that was flushed has forgotten who is in the group.
                await layer.group_add(GROUP, channel)
                if self._is_deaf:
                    self._is_deaf = False
                    if self._look_again is not None:
                        await self._look_again()
                await self._hear_until(layer, channel, time.monotonic() + REJOIN)
        finally:
            # An ear that nobody listens with would fill up with pokes.
            await layer.group_discard(GROUP, channel)

    async def _hear_until(self, layer: Any, channel: str, end: float) -> None:
        with contextlib.suppress(TimeoutError):
            while (left := end - time.monotonic()) > 0:
                message = await asyncio.wait_for(layer.receive(channel), left)
                for run, *rest in message.get("runs", ()):
                    self._hear(Heard(str(run), *rest))
