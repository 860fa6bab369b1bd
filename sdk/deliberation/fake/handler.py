"""HTTP for the fake."""

from __future__ import annotations

import gzip
import json
import time
import zlib
from contextlib import suppress
from http.server import BaseHTTPRequestHandler
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl, urlsplit

from deliberation.fake.request import Request

if TYPE_CHECKING:
    from deliberation.fake.server import Server


def handler_of(fake: Server) -> type[BaseHTTPRequestHandler]:
    """Return a handler of requests that answers for this fake."""

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        # An answer is two writes; the second must not wait for the first one's acknowledgement.
        disable_nagle_algorithm = True

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
            with suppress(ConnectionError):  # whoever asked may have hung up meanwhile
                body = plain if isinstance(plain, bytes) else json.dumps(plain).encode()
                if status == 204:
                    body = b""
                self._send(status, headers, body)

        def _send(self, status: int, headers: dict[str, str], body: bytes) -> None:
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
            where = urlsplit(self.path)
            return Request(self.command, where.path, dict(parse_qsl(where.query)), headers, body)

    return Handler
