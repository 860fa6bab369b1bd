"""Waiting, in a loop, for something to be so: never for a time that has to pass."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

PATIENCE = 30.0


async def until(is_so: Callable[[], Any]) -> None:
    """Return when it is so; `TimeoutError` when it never is. What else waits in the loop goes on meanwhile."""
    async with asyncio.timeout(PATIENCE):
        while not is_so():
            await asyncio.sleep(0.005)
