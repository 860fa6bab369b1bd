"""One ear per process for pokes, and their fan-out to this process's sockets in memory.

A channel-layer message per browser and event costs a whole core at fifty browsers; one subscription for the process
and fan-out in memory serves a thousand. Pokes of one run that come within `EVERY` are merged into one: the highest
seq, all topics. Where telling takes longer than that, as long as it took is left for everything else, up to `SLOWEST`:
a server that is too busy tells less often, and nothing later.

Guarantee: at most `1 / EVERY` messages a second to a socket and run; none of them is the truth. While Redis is away
sockets hear a beat that says no more than "this server lives". When the ear hears again, every socket is told to look
again, once.
"""

from __future__ import annotations

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import TypedDict
from weakref import WeakKeyDictionary

from traces.live.ear import Ear, Heard
from traces.live.publish import TOPICS

EVERY = 0.1
SLOWEST = 1.0
BEAT = 10.0
RUNS_AT_ONCE = 20
log = logging.getLogger(__name__)


class Poke(TypedDict):
    """All that a browser is told."""

    run: str | None
    seq: int
    topics: list[str]


@dataclass(eq=False, slots=True, kw_only=True)
class Subscriber:
    """One socket: it follows one run, or all runs of its project."""

    project: int
    run: str | None
    deliver: Callable[[Poke], Awaitable[None]]


@dataclass(slots=True)
class _Pending:
    seq: int = -1
    project: int = -1
    topics: dict[str, None] = field(default_factory=dict)


class Hub:
    """The ear and the sockets of one event loop. It listens only while somebody is subscribed."""

    def __init__(self) -> None:
        self._runs: dict[str, set[Subscriber]] = {}
        self._projects: dict[int, set[Subscriber]] = {}
        self._pending: dict[str, _Pending] = {}
        self._due = asyncio.Event()
        self._ear = Ear("hub", self._take, lambda: self._tell_everyone(TOPICS))
        self._tasks: list[asyncio.Task[None]] = []

    def add(self, subscriber: Subscriber) -> None:
        """Start delivering to the subscriber."""
        self._home(subscriber).add(subscriber)
        if not self._tasks:
            jobs = (self._ear.listen(), self._flush(), self._beat())
            self._tasks = [asyncio.create_task(job) for job in jobs]

    def remove(self, subscriber: Subscriber) -> None:
        """Stop delivering to it; harmless when it is not there."""
        home = self._home(subscriber)
        home.discard(subscriber)
        if not home:
            self._runs.pop(subscriber.run or "", None)
            if subscriber.run is None:
                self._projects.pop(subscriber.project, None)
        if not self._runs and not self._projects:
            for task in self._tasks:
                task.cancel()
            self._tasks = []

    def _home(self, subscriber: Subscriber) -> set[Subscriber]:
        if subscriber.run is not None:
            return self._runs.setdefault(subscriber.run, set())
        return self._projects.setdefault(subscriber.project, set())

    def _take(self, heard: Heard) -> None:
        if heard.run not in self._runs and heard.project not in self._projects:
            return
        pending = self._pending.setdefault(heard.run, _Pending())
        pending.seq = max(pending.seq, heard.seq)
        pending.project = heard.project
        pending.topics.update(dict.fromkeys(heard.topics))
        self._due.set()

    async def _flush(self) -> None:
        while True:
            await self._due.wait()
            self._due.clear()
            began = time.monotonic()
            pending, self._pending = self._pending, {}
            told: dict[int, int] = {}
            topics: dict[int, set[str]] = {}
            for run, what in pending.items():
                poke = Poke(run=run, seq=what.seq, topics=list(what.topics))
                told[what.project] = told.get(what.project, 0) + 1
                said = topics.setdefault(what.project, set())
                # A list of runs is fetched again whole, so the first few pokes of a topic say it all.
                is_news = told[what.project] <= RUNS_AT_ONCE or not said.issuperset(what.topics)
                said.update(what.topics)
                wide = self._projects.get(what.project, ()) if is_news else ()
                await _deliver([*self._runs.get(run, ()), *wide], poke)
            await asyncio.sleep(min(max(EVERY, time.monotonic() - began), SLOWEST))

    async def _beat(self) -> None:
        while True:
            await asyncio.sleep(BEAT)
            await self._tell_everyone([])

    async def _tell_everyone(self, topics: list[str]) -> None:
        everyone = [*self._runs.values(), *self._projects.values()]
        for subscribers in everyone:
            for each in list(subscribers):
                await _deliver([each], Poke(run=each.run, seq=-1, topics=topics))


async def _deliver(subscribers: list[Subscriber], poke: Poke) -> None:
    """To all at once: what is brought with a poke is then looked up and made for all of them together."""
    taken = await asyncio.gather(
        *(each.deliver(poke) for each in subscribers), return_exceptions=True
    )
    for error in taken:
        # A socket that broke must not silence the others.
        if isinstance(error, Exception):
            log.info("live: a socket did not take its poke: %s", error)


_hubs: WeakKeyDictionary[asyncio.AbstractEventLoop, Hub] = WeakKeyDictionary()


def hub() -> Hub:
    """The hub of the running event loop; a server process has one."""
    return _hubs.setdefault(asyncio.get_running_loop(), Hub())
