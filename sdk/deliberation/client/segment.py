"""One append-only file of the spool."""

from __future__ import annotations

import os
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path
from typing import IO

from deliberation.client.line import Line, join, split

try:
    import fcntl
except ImportError:  # pragma: no cover - Windows has no flock
    HAS_LOCKS = False

    def _lock(file: IO[bytes]) -> bool:
        # Two processes may then send one segment twice: the server records each key once.
        return True
else:
    HAS_LOCKS = True

    def _lock(file: IO[bytes]) -> bool:
        try:
            fcntl.flock(file.fileno(), fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            return False
        return True


class Segment:
    """Lines on disk, and how many of them the server has acknowledged.

    The file is locked while this process lives, so that another one can tell an abandoned segment.
    Lines stay in memory only while the segment is written to, or read to be sent. A disk that fails
    makes the segment `broken`: its lines are then in memory alone.
    """

    def __init__(self, path: Path, file: IO[bytes] | None, *, is_own: bool) -> None:
        self.path = path
        self.is_own = is_own
        self.size = 0
        self.count = 0
        self.done = 0
        self.broken = file is None
        self._file = file
        self._lines: list[Line] | None = [] if is_own else None

    @property
    def left(self) -> int:
        """Lines not yet acknowledged."""
        return self.count - self.done

    def append(self, lines: Sequence[Line]) -> None:
        """Add lines, in memory and on disk.

        They survive the death of the process, not a loss of power.
        """
        assert self._lines is not None
        self._lines.extend(lines)
        self.count += len(lines)
        data = join(lines)
        self.size += len(data)
        if self._file is not None and not self.broken:
            try:
                _write_all(self._file, data)
            except OSError:
                self.broken = True

    def waiting(self) -> list[Line]:
        """Return the lines not yet acknowledged, read from disk when memory let go of them."""
        if self._lines is None:
            self._lines = self._read()
            self.count = len(self._lines)
        return self._lines[self.done :]

    def forget(self) -> None:
        """Free the memory; the disk has the lines."""
        if not self.broken:
            self._lines = None

    def clear(self) -> None:
        """Empty a segment whose lines were all acknowledged, to be used again."""
        self._lines, self.size, self.count, self.done = [], 0, 0, 0
        if self._file is not None:
            try:
                self._file.truncate(0)
                self.broken = False
            except OSError:
                self.broken = True

    def remove(self) -> None:
        """Delete the file."""
        # On a disk that became read-only the lines are sent again later, and recorded once.
        with suppress(OSError):
            self.path.unlink(missing_ok=True)
        self.close()
        self._lines = []

    def close(self) -> None:
        """Let go of the file; another process may then take it over."""
        if self._file is not None:
            with suppress(OSError):
                self._file.close()
            self._file = None

    def _read(self) -> list[Line]:
        try:
            return split(self.path.read_bytes())
        except OSError:
            return []


def create(path: Path) -> Segment:
    """Return a new segment of this process; a broken one when the disk refuses."""
    unlocked = path.with_suffix(".new") if HAS_LOCKS else path
    try:
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        descriptor = os.open(unlocked, os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o600)
    except OSError:
        return Segment(path, None, is_own=True)
    # Unbuffered: a fork between a write and its flush would leave the child with a second copy to flush.
    file = os.fdopen(descriptor, "ab", buffering=0)
    _lock(file)
    try:
        # Named only once it is locked, or another process could take it for an abandoned one.
        unlocked.rename(path)
    except OSError:
        file.close()
        return Segment(path, None, is_own=True)
    return Segment(path, file, is_own=True)


def take_over(path: Path) -> Segment | None:
    """Return a segment that no living process holds, or None."""
    try:
        file = path.open("r+b", buffering=0)
    except OSError:
        return None
    if not _lock(file) or not _is_still_at(file, path):
        file.close()
        return None
    segment = Segment(path, file, is_own=False)
    segment.size = os.fstat(file.fileno()).st_size
    return segment


def _is_still_at(file: IO[bytes], path: Path) -> bool:
    # Its holder may have sent and deleted it between our opening and our lock.
    try:
        return os.path.samestat(os.fstat(file.fileno()), path.stat())
    except OSError:
        return False


def _write_all(file: IO[bytes], data: bytes) -> None:
    view = memoryview(data)
    while view:
        view = view[file.write(view) :]
