"""One line on a terminal that says how far an import is, written over itself."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path

from django.core.management.base import OutputWrapper

from ingest.importers.base import ImportedRun, Importer

TELL_SECONDS = 0.2
MAX_NAME_CHARS = 40
CLEAR = "\r\x1b[K"


@dataclass(slots=True)
class ProgressLine:
    """Files and runs so far, on `out` when it is a terminal; nowhere otherwise."""

    out: OutputWrapper
    clock: Callable[[], float] = time.monotonic
    files: int = 0
    _runs: set[str] = field(default_factory=set)
    _told_at: float = float("-inf")
    _is_shown: bool = False

    def watch(self, importer: Importer) -> Importer:
        """Return the importer, with what it reads shown while it reads it."""

        def read(path: Path) -> Iterator[ImportedRun]:
            self.files += 1
            self._tell(path)
            for piece in importer.read(path):
                self._runs.add(piece.known_by)
                self._tell(path)
                yield piece

        return replace(importer, read=read) if self.out.isatty() else importer

    def clear(self) -> None:
        """Take the line away, before something that stays is written."""
        if self._is_shown:
            self._write(CLEAR)
            self._is_shown = False

    def _tell(self, path: Path) -> None:
        now = self.clock()
        if now - self._told_at < TELL_SECONDS:
            return
        self._told_at, self._is_shown = now, True
        name = "".join(c if c.isprintable() else "?" for c in path.name)[-MAX_NAME_CHARS:]
        self._write(f"{CLEAR}{len(self._runs):,} runs · file {self.files:,}: {name}")

    def _write(self, text: str) -> None:
        # Of its own the wrapper ends each text with a line, and paints what goes to stderr as an error.
        self.out.write(text, str, ending="")
        self.out.flush()
