"""Authorities of time behind HTTP, for tests: honest ones and others."""

from __future__ import annotations

import datetime as dt
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

from rfc3161_client import TimeStampRequest
from rfc3161_client._rust import parse_timestamp_request

from tests.bundles.authority import TimeAuthority
from traces.outgoing.time_authority import AuthorityAt

Answer = Callable[[bytes], bytes]
"""From the question, in DER, to the answer."""
Make = Callable[[TimeStampRequest], bytes]


@contextmanager
def answering(
    answer: Answer, certificates: Path, *, seconds: float = 30.0
) -> Iterator[AuthorityAt]:
    """An authority that answers so, at an address of this machine."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            said = answer(self.rfile.read(int(self.headers["Content-Length"])))
            self.send_response(200)
            self.send_header("Content-Type", "application/timestamp-reply")
            self.send_header("Content-Length", str(len(said)))
            self.end_headers()
            self.wfile.write(said)

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    yield AuthorityAt(
        f"http://127.0.0.1:{server.server_address[1]}/tsr", str(certificates), seconds
    )
    server.shutdown()
    thread.join()
    server.server_close()


def read(question: bytes) -> tuple[bytes, int]:
    """The digest that a question is about, and its nonce."""
    asked = parse_timestamp_request(question)
    return asked.message_imprint.message, asked.nonce or 0


def honest(
    authority: TimeAuthority, at: Callable[[], dt.datetime], *, in_order: bool = True
) -> Answer:
    """What an authority should say."""

    def answer(question: bytes) -> bytes:
        digest, nonce = read(question)
        return authority.stamp(b"", at(), nonce=nonce, digest=digest, in_order=in_order)

    return answer
