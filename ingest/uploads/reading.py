"""The files of an import, one after another, archives opened on the way."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from ingest.import_files import ImportedRuns, files_in, read_file
from ingest.importers.base import Importer, NotImportable, Unrecognised
from ingest.importers.choose import IMPORTERS, choose
from ingest.uploads.bundle import is_bundle
from ingest.uploads.outcome import Told
from ingest.uploads.places import FILES
from ingest.uploads.progress import Progress
from ingest.uploads.unpack import unpack

UNPACKED = "unpacked"
ARCHIVE = ".zip"
NOT_ALONE = "is an audit bundle: one at a time, and nothing beside it, so that what the verifier says is of it alone"


@dataclass(slots=True, kw_only=True)
class Reading:
    """One pass over the files below `folder`. What comes of it is in `runs` and `told`.

    A format that was asked for is tried on a single file whatever it looks like; of several it takes those that fit.
    """

    folder: Path
    format: str | None
    runs: ImportedRuns
    progress: Progress
    told: Told = field(init=False)

    def __post_init__(self) -> None:
        """Name files by where they lay when they were uploaded."""
        self.told = Told([self.folder / FILES, self.folder / UNPACKED])

    def read_all(self) -> None:
        """Read every file. Raises what the ledger raises, and `LostImport`."""
        files = sorted(files_in(self.folder / FILES))
        self.progress.found = len(files)
        while files:
            path = files.pop(0)
            inside = self._read(path)
            self.progress.found += len(inside)
            self.progress.read += 1
            files = inside + files

    def _read(self, path: Path) -> list[Path]:
        """Read a file; return the files that were inside it instead."""
        self.progress.begin(self.told.name(path))
        if is_bundle(path):
            self.told.fail(NotImportable(path, NOT_ALONE))
            return []
        try:
            read_file(path, self.runs, self.progress.watch(self._importer(path)))
        except Unrecognised as error:
            return self._open_archive(path, error)
        except NotImportable as error:
            self.told.fail(error)
        return []

    def _importer(self, path: Path) -> Importer:
        forced = IMPORTERS.get(self.format or "")
        if forced and self.progress.found == 1 and path.suffix.lower() != ARCHIVE:
            return forced
        return choose(path, [forced] if forced else IMPORTERS.values())

    def _open_archive(self, path: Path, error: Unrecognised) -> list[Path]:
        """Return the files of an archive. One inside another stays closed: bounds are those of one."""
        files, unpacked = self.folder / FILES, self.folder / UNPACKED
        if path.suffix.lower() != ARCHIVE or not path.is_relative_to(files):
            self.told.leave_out(error)
            return []
        into = unpacked / path.relative_to(files)
        try:
            unpack(path, into)
        except NotImportable as broken:
            self.told.fail(broken)
            return []
        return sorted(files_in(into))
