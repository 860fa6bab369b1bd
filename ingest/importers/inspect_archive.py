"""The zip behind an Inspect `.eval` log: its members, read whole one at a time, each under a bound.

Members are stored, deflated or, since Inspect 0.3.206, zstd (zip's method 93, which Python's `zipfile` reads from
3.14 on), then perhaps of several frames. A name may stand there twice: a sample that was run again is written again,
and the last one holds (`inspect_ai/log/_recorders/eval.py`, `_util/zipfile.py`).
"""

from __future__ import annotations

import io
import json
import struct
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any, BinaryIO, cast

import zstandard

from ingest.importers.base import NotImportable
from ingest.importers.json_file import MAX_FILE_BYTES

MAX_MEMBER_BYTES = MAX_FILE_BYTES
"""Of one member, inflated; a sample takes several times as much in memory."""
MAX_WINDOW_BYTES = 2**27
"""Of zstd: what its own decoder takes unasked."""
ZSTD = 93
LOCAL_HEADER = struct.Struct("<4s22xHH")
CHUNK_BYTES = 1024 * 1024
BROKEN = (
    *(zipfile.BadZipFile, zlib.error, zstandard.ZstdError, struct.error),
    *(EOFError, OSError, ValueError),
)
NO_DIRECTORY = (
    "is a damaged Inspect log: its table of contents at the end is missing or broken"
    " (the copy may be incomplete)"
)


class Archive:
    """The members of an open archive, by name; of one that is there twice the last."""

    def __init__(self, path: Path, archive: zipfile.ZipFile, file: BinaryIO) -> None:
        self._path = path
        self._archive = archive
        self._file = file
        self.names = list(archive.NameToInfo)

    def value(self, name: str) -> Any:
        """Return the JSON value of a member. Raises `NotImportable`."""
        try:
            return parse_inspect_json(self.data(name))
        except (ValueError, RecursionError, ArithmeticError) as error:
            raise self.refusal(name, f"is not JSON: {str(error)[:120]}") from None

    def data(self, name: str) -> bytes:
        """Return a member's bytes, checked. Raises `NotImportable` when it is damaged or beyond the limit."""
        member = self._archive.NameToInfo[name]
        try:
            with self._opened(member) as packed:
                # One byte more than is allowed shows that there are too many.
                data: bytes = packed.read(min(MAX_MEMBER_BYTES, member.file_size) + 1)
        except NotImplementedError:
            method = member.compress_type
            raise self.refusal(name, f"is packed in a way (method {method}) unknown here") from None
        except RuntimeError:
            raise self.refusal(name, "is protected by a password") from None
        except BROKEN as error:
            raise self.refusal(name, f"is damaged: {str(error)[:120]}") from None
        if len(data) > MAX_MEMBER_BYTES:
            raise self.refusal(name, f"unpacks to more than {MAX_MEMBER_BYTES} bytes")
        # `zipfile` checks the members that it unpacks itself.
        if member.compress_type == ZSTD and (
            len(data) != member.file_size or zlib.crc32(data) != member.CRC
        ):
            raise self.refusal(name, "is damaged: its length or checksum differs")
        return data

    def _opened(self, member: zipfile.ZipInfo) -> IO[bytes]:
        if member.compress_type != ZSTD:
            return self._archive.open(member)
        self._file.seek(member.header_offset)
        mark, name_bytes, extra_bytes = LOCAL_HEADER.unpack(self._file.read(LOCAL_HEADER.size))
        if mark != b"PK\x03\x04":
            raise zipfile.BadZipFile("there is no member at its place")
        self._file.seek(name_bytes + extra_bytes, io.SEEK_CUR)
        decoder = zstandard.ZstdDecompressor(max_window_size=MAX_WINDOW_BYTES)
        return decoder.stream_reader(
            cast("IO[bytes]", _Slice(self._file, member.compress_size)),
            read_across_frames=True,
            closefd=False,
        )

    def size(self, name: str) -> int:
        """Return how many bytes a member says it has, unpacked."""
        return self._archive.NameToInfo[name].file_size

    def refusal(self, name: str, sentence: str) -> NotImportable:
        """Return the error that a member cannot be read."""
        return NotImportable(self._path, f"{name[:120]} {sentence}")


class _Slice(io.RawIOBase):
    """The bytes of a file from its place on, so many of them."""

    def __init__(self, file: BinaryIO, left: int) -> None:
        super().__init__()
        self._file = file
        self._left = left

    def readable(self) -> bool:
        """Return True."""
        return True

    def read(self, size: int = -1, /) -> bytes:
        """Return the next bytes; none at the end."""
        wanted = min(self._left, CHUNK_BYTES if size < 0 else size)
        found = self._file.read(wanted)
        self._left -= len(found)
        return found


@contextmanager
def open_archive(path: Path) -> Iterator[Archive]:
    """Open a log for reading. Raises `NotImportable`."""
    try:
        file = path.open("rb")
    except OSError as error:
        raise NotImportable(path, f"cannot be opened: {error.strerror or error}") from None
    with file:
        try:
            archive = zipfile.ZipFile(file)
        except (*BROKEN, NotImplementedError):
            raise NotImportable(path, NO_DIRECTORY) from None
        with archive:
            yield Archive(path, archive, file)


def parse_inspect_json(data: bytes) -> Any:
    """Return a JSON value. Raises `ValueError`, `RecursionError`.

    Inspect writes the score of what was not scored as the bare word NaN: such words become texts.
    """
    return json.loads(data, parse_constant=str)
