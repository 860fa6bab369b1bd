"""Poke: tell live pages, and runners that wait, that runs grew. Never data, never the truth.

Guarantee: none. A poke may be lost (Redis down, a slow browser); pages and runners then see the change at their next
look, because they compare seqs. So a failure here is logged and forgotten, and recording goes on. A Redis that hangs
holds up one poke in `MUTED_SECONDS`, not each.
"""

from __future__ import annotations

import asyncio
import logging
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

from asgiref.sync import async_to_sync
from channels.layers import get_channel_layer
from django.conf import settings

GROUP = "pokes"
TREE, APPROVALS = "tree", "approvals"
TOPICS = [TREE, APPROVALS]
"""What a page may follow of a run: the run at all, and what of it waits for people."""
PATIENCE_SECONDS = 2.0  # a Redis that hangs must not stop recording
MUTED_SECONDS = 5.0
log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class RunChange:
    """What changed: the run's last entry is `seq` now, and `control_seq` the last one that its runner must hear of.

    `is_about_approvals` when something was asked, decided or used: each open page counts what waits.
    """

    run: str
    project: int
    seq: int
    control_seq: int = 0
    is_about_approvals: bool = False

    @property
    def topics(self) -> list[str]:
        """What pages are told to look at."""
        return TOPICS if self.is_about_approvals else [TREE]


@dataclass(slots=True)
class _Muted:
    """Until when this process sends no poke, by its monotonic clock."""

    until: float = float("-inf")


_muted = _Muted()


def poke(changes: Sequence[RunChange]) -> None:
    """Publish one message for all runs that one pass of a worker changed."""
    if not changes:
        return
    if settings.ROLE == "worker":
        asyncio.run_coroutine_threadsafe(poke_from_loop(changes), _own_loop()).result()
    else:
        async_to_sync(poke_from_loop)(changes)


@cache
def _own_loop() -> asyncio.AbstractEventLoop:
    """A loop for all pokes of this process: one that was made for a poke connects for it, in 6 ms instead of 0.6."""
    loop = asyncio.new_event_loop()
    threading.Thread(target=loop.run_forever, name="pokes", daemon=True).start()
    return loop


async def poke_from_loop(changes: Sequence[RunChange]) -> None:
    """Do the same where an event loop runs, without a thread that the end of the loop would wait for."""
    if time.monotonic() < _muted.until:
        return
    message = {
        "type": "poke",
        "runs": [
            [each.run, each.project, each.seq, each.topics, each.control_seq] for each in changes
        ],
    }
    try:
        await asyncio.wait_for(get_channel_layer().group_send(GROUP, message), PATIENCE_SECONDS)
    except Exception as error:  # noqa: BLE001 - whatever Redis does, recording has succeeded
        _muted.until = time.monotonic() + MUTED_SECONDS
        log.warning("no poke for %d runs, and none for a while: %r", len(changes), error)
