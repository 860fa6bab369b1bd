"""A whole inspector of its own for a bench: a temporary data directory, a free port, fsync on, no demo unless asked."""

from __future__ import annotations

import http.client
import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from inspector.env import read_assignments

START_SECONDS = 120
STOP_SECONDS = 30


@dataclass(frozen=True, slots=True)
class Stack:
    """A running inspector: its address, key, sign-in link and database, and its supervisor's process id."""

    host: str
    port: int
    key: str
    sign_in: str
    database_url: str
    pid: int


@contextmanager
def run_stack(*, demo: bool = False) -> Iterator[Stack]:
    """Start `manage.py up` in a directory that is deleted afterwards; yield when it is ready."""
    with tempfile.TemporaryDirectory(prefix="inspector-bench-") as directory:
        # Postgres' account must pass, or root would put the cluster where nobody deletes it.
        Path(directory).chmod(0o755)
        port = _free_port()
        environment = {
            name: value
            for name, value in os.environ.items()
            if name not in ("DATABASE_URL", "REDIS_URL", "DJANGO_SETTINGS_MODULE")
        }
        environment |= {"DATA_DIR": directory, "PORT": str(port), "DEMO": str(int(demo))}
        process = subprocess.Popen(
            [sys.executable, "manage.py", "up"], env=environment, stdout=subprocess.DEVNULL
        )
        try:
            yield _await_ready(Path(directory) / "local.env", port, process)
        finally:
            process.send_signal(signal.SIGTERM)
            process.wait(STOP_SECONDS)


def _await_ready(local_env: Path, port: int, process: subprocess.Popen[bytes]) -> Stack:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline and process.poll() is None:
        told = read_assignments(local_env)
        if told and _answers(port, told["INSPECTOR_KEY"]):
            return Stack(
                host="127.0.0.1",
                port=port,
                key=told["INSPECTOR_KEY"],
                sign_in=told["INSPECTOR_SIGN_IN"],
                database_url=read_assignments(local_env.with_name("embedded.env"))["DATABASE_URL"],
                pid=process.pid,
            )
        time.sleep(0.1)
    raise RuntimeError("the inspector of the bench did not start")


def _answers(port: int, key: str) -> bool:
    """Whether the key is known: the web process is there before it."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=2)
    try:
        connection.request("GET", "/api/v1/ingest", headers={"Authorization": f"Bearer {key}"})
        return connection.getresponse().status == 200
    except OSError:
        return False
    finally:
        connection.close()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
