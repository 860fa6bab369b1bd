"""The socket of a live page: `/live?run=<id>` or `/live?project=<slug>`.

It says hello with the last seq, then pokes, and takes nothing in. Access is asked at connection and again, at most once
in `RECHECK`, before a poke is passed on; who lost it is closed with 4404 and told no more than who never had it.
"""

from __future__ import annotations

import json
import time
from typing import Any
from urllib.parse import parse_qs

from channels.db import database_sync_to_async
from channels.generic.websocket import AsyncWebsocketConsumer
from django.urls import path

from traces.live.hub import Poke, Subscriber, hub
from traces.queries.access import NotVisible
from traces.queries.sight import Sight, sight_of_project, sight_of_run

RECHECK = 5.0
NOT_HERE = 4404


class LiveConsumer(AsyncWebsocketConsumer):  # type: ignore[misc]
    """One browser's ear on one run or one project."""

    subscriber: Subscriber | None = None

    async def connect(self) -> None:
        """Subscribe first and look second: what happens between is poked, not missed."""
        asked = parse_qs(self.scope["query_string"].decode("ascii", "replace"))
        self.run = asked.get("run", [None])[0]
        self.project = asked.get("project", ["default"])[0]
        await self.accept()
        seen = await self._look()
        if seen is None:
            await self.close(NOT_HERE)
            return
        self.subscriber = Subscriber(project=seen.project, run=self.run, deliver=self.deliver)
        hub().add(self.subscriber)
        seen = await self._look() or seen
        await self._say(Poke(run=self.run, seq=seen.seq, topics=[]))

    async def disconnect(self, code: int) -> None:
        """Leave the hub."""
        if self.subscriber is not None:
            hub().remove(self.subscriber)

    async def receive(self, text_data: str | None = None, bytes_data: bytes | None = None) -> None:
        """Nothing is taken in: a page that wants to change something posts a form."""

    async def deliver(self, poke: Poke) -> None:
        """Pass a poke on to those who may still see the run."""
        if time.monotonic() - self.looked > RECHECK and await self._look() is None:
            await self.close(NOT_HERE)
            return
        await self._say(poke)

    async def _look(self) -> Sight | None:
        self.looked = time.monotonic()
        look = database_sync_to_async(_sight)
        seen: Sight | None = await look(self.scope["user"], self.run, self.project)
        return seen

    async def _say(self, poke: Poke) -> None:
        await self.send(text_data=json.dumps(poke, separators=(",", ":")))


def _sight(who: Any, run: str | None, project: str) -> Sight | None:
    """What this person sees of the run or project, or None; a signed-out person sees nothing."""
    try:
        if run is not None:
            return sight_of_run(who=who, run_id=run)
        return sight_of_project(who=who, slug=project)
    except NotVisible:
        return None


websocket_urlpatterns = [path("live", LiveConsumer.as_asgi())]
