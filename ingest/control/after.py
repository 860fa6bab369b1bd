"""What is done after the answer, for nobody who waits for a command should wait for it: pokes, and notes of delivery.

Guarantee: none. A process that dies in between loses a poke, which delays a page, or a note of delivery, which the
acknowledgement overtakes.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Coroutine, Sequence
from typing import Any

from traces.live.publish import RunChange, poke_from_loop

log = logging.getLogger(__name__)
# The event loop holds its tasks weakly.
_under_way: set[asyncio.Task[None]] = set()


def do_later(what: Coroutine[Any, Any, None]) -> None:
    """Start it, and go on."""
    task = asyncio.create_task(_quietly(what))
    _under_way.add(task)
    task.add_done_callback(_under_way.discard)


def poke_later(changes: Sequence[RunChange]) -> None:
    """Tell live pages that these runs grew; a Redis that hangs keeps no runner from its answer."""
    if changes:
        do_later(poke_from_loop(changes))


async def _quietly(what: Coroutine[Any, Any, None]) -> None:
    try:
        await what
    except Exception:
        log.exception("what was to be done after an answer failed")
