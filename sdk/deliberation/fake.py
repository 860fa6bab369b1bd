"""An inspector in memory, for the tests of instrumented programs.

    from deliberation import fake

    with fake.server() as server:
        dl.configure(url=server.url, key=server.key, spool=False)
        my_program()
        dl.flush()
        assert [event.KIND for event in server.events] == [...]

It speaks real HTTP on a loopback port and reads events with the same codec as the real one. It
keeps each key of a run once, and no ledger. Troubles can be made: `server.fail_next`,
`server.delay`, `server.stop`.
"""

from __future__ import annotations

import gzip
import json
import threading
import time
import zlib
from base64 import b64encode
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from hashlib import sha256
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from deliberation.events.base import Event
from deliberation.events.fields import Invalid
from deliberation.events.server_made import read_sent

KEY = "fake-key"


@dataclass(frozen=True, slots=True)
class Trouble:
    """An answer that is given instead of the right one."""

    status: int
    retry_after: str | None


@dataclass(slots=True)
class Request:
    """One request as it came.

    Method, path, header fields by lower-case name, body without its encoding.
    """

    method: str
    path: str
    headers: dict[str, str]
    body: bytes
    answered: int = 0
    at: float = field(default_factory=time.monotonic)


class Server:
    """The fake. `events` are in the order of their arrival, each key of a run once."""

    def __init__(self, key: str = KEY) -> None:
        self.key = key
        self.delay = 0.0
        self.commands: list[dict[str, Any]] = []
        self.requests: list[Request] = []
        self._events: dict[tuple[str, str], Event] = {}
        self._repeated = 0
        self._troubles: list[Trouble] = []
        self._lock = threading.Lock()
        self._port = 0
        self._http: ThreadingHTTPServer | None = None
        self._thread: threading.Thread | None = None

    @property
    def url(self) -> str:
        """Where it listens, or listened; a stopped one comes back at the same address."""
        return f"http://127.0.0.1:{self._port}"

    @property
    def events(self) -> list[Event]:
        """All events so far."""
        with self._lock:
            return list(self._events.values())

    @property
    def repeated(self) -> int:
        """How many events came that were there already."""
        return self._repeated

    def of(self, kind: str) -> list[Any]:
        """Return the events of one kind, such as `node.started`."""
        return [event for event in self.events if kind == event.KIND]

    def fail_next(self, status: int, *, times: int = 1, retry_after: str | None = None) -> None:
        """Answer the next posts of events with this status."""
        with self._lock:
            self._troubles += [Trouble(status, retry_after)] * times

    def start(self) -> None:
        """Listen."""
        http = ThreadingHTTPServer(("127.0.0.1", self._port), _handler_of(self))
        http.daemon_threads = True
        self._port = http.server_port
        self._http = http
        self._thread = threading.Thread(
            target=http.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True
        )
        self._thread.start()

    def stop(self) -> None:
        """Stop listening, and answer what still comes over open connections with 503."""
        http, self._http = self._http, None
        if http is not None and self._thread is not None:
            http.shutdown()
            http.server_close()
            self._thread.join()

    @property
    def is_up(self) -> bool:
        """True between `start` and `stop`."""
        return self._http is not None

    def answer(self, request: Request) -> tuple[int, dict[str, str], dict[str, Any]]:
        """Return status, header fields and JSON for a request."""
        if not self.is_up:
            return 503, {}, {"title": "stopped"}
        authorization = request.headers.get("authorization", "")
        if not authorization.startswith("Bearer "):
            return 401, {}, {"title": "Unauthorized", "detail": "A key is needed."}
        if authorization != f"Bearer {self.key}":
            return 401, {}, {"title": "Unauthorized", "detail": "The key is not known."}
        if (request.method, request.path) != ("POST", "/v1/events"):
            return 404, {}, {"title": "Not found"}
        with self._lock:
            trouble = self._troubles.pop(0) if self._troubles else None
        if trouble is not None:
            wait = {"Retry-After": trouble.retry_after} if trouble.retry_after else {}
            return trouble.status, wait, {"title": "As asked"}
        return 200, {}, self._receive(request.body)

    def _receive(self, body: bytes) -> dict[str, Any]:
        rejected: list[dict[str, Any]] = []
        accepted = 0
        runs: set[str] = set()
        for number, line in enumerate(body.splitlines(), start=1):
            try:
                event = read_sent(line)
            except Invalid as error:
                rejected.append({"line": number, "error": str(error)})
                continue
            accepted += 1
            runs.add(event.run)
            with self._lock:
                self._repeated += (event.run, event.key) in self._events
                self._events.setdefault((event.run, event.key), event)
        heads = [self._head(run) for run in sorted(runs)]
        answer = {"accepted": accepted, "rejected": rejected, "commands": list(self.commands)}
        return {**answer, "head": heads[0] if heads else None, "heads": heads}

    def _head(self, run: str) -> str:
        """In the shape of a real one; it stands for no ledger."""
        keys = [key for of, key in self._events if of == run]
        return f"{run} {len(keys)} {b64encode(sha256(repr(keys).encode()).digest()).decode()}"


@contextmanager
def server(key: str = KEY) -> Iterator[Server]:
    """Yield a fake that listens until the block is left."""
    made = Server(key)
    made.start()
    try:
        yield made
    finally:
        made.stop()


def _handler_of(fake: Server) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            self._answer()

        def do_POST(self) -> None:
            self._answer()

        def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - http.server's signature
            pass

        def _answer(self) -> None:
            request = self._read()
            time.sleep(fake.delay)
            status, headers, plain = fake.answer(request)
            request.answered = status
            fake.requests.append(request)
            body = json.dumps(plain).encode()
            self.send_response(status)
            for name, value in {**headers, "Content-Type": "application/json"}.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(body)))
            if not fake.is_up:
                self.send_header("Connection", "close")
            self.end_headers()
            self.wfile.write(body)

        def _read(self) -> Request:
            headers = {name.lower(): value for name, value in self.headers.items()}
            body = self.rfile.read(int(headers.get("content-length", 0)))
            if headers.get("content-encoding") == "gzip":
                try:
                    body = gzip.decompress(body)
                except (OSError, EOFError, zlib.error):
                    body = b""
            return Request(self.command, self.path.partition("?")[0], headers, body)

    return Handler
