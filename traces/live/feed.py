"""What the socket of a run's page brings with a poke: the bones that are new, and the pieces that look otherwise now.

Fifty pages that each fetch what a poke is about cost a server 3.5 ms for each of four hundred requests a second; what
is brought is made once and sent to all of them. It is asked of the same views that a page would ask, with the page's
own session, and whether it may be seen is looked up each time (`Bring`). What cannot be brought is fetched as ever.

Guarantee: none but that of `Bring`, that nothing is older than what the page was told of. A page says what it wants
before each answer, so that no more than one is ever on its way to it; bytes that it does not take do not pile up.
"""

from __future__ import annotations

import asyncio
import contextlib
import time
from collections.abc import Awaitable, Callable, Coroutine
from dataclasses import dataclass
from typing import Any

from traces.live.wanted import Wanted

MOST_BROUGHT = 1024 * 1024
"""Bytes of one message: an end for what a socket may be sent, and for what may be said to it in many frames."""
MOST_BONES = 256 * 1024
"""Bytes of bones that are brought; a page that is further behind fetches them, compressed."""
MOST_PIECE = 128 * 1024
TICK = 0.1

Bring = Callable[[str, int], Awaitable[bytes | None]]
"""An address and the last entry that was told of → what a page would get there; None where that is not for all."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Brought:
    """Bones as JSON, and pieces as HTML by their addresses; None for a piece that looks as it did."""

    bones: str | None = None
    pieces: dict[str, str | None] | None = None

    @property
    def is_something(self) -> bool:
        """Whether anything was brought: then whoever it is for may see the run."""
        return self.bones is not None or bool(self.pieces)


NOTHING = Brought()


class Feed:
    """What one page wants of one run, and what it was brought. `send` is called for what comes by itself."""

    def __init__(
        self,
        *,
        run: str,
        bring: Bring,
        send: Callable[[Brought], Awaitable[None]],
        now: Callable[[], float] = time.monotonic,
    ) -> None:
        self._run = run
        self._bring = bring
        self._send = send
        self._now = now
        self._told = -1
        self._news = 0
        self._known = 0
        self._after: int | None = None
        self._is_bringing = False
        self._pieces: tuple[str, ...] = ()
        self._shown: dict[str, int] = {}
        self._second = 0
        self._owing: asyncio.Task[None] | None = None
        self._tasks: set[asyncio.Task[None]] = set()

    def want(self, wanted: Wanted) -> None:
        """Take in what is wanted now. What there is of it already is brought soon."""
        self._pieces = wanted.pieces
        # What is on its way will be answered too.
        self._after = None if self._is_bringing else wanted.after
        if self._after is not None and self._after < self._told:
            self._begin(self._bring_rest())
        # What was told while these words were on their way: the page counts on its pieces since it said them.
        self._owe_pieces()

    async def tell(self, seq: int, *, is_news: bool) -> Brought:
        """Take in that the run has come to an entry, or, without one, that it may have; return bones to send with that.

        Pieces follow by themselves: a slow one must not hold up the tree.
        """
        self._told = max(self._told, seq)
        if not is_news:
            return NOTHING
        self._news += 1
        self._owe_pieces()
        return Brought(bones=await self._bones())

    def close(self) -> None:
        """Bring nothing more."""
        for task in self._tasks:
            task.cancel()

    def _begin(self, work: Coroutine[Any, Any, None]) -> asyncio.Task[None]:
        task = asyncio.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return task

    def _owe_pieces(self) -> None:
        is_owing = self._owing is not None and not self._owing.done()
        if self._pieces and self._known != self._news and not is_owing:
            self._owing = self._begin(self._bring_pieces())

    async def _bring_rest(self) -> None:
        """At the next tick, when all that are behind are brought the same, and not for each alone."""
        await asyncio.sleep(TICK - self._now() % TICK)
        if self._after is not None and self._after < self._told:
            await self._send_on(Brought(bones=await self._bones()))

    async def _bones(self) -> str | None:
        """Bones as of the entry that all were told of: whoever is brought them goes on from there, with all others."""
        after, self._after = self._after, None
        if after is None:
            return None
        self._is_bringing = True
        try:
            address = f"/runs/{self._run}/tree/growth?after={after}&until={max(after, self._told)}"
            brought = await self._bring(address, self._told)
        finally:
            self._is_bringing = False
        return None if brought is None or len(brought) > MOST_BONES else brought.decode()

    async def _bring_pieces(self) -> None:
        """At most once a second, and for all sockets in the same moment, so that they are made once.

        Again after news that came while they were made: it may be the last of the run.
        """
        while self._known != self._news:
            if int(self._now()) <= self._second:
                await asyncio.sleep(1 - self._now() % 1)
            self._known = self._news
            await self._send_on(Brought(pieces=await self._changed_pieces()))

    async def _send_on(self, brought: Brought) -> None:
        # That no piece could be brought is said too: the page trusts that they are, and then fetches them.
        # The socket may have gone; its page then asks anew.
        if brought != NOTHING:
            with contextlib.suppress(Exception):
                await self._send(brought)

    async def _changed_pieces(self) -> dict[str, str | None]:
        self._second = int(self._now())
        asked = self._pieces
        changed: dict[str, str | None] = {}
        for address in asked:
            # One after the other: each is made in a thread, and three at once hold up the bones of the next poke.
            piece = await self._bring(address, self._told)
            if piece is None or len(piece) > MOST_PIECE:
                continue
            looks = hash(piece)
            changed[address] = None if self._shown.get(address) == looks else piece.decode()
            self._shown[address] = looks
        self._shown = {each: looks for each, looks in self._shown.items() if each in asked}
        return changed
