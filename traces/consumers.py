"""The socket of a live page: `/live?run=<id>`, for one run or two, or `/live?project=<slug>`, once or more.

It says hello with the last seq, then pokes. The page of one run may say what it wants brought with them
(`traces.live.wanted`); whoever says anything else is hung up on. Access is asked at connection and again, at most once
in `RECHECK`, before a poke is passed on, and for all that is brought; who lost it is closed with 4404 and told no more
than who never had it.
"""

from __future__ import annotations

import json
import time
from collections.abc import Awaitable, Callable
from functools import partial
from types import SimpleNamespace
from typing import Any, cast
from urllib.parse import parse_qs

from channels.db import database_sync_to_async
from channels.generic.websocket import AsyncWebsocketConsumer
from django.contrib.auth import get_user
from django.http import HttpRequest
from django.urls import URLPattern, path

from traces.live.feed import MOST_BROUGHT, NOTHING, Brought, Feed
from traces.live.hub import Poke, Subscriber, hub
from traces.live.wanted import read_wanted
from traces.queries.access import NotVisible
from traces.queries.sight import Sight, sight_of_project, sight_of_run

RECHECK = 5.0
NOT_HERE = 4404
NOT_TAKEN = 4400
MOST_PROJECTS = 20
MOST_RUNS = 2

Bring = Callable[[Any, str, int], Awaitable[bytes | None]]
"""A socket's scope, and what `traces.live.feed.Bring` takes."""


class LiveConsumer(AsyncWebsocketConsumer):  # type: ignore[misc]
    """One browser's ear on a run, on two that are compared, or on its projects."""

    # No layer of its own: the hub hears for all, and a receive for each browser would cost a core.
    channel_layer_alias = "none"
    subscribers: list[Subscriber]
    looked: float

    def __init__(self, *args: Any, bring: Bring | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._bring = bring
        self._feed: Feed | None = None

    async def dispatch(self, message: Any) -> None:
        """Hear without Channels' look for old database connections before each word, in a thread: none is used here."""
        if message["type"] != "websocket.receive":
            await super().dispatch(message)
        else:
            await self.websocket_receive(message)

    async def connect(self) -> None:
        """Subscribe first and look second: what happens between is poked, not missed."""
        asked = parse_qs(self.scope["query_string"].decode("ascii", "replace"))
        self.subscribers = []
        self.runs = asked.get("run", [])[:MOST_RUNS]
        self.projects = asked.get("project", [])[:MOST_PROJECTS]
        await self.accept()
        seen = await self._look()
        if not seen:
            await self.close(NOT_HERE)
            return
        self.subscribers = [
            Subscriber(project=each.project, run=each.run, deliver=self.deliver) for each in seen
        ]
        for subscriber in self.subscribers:
            hub().add(subscriber)
        seen = await self._look() or seen
        if self._bring is not None and len(self.runs) == 1:
            run = str(seen[0].run)
            self._feed = Feed(
                run=run,
                bring=partial(self._bring, self.scope),
                send=partial(self._say_brought, run),
            )
        await self._say(Poke(run=seen[0].run, seq=seen[0].seq, topics=[]))

    async def disconnect(self, code: int) -> None:
        """Leave the hub."""
        if self._feed is not None:
            self._feed.close()
        for subscriber in self.subscribers:
            hub().remove(subscriber)
        self.subscribers = []

    async def receive(self, text_data: str | None = None, bytes_data: bytes | None = None) -> None:
        """Take in what the page wants; hang up on other words, which nobody would read."""
        wanted = read_wanted(text_data, self.runs[0]) if self._feed is not None else None
        if self._feed is None or wanted is None:
            await self.close(NOT_TAKEN)
            return
        self._feed.want(wanted)

    async def deliver(self, poke: Poke) -> None:
        """Pass a poke on to those who may still see what they follow."""
        brought = NOTHING
        if self._feed is not None:
            brought = await self._feed.tell(poke["seq"], is_news=bool(poke["topics"]))
        # Whoever is brought something was looked up for that, with all others at once.
        if not brought.is_something and time.monotonic() - self.looked > RECHECK:
            seen = await self._look()
            if len(seen) < len(self.subscribers):
                await self.close(NOT_HERE)
                return
        await self._say(poke, brought)

    async def _look(self) -> list[Sight]:
        self.looked = time.monotonic()
        look = database_sync_to_async(_sights)
        seen: list[Sight] = await look(self.scope, self.runs, self.projects)
        return seen

    async def _say_brought(self, run: str, brought: Brought) -> None:
        await self._say(Poke(run=run, seq=-1, topics=[]), brought)

    async def _say(self, poke: Poke, brought: Brought = NOTHING) -> None:
        if brought.is_something:
            self.looked = time.monotonic()  # it was looked up for what is brought
        await self.send(text_data=_write(poke, brought))


def _write(poke: Poke, brought: Brought) -> str:
    """A message; without what is brought where that is too much for one, for a page can ask by itself."""
    plain = json.dumps(poke, separators=(",", ":"))
    more = []
    if brought.pieces is not None:
        more.append(f'"pieces":{json.dumps(brought.pieces, ensure_ascii=False)}')
    if brought.bones is not None:
        more.append(f'"bones":{brought.bones}')  # JSON already, and for many sockets the same
    text = ",".join([plain[:-1], *more]) + "}"
    return text if len(text.encode()) <= MOST_BROUGHT else plain


def _sights(scope: Any, runs: list[str], projects: list[str]) -> list[Sight]:
    """What this person sees of the runs or the projects; nothing once their session or account has ended."""
    try:
        who = _who(scope["session"])
        if runs:
            return [sight_of_run(who=who, run_id=run) for run in runs]
        return [sight_of_project(who=who, slug=slug) for slug in projects]
    except NotVisible:
        return []


def _who(session: Any) -> Any:
    """Whoever the session stands for now: it may have ended, the account be closed, the password another."""
    if not session.exists(session.session_key or ""):
        raise NotVisible
    return get_user(cast("HttpRequest", SimpleNamespace(session=session)))


def open_sockets(bring: Bring) -> list[URLPattern]:
    """The addresses of sockets; `bring` fetches what a page would, as the person whose socket it is."""
    return [path("live", LiveConsumer.as_asgi(bring=bring))]
