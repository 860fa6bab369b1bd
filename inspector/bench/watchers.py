"""Open pages of a run without their browsers: what each page's scripts ask for over the network, no more, no less.

A socket says that the run grew, and brings the bones that are new and the pieces that changed, as the page says after
each message that it wants them. What it does not bring is asked for: bones, one request at a time, the rows in view
that they changed, and the pieces of the page that listen to a poke, at most once a second.
"""

from __future__ import annotations

import asyncio
import json
import random
import re
import threading
from contextlib import suppress
from typing import Any

from inspector.bench.asking import Asked, Asker, OneAtATime, Throttle
from inspector.bench.sockets import hear
from inspector.bench.stack import Stack

FRAGMENTS_EVERY = 1.0  # of live.js
ROWS_AFTER = 0.04  # of flesh.js
RETRY_AFTER = 0.5
BADGE_EVERY = 30.0  # of badge.js
IN_VIEW = 24
ROW = re.compile(r'data-ordinal="(\d+)"')
WATCHED = "sample"  # the kind of the nodes that are in view; the others are folded away
PIECES = (
    "header",
    "candidates",
    "verdicts",
)  # with `poke from:body`, on the page of a run without control


class Watcher:
    """One page that looks at the last children of a run's last branch."""

    def __init__(self, stack: Stack, run: str, cookie: str, asked: Asked) -> None:
        self._stack, self._cookie = stack, cookie
        self._run = run
        self.is_there = threading.Event()
        self._asker = Asker(stack, cookie, asked)
        self._page_seq = self._seq = -1
        self._ordinals: list[int] = []
        self._stale: set[int] = set()
        self._bones = OneAtATime(self._load_bones)
        self._rows: asyncio.Task[None] | None = None
        self._asked = asked
        self._brought: set[str] = set(PIECES)
        self._pieces = {name: OneAtATime(lambda name=name: self._load(name)) for name in PIECES}  # type: ignore[misc]
        self._fragments = Throttle(self._want_pieces, FRAGMENTS_EVERY)

    async def watch(self, *, late: float) -> None:
        """Open the page after so many seconds, and follow the run until cancelled."""
        await asyncio.sleep(late)
        await self._asker.get("page", f"/runs/{self._run}")
        self._bones.want()
        badge = asyncio.create_task(self._look_at_badge(random.random() * BADGE_EVERY))
        try:
            await self._follow()
        finally:
            badge.cancel()
            self._asker.close()

    async def _follow(self) -> None:
        while True:
            # A socket that is lost or that nobody has taken yet is opened again.
            with suppress(OSError, EOFError):
                pokes = hear(self._stack, f"/live?run={self._run}", self._cookie, self._answer)
                async for told in pokes:
                    self._hear(json.loads(told))
            self._brought = set(PIECES)  # presumed of the next one too
            await asyncio.sleep(RETRY_AFTER)

    def _answer(self, _: str) -> str:
        pieces = [f"/runs/{self._run}/{name}" for name in PIECES]
        return json.dumps({"after": self._seq if self._seq >= 0 else None, "pieces": pieces})

    def _hear(self, poke: dict[str, Any]) -> None:
        self.is_there.set()
        self._asked.brought += ("bones" in poke) + len(poke.get("pieces", ()))
        if "pieces" in poke:
            self._take_pieces({address.rpartition("/")[2] for address in poke["pieces"]})
        is_news = poke["topics"] or poke["seq"] > self._page_seq
        self._page_seq = max(self._page_seq, poke["seq"])
        if "bones" in poke and 0 <= poke["bones"]["after"] <= self._seq:
            self._take(poke["bones"])
        elif is_news:
            self._bones.want()
        if is_news:
            self._fragments()

    def _take_pieces(self, brought: set[str]) -> None:
        missing, self._brought = self._brought - brought, brought
        for name in missing:
            self._pieces[name].want()

    def _want_pieces(self) -> None:
        for name, piece in self._pieces.items():
            if name not in self._brought:
                piece.want()

    async def _load(self, name: str) -> None:
        await self._asker.get(name, f"/runs/{self._run}/{name}", told=self._page_seq)

    async def _load_bones(self) -> None:
        told = await self._asker.get(
            "bones", f"/runs/{self._run}/tree/bones?after={self._seq}", told=self._page_seq
        )
        self._take(json.loads(told))

    def _take(self, piece: dict[str, Any]) -> None:
        if piece["seq"] < self._seq:
            return
        self._seq = max(self._seq, piece["seq"])
        self._page_seq = max(self._page_seq, piece["seq"])
        columns = piece["columns"]
        kinds = piece["names"]["kind"]
        for ordinal, kind in zip(columns["ordinal"], columns["kind"], strict=True):
            if kinds[kind] == WATCHED and ordinal not in self._ordinals:
                self._ordinals.append(ordinal)
        self._stale.update(columns["ordinal"])
        self._stale.difference_update(map(int, ROW.findall(piece.get("rows", ""))))
        self._want_rows()

    def _want_rows(self) -> None:
        wanted = [ordinal for ordinal in self._ordinals[-IN_VIEW:] if ordinal in self._stale]
        if wanted:
            if self._rows is not None:
                self._rows.cancel()
            self._rows = asyncio.create_task(self._load_rows(wanted))

    async def _load_rows(self, wanted: list[int]) -> None:
        await asyncio.sleep(ROWS_AFTER)
        names = ",".join(map(str, wanted))
        await self._asker.get(
            "rows", f"/runs/{self._run}/tree/rows?nodes={names}", told=self._page_seq
        )
        self._stale.difference_update(wanted)

    async def _look_at_badge(self, first: float) -> None:
        # As of a page that has been open for a while: who came together must not all ask after the measuring.
        await asyncio.sleep(first)
        while True:
            await self._asker.get("badge", "/approvals/badge")
            await asyncio.sleep(BADGE_EVERY)


async def watch_all(watchers: list[Watcher], *, over: float) -> None:
    """Let them come one after the other over some seconds, and stay until cancelled."""
    each = over / max(1, len(watchers))
    await asyncio.gather(
        *(watcher.watch(late=number * each) for number, watcher in enumerate(watchers))
    )
