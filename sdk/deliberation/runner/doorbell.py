"""A wait that anybody may end."""

from __future__ import annotations

import os
import select
from contextlib import suppress


class Doorbell:
    """Rung from any thread and from signal handlers, which may hold no lock; a ring before the wait counts too."""

    def __init__(self) -> None:
        self._hears, self._rings = os.pipe()
        os.set_blocking(self._hears, False)
        os.set_blocking(self._rings, False)

    def ring(self) -> None:
        """End the wait, this one or the next."""
        with suppress(BlockingIOError):  # one that is full has been rung
            os.write(self._rings, b".")

    def wait(self, seconds: float) -> None:
        """Return when it is rung, or after so long."""
        select.select([self._hears], [], [], max(0.0, seconds))
        with suppress(BlockingIOError):
            os.read(self._hears, 4096)

    def close(self) -> None:
        """Nobody waits any more."""
        os.close(self._hears)
        os.close(self._rings)
