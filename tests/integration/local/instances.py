"""Starts whole instances for the tests that kill them."""

from __future__ import annotations

import os
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

TREE = Path(__file__).resolve().parents[3]
GIVEN = ("DATABASE_URL", "REDIS_URL", "SECRET_KEY", "DJANGO_SETTINGS_MODULE", "ALLOWED_HOSTS")


PORTS = range(10_240, 32_768)
"""Those below are the system's, and those above it gives to whoever connects or asks for any."""


def free_port() -> int:
    """A port that nobody listens on, and that the system gives to nobody before it is listened on."""
    while True:
        port = secrets.choice(PORTS)
        with socket.socket() as probe, suppress(OSError):
            probe.bind(("127.0.0.1", port))
            return port


@dataclass
class Instance:
    """`manage.py up` in a process of its own; `lines` is what it printed so far."""

    data_dir: Path
    port: int = field(default_factory=free_port)
    lines: list[str] = field(default_factory=list)
    process: subprocess.Popen[str] = field(init=False)
    reader: threading.Thread = field(init=False)

    def start(self, **env: str) -> Instance:
        """Starts it; does not wait."""
        inherited = {name: value for name, value in os.environ.items() if name not in GIVEN}
        mine = {"DATA_DIR": str(self.data_dir), "PORT": str(self.port), "DEMO": "0", "WORKERS": "1"}
        self.process = subprocess.Popen(
            [sys.executable, "manage.py", "up"],
            cwd=TREE,
            env=inherited | mine | env,
            text=True,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        self.reader = threading.Thread(target=self._read, args=[self.process], daemon=True)
        self.reader.start()
        return self

    def await_line(self, beginning: str, seconds: float = 120) -> str:
        """The first line that begins so."""
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            for line in list(self.lines):
                if line.startswith(beginning):
                    return line
            if self.process.poll() is not None:
                self.end()
                break
            time.sleep(0.05)
        found = [line for line in self.lines if line.startswith(beginning)]
        assert found, f"no line {beginning!r} among {self.lines}"
        return found[0]

    def end(self, seconds: float = 90) -> int:
        """Its exit code, when it ends by itself; all that it said is in `lines` then."""
        code = self.process.wait(seconds)
        self.reader.join(seconds)
        return code

    def stop(self, number: signal.Signals = signal.SIGTERM, seconds: float = 90) -> int:
        """Its exit code after the signal."""
        self.process.send_signal(number)
        return self.process.wait(seconds)

    def children(self) -> dict[int, str]:
        """The living processes whose environment or command line names the data directory."""
        return {pid: name for pid, name in living(self.data_dir).items() if pid != self.process.pid}

    def child(self, part: str) -> int:
        """The pid of the eldest child whose command line contains `part`."""
        return min(pid for pid, line in self.children().items() if part in line)

    def _read(self, process: subprocess.Popen[str]) -> None:
        assert process.stdout
        with process.stdout as stream:
            for line in stream:
                self.lines.append(line.rstrip())


@contextmanager
def open_directory() -> Iterator[Path]:
    """A directory that others may pass, unlike pytest's own: Postgres runs as `nobody` under root,
    and a cluster that it could not reach would be put outside, where nobody deletes it.
    """
    place = Path(tempfile.mkdtemp(prefix="inspector-up-"))
    place.chmod(0o755)
    try:
        yield place
    finally:
        shutil.rmtree(place)


def living(data_dir: Path) -> dict[int, str]:
    """pid and command line of each process that belongs to the data directory."""
    mark = os.fsencode(data_dir)
    found = {}
    for entry in Path("/proc").iterdir():
        if not entry.name.isdecimal():
            continue
        try:
            command = (entry / "cmdline").read_bytes()
            belongs = mark in command or b"DATA_DIR=" + mark in (entry / "environ").read_bytes()
            state = (entry / "stat").read_text().rpartition(")")[2].split()[0]
        except OSError:
            continue
        if belongs and state != "Z":
            found[int(entry.name)] = command.replace(b"\0", b" ").decode(errors="replace")
    return found


def await_none(data_dir: Path, seconds: float = 30) -> None:
    """Returns when no process of the data directory lives."""
    deadline = time.monotonic() + seconds
    while left := living(data_dir):
        assert time.monotonic() < deadline, f"still alive: {left}"
        time.sleep(0.05)
