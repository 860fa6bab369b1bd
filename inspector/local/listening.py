"""The port, taken before anything is started and handed to web: one in use is told at once."""

from __future__ import annotations

import http.client
import socket
import time
from contextlib import closing
from http import HTTPStatus

from inspector.local.trouble import Trouble

HOST = "127.0.0.1"
BACKLOG = 1024


def listen(port: int, *, patience: float) -> socket.socket:
    """A listening socket on loopback; tries for `patience` seconds while the port is taken."""
    deadline = time.monotonic() + patience
    while True:
        try:
            return _bind(port)
        except PermissionError:
            raise Trouble(f"Port {port} needs rights that you lack; set PORT above 1023.") from None
        except OverflowError:
            raise Trouble(f"PORT={port} is not a port; use a number up to 65535.") from None
        except OSError:
            if time.monotonic() > deadline:
                raise Trouble(
                    f"Port {port} is in use by another program; set PORT to another one."
                ) from None
            time.sleep(0.1)


def answers(listener: socket.socket) -> bool:
    """Whether the web process behind the socket says that it lives."""
    port = listener.getsockname()[1]
    with closing(http.client.HTTPConnection(HOST, port, timeout=20)) as connection:
        try:
            connection.request("GET", "/health/live")
            return connection.getresponse().status == HTTPStatus.OK
        except (OSError, http.client.HTTPException):
            return False


def _bind(port: int) -> socket.socket:
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((HOST, port))
        listener.listen(BACKLOG)
    except BaseException:
        listener.close()
        raise
    return listener
