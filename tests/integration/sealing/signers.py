"""A real signer process for tests, which can be killed and started again."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from traces.signer.ask import SignerAt
from traces.signer.sign import NotSigned

TREE = Path(__file__).resolve().parents[3]
NAME = "inspector.example/test"


class SignerProcess:
    """A signer on a directory of its own."""

    def __init__(self, directory: Path) -> None:
        self.directory = directory
        # A socket's name may have 107 bytes; those of pytest's directories are longer.
        self._place = Path(tempfile.mkdtemp(prefix="signer"))
        self.asked = SignerAt(self._place / "s")

    def start(self) -> SignerAt:
        """Return when it answers."""
        self._process = subprocess.Popen(
            [
                *(sys.executable, "-m", "traces.signer", "--name", NAME),
                *("--directory", str(self.directory), "--socket", str(self.asked.path)),
            ],
            cwd=TREE,
            env={**os.environ, "PYTHONPATH": str(TREE / "sdk")},
            stderr=subprocess.PIPE,
            text=True,
        )
        deadline = time.monotonic() + 30
        while time.monotonic() < deadline:
            try:
                self.asked.custody()
            except NotSigned:
                if self._process.poll() is not None:
                    break
                time.sleep(0.02)
            else:
                return self.asked
        _, said = self._process.communicate()
        raise AssertionError(said)

    def kill(self) -> None:
        """Let nothing be tidied up."""
        self._process.send_signal(signal.SIGKILL)
        self._process.communicate()

    def stop(self) -> int:
        """End it in order; return its exit code."""
        self._process.terminate()
        self._process.communicate(timeout=10)
        return self._process.returncode
