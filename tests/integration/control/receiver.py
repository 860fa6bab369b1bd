"""A real server that is told of approvals, and checks what it is told as its own library would."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from tests.integration.build import NOW, make_project
from tests.integration.control.acts import at, randbytes
from traces.actions.deliver_webhooks import deliver_webhooks
from traces.actions.keep_webhook import Made, make_webhook

HOST = "127.0.0.1"


@dataclass
class Receiver:
    """What it heard, and what it answers: a status, or a status after some seconds."""

    status: int = 204
    headers: dict[str, str] = field(default_factory=dict)
    takes: float = 0
    may_answer: threading.Event = field(default_factory=threading.Event)
    heard: list[tuple[dict[str, str], bytes]] = field(default_factory=list)
    port: int = 0

    @property
    def url(self) -> str:
        return f"http://{HOST}:{self.port}/hook?a=b"

    @property
    def told(self) -> list[Any]:
        return [json.loads(body) for _, body in self.heard]

    @property
    def types(self) -> list[str]:
        return [each["type"] for each in self.told]

    @property
    def ids(self) -> list[str]:
        return [headers["webhook-id"] for headers, _ in self.heard]


@contextmanager
def receiving() -> Iterator[Receiver]:
    """A receiver on a port of its own."""
    receiver = Receiver()
    receiver.may_answer.set()

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            receiver.heard.append(({k.lower(): v for k, v in self.headers.items()}, body))
            time.sleep(receiver.takes)
            receiver.may_answer.wait(30)
            self.send_response(receiver.status)
            for name, value in receiver.headers.items():
                self.send_header(name, value)
            self.end_headers()

        def log_message(self, *_: object) -> None:
            """Says nothing."""

    with ThreadingHTTPServer((HOST, 0), Handler) as server:
        receiver.port = server.server_address[1]
        thread = threading.Thread(target=server.serve_forever, args=[0.02], daemon=True)
        thread.start()
        yield receiver
        server.shutdown()
        thread.join()


def verified(secret: str, headers: dict[str, str], body: bytes) -> bool:
    """What the specification asks of a receiver, written down a second time."""
    key = base64.b64decode(secret.removeprefix("whsec_"))
    said = f"{headers['webhook-id']}.{headers['webhook-timestamp']}.".encode() + body
    good = base64.b64encode(hmac.new(key, said, hashlib.sha256).digest()).decode()
    return any(each == f"v1,{good}" for each in headers["webhook-signature"].split(" "))


def hook(url: str, project: str = "default", **more: Any) -> Made:
    """The project tells this address."""
    return make_webhook(
        project_id=make_project(project).pk,
        url=url,
        by="user:alice",
        now=NOW,
        randbytes=randbytes,
        **more,
    )


def deliver(now: float = 0, **more: Any) -> int:
    """A pass, at some time."""
    return deliver_webhooks(read_clock=lambda: at(now), **more)
