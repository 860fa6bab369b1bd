"""The socket of a live page: `/live?run=<id>`, for one run or two, or `/live?project=<slug>`, once or more.

It says hello with the last seq, then pokes, and hangs up on whoever talks back. Access is asked at connection and
again, at most once in `RECHECK`, before a poke is passed on; who lost it is closed with 4404 and told no more than who
never had it.
"""

from __future__ import annotations

import json
import time
from types import SimpleNamespace
from typing import Any, cast
from urllib.parse import parse_qs

from channels.db import database_sync_to_async
from channels.generic.websocket import AsyncWebsocketConsumer
from django.contrib.auth import get_user
from django.http import HttpRequest
from django.urls import path

from traces.live.hub import Poke, Subscriber, hub
from traces.queries.access import NotVisible
from traces.queries.sight import Sight, sight_of_project, sight_of_run

RECHECK = 5.0
NOT_HERE = 4404
NOT_TAKEN = 4400
MOST_PROJECTS = 20
MOST_RUNS = 2


class LiveConsumer(AsyncWebsocketConsumer):  # type: ignore[misc]
    """One browser's ear on a run, on two that are compared, or on its projects."""

    # No layer of its own: the hub hears for all, and a receive for each browser would cost a core.
    channel_layer_alias = "none"
    subscribers: list[Subscriber]

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
        await self._say(Poke(run=seen[0].run, seq=seen[0].seq, topics=[]))

    async def disconnect(self, code: int) -> None:
        """Leave the hub."""
        for subscriber in self.subscribers:
            hub().remove(subscriber)
        self.subscribers = []

    async def receive(self, text_data: str | None = None, bytes_data: bytes | None = None) -> None:
        """Hang up: pages say nothing here, and words that nobody reads would pile up in memory."""
        await self.close(NOT_TAKEN)

    async def deliver(self, poke: Poke) -> None:
        """Pass a poke on to those who may still see what they follow."""
        if time.monotonic() - self.looked > RECHECK:
            seen = await self._look()
            if len(seen) < len(self.subscribers):
                await self.close(NOT_HERE)
                return
        await self._say(poke)

    async def _look(self) -> list[Sight]:
        self.looked = time.monotonic()
        look = database_sync_to_async(_sights)
        seen: list[Sight] = await look(self.scope, self.runs, self.projects)
        return seen

    async def _say(self, poke: Poke) -> None:
        await self.send(text_data=json.dumps(poke, separators=(",", ":")))


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


websocket_urlpatterns = [path("live", LiveConsumer.as_asgi())]
