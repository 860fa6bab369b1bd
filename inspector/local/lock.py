"""One supervisor per data directory."""

from __future__ import annotations

import fcntl
import os
from pathlib import Path

from inspector.local.trouble import Trouble


class Lock:
    """Held by flock, so it ends with its process however that dies; the pid inside is for people.

    `was_stale` says that the last holder did not stop in order: its children may still be leaving.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._descriptor = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(self._descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            holder = self._read() or "unknown"
            os.close(self._descriptor)
            raise Trouble(
                f"Another instance (process {holder}) is running on {path.parent};"
                " stop it first, or set DATA_DIR and PORT for a second one."
            ) from None
        self.was_stale = bool(self._read())
        os.pwrite(self._descriptor, f"{os.getpid():<10}\n".encode(), 0)

    def release(self) -> None:
        """Gives the directory back, and says that everything was stopped in order."""
        os.ftruncate(self._descriptor, 0)
        os.close(self._descriptor)

    def _read(self) -> str:
        return os.pread(self._descriptor, 32, 0).decode(errors="replace").strip()
