"""The end of what a process wrote to its standard error."""

from __future__ import annotations

import sys
import threading
from typing import IO

MAX_BYTES = 16 * 1024
CHUNK_BYTES = 4096


class LastWords:
    """Passes on what is written, and keeps the last 16 KiB of it."""

    def __init__(self, stream: IO[bytes]) -> None:
        self._stream = stream
        self._kept = b""
        self._lock = threading.Lock()
        self._thread = threading.Thread(target=self._listen, daemon=True)
        self._thread.start()

    @property
    def text(self) -> str:
        """What was kept, as text of at most 16 KiB."""
        with self._lock:
            return self._kept.decode("utf-8", "ignore")

    def close(self, seconds: float) -> None:
        """Wait for the end of it: a process that outlives its parent may hold it open."""
        self._thread.join(seconds)
        if not self._thread.is_alive():
            self._stream.close()

    def _listen(self) -> None:
        while chunk := self._stream.read1(CHUNK_BYTES):  # type: ignore[attr-defined]  # a pipe is buffered
            with self._lock:
                self._kept = (self._kept + chunk)[-MAX_BYTES:]
            sys.stderr.buffer.write(chunk)
            sys.stderr.flush()
