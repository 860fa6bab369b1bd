"""The web process: `python -m inspector.web --fd N`, or `--host H --port P` behind a proxy.

Opens nothing by itself; on shutdown it closes the pools that the parts opened, since Daphne tells
applications nothing of its end.
"""

from __future__ import annotations

import argparse
import asyncio
import gc
import os
import socket

from inspector.door import BoundedRequest, Door  # first: it installs the asyncio reactor

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "inspector.settings")
os.environ.setdefault("INSPECTOR_ROLE", "web")

from twisted.internet import reactor
from twisted.internet.defer import Deferred

from traces.live.feed import MOST_BROUGHT

CHUNK = 1024 * 1024
MOST_SAID = 8 * 1024
"""What a browser may say over a socket in one frame; pages say which pieces they show."""
YOUNG_OBJECTS = 20_000
"""New objects until the youngest are looked through: a page makes some thousands, which are gone with it."""


def main() -> None:
    """Serves until SIGTERM."""
    arguments = _parse()
    from django.conf import settings

    from inspector.asgi import application

    BoundedRequest.most_bytes = settings.MAX_BODY_BYTES
    BoundedRequest.most_uploaded = settings.MAX_UPLOAD_BYTES
    reactor.addSystemEventTrigger("during", "shutdown", _close_pools)  # type: ignore[arg-type]
    calm_collector()
    Door(
        application,
        endpoints=[_endpoint(arguments)],
        request_buffer_size=CHUNK,
        application_close_timeout=5,
        websocket_max_message_size=MOST_BROUGHT,  # autobahn bounds both ways with one number
        websocket_max_frame_size=MOST_SAID,
        server_name="",
        verbosity=0,
    ).run()


def calm_collector() -> None:
    """Spare what is loaded for good: each search of it for cycles stood everything still for a sixth of a second."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(YOUNG_OBJECTS, 20, 50)


def _close_pools() -> Deferred[None]:
    return Deferred.fromFuture(asyncio.ensure_future(_close_all()))


async def _close_all() -> None:
    from django.db import connection

    from ingest.pool import close_pool

    await close_pool()
    connection.close_pool()  # type: ignore[attr-defined]


def _endpoint(arguments: argparse.Namespace) -> str:
    if arguments.fd is not None:
        # Twisted duplicates the descriptor; it is to be non-blocking for the event loop.
        socket.socket(fileno=os.dup(arguments.fd)).setblocking(False)
        return f"fd:fileno={arguments.fd}"
    host = arguments.host.replace(":", r"\:")
    return f"tcp:port={arguments.port}:interface={host}"


def _parse() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m inspector.web", description=__doc__)
    parser.add_argument("--fd", type=int, help="a listening socket that was handed over")
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=8000)
    return parser.parse_args()


if __name__ == "__main__":
    main()
