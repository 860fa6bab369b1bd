"""Put a finished bundle into the storage of bundles, and keep the claim on its export while bytes move.

Guarantee: the export stays this worker's for as long as the storage takes the file at all, however slowly; a storage
that took nothing for LONGEST_STILL_SECONDS loses it the claim, and whoever cancels is heard within a second.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor, wait
from contextlib import suppress
from pathlib import Path

from django.core.files import File
from django.core.files.storage import FileSystemStorage, Storage

from traces.audit.not_exported import NotExported

LOOK_SECONDS = 1.0
LONGEST_STILL_SECONDS = 600.0
"""S3 is sent parts of 8 MB and more; over a slow line one of them takes minutes."""
NOT_TAKEN = (
    "the store of bundles did not take the file ({}): it is away, or its address or keys are wrong"
)
log = logging.getLogger(__name__)


class Abandoned(Exception):
    """Nobody waits any more for the file that is being read."""


class Finished(File):  # type: ignore[type-arg]
    """A file on this machine's disk that tells when it was last read, and can be taken away from its reader."""

    def __init__(self, path: Path) -> None:
        self._bytes = path.open("rb")
        super().__init__(self._bytes, name=path.name)
        self._is_abandoned = False
        self._moved_at = time.monotonic()

    def read(self, size: int = -1) -> bytes:
        """Return the next bytes. Raises `Abandoned`, which ends what reads them."""
        if self._is_abandoned:
            raise Abandoned
        self._moved_at = time.monotonic()
        return self._bytes.read(size)

    @property
    def moves(self) -> bool:
        """Whether it was read lately."""
        return time.monotonic() - self._moved_at < LONGEST_STILL_SECONDS

    def abandon(self) -> None:
        """Let the next read fail."""
        self._is_abandoned = True


class Movable(Finished):
    """One that a storage on the same disk takes as it is, instead of copying it."""

    def temporary_file_path(self) -> str:
        """Where it lies."""
        return self._bytes.name


def store_bundle(
    storage: Storage,
    name: str,
    path: Path,
    *,
    keep: Callable[[], None],
    let_others: Callable[[], None],
) -> str:
    """Put the file into the storage under a name that nobody else uses; return the name that it got.

    `keep` renews the claim, and what it raises ends the storing; `let_others` is called beside it, about once a second.
    Both are called in this thread; the storage is asked in another. Raises `NotExported`. A failure leaves no file.
    """
    kind = Movable if _can_be_moved(storage, path) else Finished
    with kind(path) as file, ThreadPoolExecutor(1, "store-bundle") as beside:
        saving = beside.submit(storage.save, name, file)
        try:
            _wait(saving, file, keep, let_others)
            return saving.result()
        except BaseException:
            file.abandon()
            wait([saving])
            with suppress(Exception):
                storage.delete(name)
            raise


def _wait(
    saving: Future[str], file: Finished, keep: Callable[[], None], let_others: Callable[[], None]
) -> None:
    while not wait([saving], timeout=LOOK_SECONDS).done:
        if file.moves:
            keep()
        let_others()
    error = saving.exception()
    if error is None or isinstance(error, OSError):
        return
    log.error("the storage of bundles failed", exc_info=error)
    raise NotExported(NOT_TAKEN.format(type(error).__name__))


def _can_be_moved(storage: Storage, path: Path) -> bool:
    """Return True where renaming is enough: a copy to another disk must be seen to move."""
    if not isinstance(storage, FileSystemStorage):
        return False
    folder = Path(storage.location)
    there = next(each for each in (folder, *folder.parents) if each.exists())
    return there.stat().st_dev == path.stat().st_dev
