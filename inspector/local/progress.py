"""What the person at the terminal sees: one line for each step, and trouble."""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TextIO


class Progress:
    """Prints to `stream`; on a terminal the line of a step stands there while it is under way."""

    def __init__(self, stream: TextIO | None = None) -> None:
        self.stream = stream or sys.stdout
        self._is_terminal = self.stream.isatty()

    @contextmanager
    def step(self, what: str) -> Iterator[None]:
        """Times a step: `  0.4 s  Postgres`."""
        start = time.monotonic()
        if self._is_terminal:
            self._write(f"     …    {what}")
        yield
        back = "\r\033[2K" if self._is_terminal else ""
        self._write(f"{back}  {time.monotonic() - start:4.1f} s  {what}\n")

    def say(self, sentence: str) -> None:
        """One line."""
        self._write(f"{sentence}\n")

    def _write(self, text: str) -> None:
        try:
            self.stream.write(text)
            self.stream.flush()
        except (BrokenPipeError, ValueError):
            # Whoever read us is gone (a closed terminal, `| head`); the work goes on.
            return
