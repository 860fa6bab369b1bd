"""Questions of many that are put together: while one look is under way, whoever asks waits for the next one.

So each answer was looked up after it was asked for, and however many ask, no more than one look is under way.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Collection, Hashable, Mapping
from typing import Generic, TypeVar

Asked = TypeVar("Asked", bound=Hashable)
Found = TypeVar("Found")


class Together(Generic[Asked, Found]):
    """Asks `look` for all who wait; what it does not find is None. What it raises, each of them gets."""

    def __init__(
        self, look: Callable[[Collection[Asked]], Awaitable[Mapping[Asked, Found]]]
    ) -> None:
        self._look = look
        self._waiting: dict[Asked, None] = {}
        self._next: asyncio.Task[Mapping[Asked, Found]] | None = None
        self._is_free = asyncio.Lock()

    async def ask(self, asked: Asked) -> Found | None:
        """Return what was found."""
        self._waiting[asked] = None
        if self._next is None:
            self._next = asyncio.create_task(self._look_next())
        # Whoever leaves must not take the answer of the others along.
        return (await asyncio.shield(self._next)).get(asked)

    async def _look_next(self) -> Mapping[Asked, Found]:
        async with self._is_free:
            asked, self._waiting, self._next = self._waiting, {}, None
            return await self._look(asked)
