"""HTTP to the server: one connection, kept alive, with timeouts. Standard library only.

Redirects and proxies are not followed: the address that was configured is the address that is
spoken to.
"""

from __future__ import annotations

import datetime as dt
import encodings.idna  # noqa: F401 - see below
import http.client
import json
import shutil
import socket
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from typing import IO, Any
from urllib.parse import urlsplit

# `encodings.idna` is what the first connection would import, in the sender's thread: a fork in the middle of that
# leaves the child with half a module, and no connection ever.

MAX_ANSWER_BYTES = 4 * 1024 * 1024
FAILED = (OSError, http.client.HTTPException, ValueError)
STALE = (ConnectionError, http.client.RemoteDisconnected, http.client.CannotSendRequest)


class Unreachable(Exception):
    """No answer came; the message says why."""


@dataclass(frozen=True, slots=True)
class Answer:
    """Status, header fields by lower-case name, and body."""

    status: int
    headers: dict[str, str]
    body: bytes

    def json(self) -> dict[str, Any]:
        """Return the body as a JSON object; empty when it is none."""
        try:
            plain = json.loads(self.body)
        except (ValueError, RecursionError):
            return {}
        return plain if isinstance(plain, dict) else {}

    def retry_after(self, now: dt.datetime) -> float | None:
        """Return the seconds the server asks to wait, or None (RFC 9110 §10.2.3.

        Seconds or a date).
        """
        said = self.headers.get("retry-after", "").strip()
        if said.isascii() and said.isdigit():
            return float(said[:9])
        try:
            at = parsedate_to_datetime(said)
        except (TypeError, ValueError):
            return None
        at = at if at.tzinfo else at.replace(tzinfo=dt.timezone.utc)
        return max(0.0, (at - now).total_seconds())


class Transport:
    """A connection to one server. Not for several threads at once."""

    def __init__(self, url: str, key: str, *, timeout: float) -> None:
        where = urlsplit(url)
        if where.scheme not in ("http", "https") or not where.hostname:
            raise ValueError(f"not an http or https address: {url!r}")
        self._secure = where.scheme == "https"
        self._host, self._port = where.hostname, where.port
        self._prefix = where.path.rstrip("/")
        self._key = key
        self._timeout = timeout
        self._connection: http.client.HTTPConnection | None = None

    def request(
        self,
        method: str,
        path: str,
        body: bytes | None = None,
        headers: dict[str, str] | None = None,
    ) -> Answer:
        """Return the server's answer. Raises `Unreachable`."""
        is_reused = self.is_open
        try:
            self._send(method, path, body, headers)
            return self._receive()
        except STALE as error:
            # The server may have closed a kept connection between two requests: that is no failure yet.
            if not is_reused:
                raise Unreachable(_reason(error)) from None
        except FAILED as error:
            raise Unreachable(_reason(error)) from None
        self.send(method, path, body, headers)
        return self.receive()

    def send(
        self,
        method: str,
        path: str,
        body: bytes | None = None,
        headers: dict[str, str] | None = None,
    ) -> None:
        """Send a request whose answer is received later. Raises `Unreachable`."""
        try:
            self._send(method, path, body, headers)
        except FAILED as error:
            raise Unreachable(_reason(error)) from None

    def receive(self) -> Answer:
        """Return the answer to what was sent; it may have to be waited for. Raises `Unreachable`."""
        try:
            return self._receive()
        except FAILED as error:
            raise Unreachable(_reason(error)) from None

    def download(self, path: str, target: IO[bytes]) -> Answer:
        """Write the body of an answer with status 200 to a file, however long. Raises `Unreachable`."""
        try:
            self._send("GET", path, None, None)
            assert self._connection is not None
            response = self._connection.getresponse()
            if response.status == 200:
                shutil.copyfileobj(response, target)
                return Answer(200, {}, b"")
            content = response.read(MAX_ANSWER_BYTES)
            return Answer(response.status, {}, content)
        except FAILED as error:
            self.close()
            raise Unreachable(_reason(error)) from None

    @property
    def is_open(self) -> bool:
        """True while a connection is kept."""
        return self._connection is not None

    @property
    def is_secure(self) -> bool:
        """True for https."""
        return self._secure

    @property
    def sock(self) -> socket.socket | None:
        """What the answer comes from; None before anything was sent."""
        return self._connection.sock if self._connection is not None else None

    def close(self) -> None:
        """Close the connection; the next request opens another."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def _send(
        self, method: str, path: str, body: bytes | None, headers: dict[str, str] | None
    ) -> None:
        if self._connection is None:
            kind = http.client.HTTPSConnection if self._secure else http.client.HTTPConnection
            self._connection = kind(self._host, self._port, timeout=self._timeout)
        fields = {"Authorization": f"Bearer {self._key}", **(headers or {})}
        try:
            self._connection.request(method, self._prefix + path, body=body, headers=fields)
        except BaseException:
            self.close()
            raise

    def _receive(self) -> Answer:
        assert self._connection is not None
        try:
            response = self._connection.getresponse()
            content = response.read(MAX_ANSWER_BYTES)
            if not response.isclosed():
                self.close()  # the rest of an oversized answer is not waited for
        except BaseException:
            self.close()
            raise
        fields = {name.lower(): value for name, value in response.getheaders()}
        return Answer(response.status, fields, content)


def _reason(error: BaseException) -> str:
    return str(error) or type(error).__name__
