"""Daphne with a bound on bodies.

Daphne calls the application when the whole body has arrived; until then Twisted spools it to a
temporary file. A limit inside a view would come too late for an endless chunked body. Here the
request itself counts what arrives, and answers 413 while it arrives.
"""

from __future__ import annotations

import asyncio
import json

import daphne.server  # before anything of Twisted: it installs the asyncio reactor
from daphne.http_protocol import HTTPFactory, WebRequest
from twisted.internet import reactor
from twisted.internet.defer import Deferred
from twisted.internet.interfaces import IAddress
from twisted.web.http import HTTPChannel

# A client that is still sending would meet a reset, not the answer, were the socket closed at once.
LINGER_SECONDS = 2.0


UPLOADS = frozenset((b"/import", b"/api/v1/bundles/import"))
"""Where files are taken that may be larger than what a program sends at once."""
SMALLER = "send it in smaller parts"
ELSEWHERE = "import it on the server with manage.py, or raise UPLOAD_MB"


class BoundedRequest(WebRequest):
    """Refuses a body over its bound, announced (Content-Length) or not (chunked).

    `most_bytes` bounds a body, `most_uploaded` one at the addresses of UPLOADS.
    """

    most_bytes = 64 * 1024 * 1024
    most_uploaded = 64 * 1024 * 1024

    def __init__(self, *arguments: object, **options: object) -> None:
        super().__init__(*arguments, **options)
        self._arrived = 0
        self._is_refused = False

    def gotLength(self, length: int | None) -> None:
        """Twisted knows the announced length, or that there is none."""
        if self._is_upload():
            self.most_bytes = self.most_uploaded
        super().gotLength(0 if length and length > self.most_bytes else length)
        if length and length > self.most_bytes:
            self._refuse()

    def handleContentChunk(self, data: bytes) -> None:
        """Some of the body arrived; after the refusal it is thrown away."""
        self._arrived += len(data)
        if self._arrived > self.most_bytes:
            self._refuse()
        if not self._is_refused:
            super().handleContentChunk(data)

    def requestReceived(self, command: bytes, path: bytes, version: bytes) -> None:
        """The body is complete; a refused one reaches no application."""
        if not self._is_refused:
            super().requestReceived(command, path, version)

    def _is_upload(self) -> bool:
        # A request learns its own address when all of it is here.
        address: bytes = getattr(self.channel, "_path", b"")
        return address.partition(b"?")[0] in UPLOADS

    def _refuse(self) -> None:
        if self._is_refused:
            return
        self._is_refused = True
        self.content.close()
        transport = self.channel.transport
        advice = ELSEWHERE if self._is_upload() else SMALLER
        transport.write(_refusal(self.most_bytes, advice))
        transport.loseWriteConnection()
        reactor.callLater(LINGER_SECONDS, transport.abortConnection)  # type: ignore[arg-type]


class BoundedFactory(HTTPFactory):
    """Daphne's factory, with our requests."""

    def buildProtocol(self, addr: IAddress) -> HTTPChannel:
        """The protocol of one connection."""
        protocol: HTTPChannel = super().buildProtocol(addr)
        protocol.requestFactory = BoundedRequest
        return protocol


class Door(daphne.server.Server):
    """Daphne's server, behind our factory."""

    def run(self) -> None:
        """Serves until it is told to stop."""
        # `Server.run` makes its factory itself and takes no other.
        daphne.server.HTTPFactory = BoundedFactory
        super().run()

    def kill_all_applications(self) -> Deferred[list[object]]:
        """Cancels what is under way. Daphne's own stumbles over a body that is still arriving."""
        found = (details.get("application_instance") for details in self.connections.values())
        running = [application for application in found if application and not application.done()]
        for application in running:
            application.cancel()
        return Deferred.fromFuture(asyncio.gather(*running, return_exceptions=True))


def _refusal(most_bytes: int, advice: str) -> bytes:
    """Readable as `application/problem+json`, and as the `google.rpc.Status` that OTLP expects."""
    detail = f"The body is larger than {most_bytes} bytes; {advice}."
    problem = {
        "type": "about:blank",
        "title": "Content Too Large",
        "status": 413,
        "detail": detail,
        "code": 3,
        "message": detail,
    }
    body = json.dumps(problem).encode()
    head = (
        "HTTP/1.1 413 Content Too Large\r\n"
        "Content-Type: application/problem+json\r\n"
        f"Content-Length: {len(body)}\r\n"
        "Connection: close\r\n\r\n"
    )
    return head.encode() + body
