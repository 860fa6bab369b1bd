"""Real signers for tests: a process that can be killed and started again, and one in a thread."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from traces.signer.ask import SignerAt
from traces.signer.serve import Server
from traces.signer.sign import NotSigned, Signer

TREE = Path(__file__).resolve().parents[3]
NAME = "inspector.example/test"


@contextmanager
def serving(directory: Path, *, name: str = NAME) -> Iterator[SignerAt]:
    """A signer behind its socket, in a thread of this process."""
    directory.mkdir(exist_ok=True)
    signer = Signer(directory, name=name, now_ns=time.time_ns(), randbytes=os.urandom)
    server = Server(_short_place(), signer)
    thread = threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    yield SignerAt(Path(str(server.server_address)), patience=60.0)
    server.shutdown()
    thread.join()
    server.server_close()


def _short_place() -> Path:
    """A socket's name may have 107 bytes; pytest's directories have longer ones."""
    return Path(tempfile.mkdtemp(prefix="signer")) / "s"


class SignerProcess:
    """A signer on a directory of its own."""

    def __init__(self, directory: Path, *, name: str = NAME) -> None:
        self.directory, self.name = directory, name
        self.asked = SignerAt(_short_place())

    def start(self) -> SignerAt:
        """Return when it answers."""
        self._process = subprocess.Popen(
            [
                *(sys.executable, "-m", "traces.signer", "--name", self.name),
                *("--directory", str(self.directory), "--socket", str(self.asked.path)),
            ],
            cwd=TREE,
            env={**os.environ, "PYTHONPATH": str(TREE / "sdk")},
            stderr=subprocess.PIPE,
            text=True,
        )
        deadline = time.monotonic() + 60
        while time.monotonic() < deadline:
            try:
                self.asked.custody()
            except NotSigned:
                if self._process.poll() is not None:
                    break
                time.sleep(0.02)
            else:
                return self.asked
        self._process.kill()  # or what it says would have no end
        _, said = self._process.communicate()
        raise AssertionError(said or "it does not answer")

    def kill(self) -> None:
        """Let nothing be tidied up."""
        self._process.send_signal(signal.SIGKILL)
        self._process.communicate()

    def stop(self) -> int:
        """End it in order; return its exit code."""
        self._process.terminate()
        self._process.communicate(timeout=60)
        return self._process.returncode
