"""How a page asks: over at most six connections that it keeps, each piece once at a time and once more when it must."""

from __future__ import annotations

import asyncio
import gzip
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass, field

from inspector.bench.stack import Stack

AT_ONCE = 6  # connections that a browser opens to one host
Connection = tuple[asyncio.StreamReader, asyncio.StreamWriter]


@dataclass(slots=True)
class Asked:
    """What all pages asked for: how often each piece, and how many answers were not 200; and what sockets brought."""

    times: dict[str, int] = field(default_factory=dict)
    brought: int = 0
    failed: int = 0


class Asker:
    """The connections of one page."""

    def __init__(self, stack: Stack, cookie: str, asked: Asked) -> None:
        self._head = (
            f"Host: {stack.host}:{stack.port}\r\nCookie: {cookie}\r\n"
            "Accept-Encoding: gzip\r\nHX-Request: true\r\nSec-Fetch-Dest: empty\r\n"
        )
        self._stack = stack
        self._asked = asked
        self._turns = asyncio.Semaphore(AT_ONCE)
        self._idle: list[Connection] = []

    async def get(self, name: str, path: str, *, told: int = -1) -> bytes:
        """Return the body of a 200; what is left before its answer came costs a connection, as in a browser."""
        async with self._turns:
            reader, writer = await self._connect()
            try:
                known = f"Live-Seq: {told}\r\n" if told >= 0 else ""
                writer.write(f"GET {path} HTTP/1.1\r\n{self._head}{known}\r\n".encode())
                status, body = await _read_answer(reader)
            except BaseException as error:
                writer.close()
                self._asked.failed += isinstance(error, OSError | EOFError)
                raise
            self._idle.append((reader, writer))
        self._asked.times[name] = self._asked.times.get(name, 0) + 1
        self._asked.failed += status != 200
        return body

    def close(self) -> None:
        """Hang up."""
        for _, writer in self._idle:
            writer.close()

    async def _connect(self) -> Connection:
        while self._idle:
            reader, writer = self._idle.pop()
            if not reader.at_eof():
                return reader, writer
        return await asyncio.open_connection(self._stack.host, self._stack.port)


class OneAtATime:
    """A piece that is asked for again when it was wanted while it was on its way, as loader.js and htmx do."""

    def __init__(self, load: Callable[[], Awaitable[None]]) -> None:
        self._load = load
        self._again = False
        self._task: asyncio.Task[None] | None = None

    def want(self) -> None:
        """Ask, now or after the answer that is awaited."""
        self._again = True
        if self._task is None or self._task.done():
            self._task = asyncio.create_task(self._run())

    async def _run(self) -> None:
        while self._again:
            self._again = False
            with suppress(OSError, EOFError):
                await self._load()


class Throttle:
    """Calls at once, then at most once each so many seconds, the last call never lost: `throttle` of live.js."""

    def __init__(self, call: Callable[[], None], every: float) -> None:
        self._call, self._every = call, every
        self._timer: asyncio.TimerHandle | None = None
        self._waiting = False

    def __call__(self) -> None:
        """Call, or note that it is to be called."""
        if self._timer is not None:
            self._waiting = True
            return
        self._call()
        self._timer = asyncio.get_running_loop().call_later(self._every, self._after)

    def _after(self) -> None:
        self._timer = None
        if self._waiting:
            self._waiting = False
            self()


async def _read_answer(reader: asyncio.StreamReader) -> tuple[int, bytes]:
    head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").lower()
    first, *lines = head.rstrip().split("\r\n")
    headers = {name: value.strip() for name, _, value in (line.partition(":") for line in lines)}
    body = await reader.readexactly(int(headers.get("content-length", "0")))
    if headers.get("content-encoding") == "gzip":
        body = gzip.decompress(body)
    return int(first.split()[1]), body
