"""Writes a zip that can be read in one way only: what `deliberation.bundle.archive` lets through, and nothing more.

Files follow one another from byte 0, each deflated and with its sizes in its local header; no zip64, no extra fields,
no descriptors. All dates are the same, so that the same files make the same zip. A portion is deflated, hashed and
written in a thread while the next one is gathered. Memory: 17 portions of each open file, and a line for each file.
"""

from __future__ import annotations

import struct
import zipfile
import zlib
from collections import deque
from collections.abc import Iterable
from concurrent.futures import Executor, Future, ThreadPoolExecutor
from hashlib import sha256
from typing import IO, BinaryIO, NamedTuple, Self

from deliberation.bundle.bounds import MAX_FILE_BYTES, MAX_FILES, MAX_TOTAL_BYTES, MIB
from deliberation.bundle.zip_layout import END, LOCAL
from traces.audit.not_exported import TooLarge

DIRECTORY = struct.Struct("<4s6H3L5H2L")
NEEDS = 20
BY_UNIX, MODE = 3 << 8 | NEEDS, 0o100644 << 16
NO_DATE = (0, 0x21)  # 1 January 1980, which is where the format's calendar begins
MAX_OFFSET = 2**32 - 2
PORTION_BYTES = MIB // 4
MOST_ON_THE_WAY = 16
"""Portions of a file that wait for the thread: as much as is read from Postgres at once."""
LEVEL = 1


class Member(NamedTuple):
    """One file of a zip. `digest` is the SHA-256 of its bytes, `at` where its local header stands."""

    name: str
    size: int
    packed: int
    checksum: int
    digest: bytes
    at: int


class Deflated:
    """A file that is being written: deflated, counted and hashed in portions. Raises `TooLarge`."""

    def __init__(self, name: str, out: IO[bytes], thread: Executor) -> None:
        self._name, self._out, self._thread = name, out, thread
        self._deflate = zlib.compressobj(LEVEL, zlib.DEFLATED, -zlib.MAX_WBITS)
        self._hash = sha256()
        self._waiting: list[bytes] = []
        self._packing: deque[Future[None]] = deque()
        self._held = self._size = self._packed = self._checksum = 0

    def write(self, data: bytes) -> None:
        """Append bytes. What is wrong with those before may be raised here."""
        self._waiting.append(data)
        self._held += len(data)
        if self._held >= PORTION_BYTES:
            self._hand_over()

    def finish(self, at: int) -> Member:
        """Write what is left, and return what stands where."""
        while self._packing:
            self._packing.popleft().result()
        self._pack(self._waiting)
        self._emit(self._deflate.flush())
        digest = self._hash.digest()
        return Member(self._name, self._size, self._packed, self._checksum, digest, at)

    def _hand_over(self) -> None:
        if len(self._packing) == MOST_ON_THE_WAY:
            self._packing.popleft().result()
        self._packing.append(self._thread.submit(self._pack, self._waiting))
        self._waiting, self._held = [], 0

    def _pack(self, portion: list[bytes]) -> None:
        data = b"".join(portion)
        self._size += len(data)
        if self._size > MAX_FILE_BYTES:
            raise TooLarge(f"{self._name} would have more than {MAX_FILE_BYTES} bytes")
        self._hash.update(data)
        self._checksum = zlib.crc32(data, self._checksum)
        self._emit(self._deflate.compress(data))

    def _emit(self, packed: bytes) -> None:
        self._packed += len(packed)
        self._out.write(packed)


class Beside:
    """A file that is kept elsewhere while another is written, and put into the zip after it. `kept` is the caller's."""

    def __init__(self, file: Deflated, kept: IO[bytes]) -> None:
        self.file, self.kept = file, kept


class ZipWriter:
    """Puts files into a zip, one after another. `out` can be sought. Raises `TooLarge`.

    To be used as a context, whose end waits for what is on its way.
    """

    def __init__(self, out: BinaryIO) -> None:
        self._out = out
        self._thread = ThreadPoolExecutor(max_workers=1)
        self.members: dict[str, Member] = {}
        self._total = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *raised: object) -> None:
        self._thread.shutdown()

    def begin(self, name: str) -> Deflated:
        """Begin a file, which `end` ends before another begins."""
        self._out.write(bytes(LOCAL.size) + name.encode("ascii"))
        return Deflated(name, self._out, self._thread)

    def beside(self, name: str, kept: IO[bytes]) -> Beside:
        """Begin a file that is kept in an empty file until `put` puts it in, while others are written."""
        return Beside(Deflated(name, kept, self._thread), kept)

    def end(self, file: Deflated) -> Member:
        """End the file that was begun last, and write its sizes where they belong."""
        member = file.finish(self._end_of_last())
        self._add(member)
        self._out.seek(member.at)
        self._out.write(_local_header(member))
        self._out.seek(0, 2)
        return member

    def put(self, beside: Beside) -> Member:
        """Put a file in that was written beside the last one."""
        member = beside.file.finish(self._end_of_last())
        self._add(member)
        self._out.write(_local_header(member) + member.name.encode("ascii"))
        beside.kept.seek(0)
        while portion := beside.kept.read(MIB):
            self._out.write(portion)
        return member

    def add(self, name: str, chunks: Iterable[bytes]) -> Member:
        """Put a whole file in."""
        file = self.begin(name)
        for chunk in chunks:
            file.write(chunk)
        return self.end(file)

    def close(self) -> int:
        """Write the directory; return the bytes of the zip."""
        start = self._end_of_last()
        for member in self.members.values():
            self._out.write(_directory_header(member))
        size, count = self._out.tell() - start, len(self.members)
        self._out.write(END.pack(b"PK\x05\x06", 0, 0, count, count, size, start, 0))
        return self._out.tell()

    def _end_of_last(self) -> int:
        if not self.members:
            return 0
        last = next(reversed(self.members.values()))
        return last.at + LOCAL.size + len(last.name) + last.packed

    def _add(self, member: Member) -> None:
        self.members[member.name] = member
        self._total += member.size
        if len(self.members) > MAX_FILES:
            raise TooLarge(f"a bundle has at most {MAX_FILES} files")
        if self._total > MAX_TOTAL_BYTES or self._end_of_last() > MAX_OFFSET:
            raise TooLarge(f"the files of a bundle have at most {MAX_TOTAL_BYTES} bytes together")


def _local_header(member: Member) -> bytes:
    method, sizes = zipfile.ZIP_DEFLATED, (member.checksum, member.packed, member.size)
    return LOCAL.pack(b"PK\x03\x04", NEEDS, 0, method, *NO_DATE, *sizes, len(member.name), 0)


def _directory_header(member: Member) -> bytes:
    method, sizes = zipfile.ZIP_DEFLATED, (member.checksum, member.packed, member.size)
    name = member.name.encode("ascii")
    fixed = (b"PK\x01\x02", BY_UNIX, NEEDS, 0, method, *NO_DATE, *sizes)
    return DIRECTORY.pack(*fixed, len(name), 0, 0, 0, 0, MODE, member.at) + name
