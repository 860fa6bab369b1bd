"""How far the reading of an import is, told to its row now and then, which also keeps the claim.

The same moment is when what arrives live gets its turn: with a single worker nobody else would record it.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path

from ingest.importers.base import ImportedRun, Importer
from ingest.models import Import
from ingest.uploads import claim

TELL_SECONDS = 1.0


@dataclass(slots=True)
class Progress:
    """Counts files and runs. Raises `LostImport` from whatever it is told while the claim is another's.

    `let_others` is called between two pieces of a file, outside any transaction.
    """

    row: Import
    let_others: Callable[[], None]
    found: int = 0
    read: int = 0
    reading: str = ""
    _runs: set[str] = field(default_factory=set)
    _told_at: float = -TELL_SECONDS

    def begin(self, name: str) -> None:
        """A file begins."""
        self.reading = name
        self._tell()

    def watch(self, importer: Importer) -> Importer:
        """Return the importer, with the runs counted that it yields."""

        def read(path: Path) -> Iterator[ImportedRun]:
            for piece in importer.read(path):
                self._runs.add(piece.known_by)
                self._tell()
                yield piece

        return replace(importer, read=read)

    def _tell(self) -> None:
        if time.monotonic() - self._told_at < TELL_SECONDS:
            return
        self._told_at = time.monotonic()
        claim.renew(
            self.row,
            reading=self.reading,
            files_read=self.read,
            files_found=self.found,
            run_count=len(self._runs),
        )
        self.let_others()
