"""A zip that can be read in one way only.

The file is: local headers each followed by its data, the central directory, the end record; nothing before, between or
after. Every local header says what the directory says. Nothing is written to disk, and nothing that a zip may say and
a bundle does not need is accepted: encryption, zip64, extra fields, comments, links, folders, other compressions.
"""

from __future__ import annotations

import re
import stat
import struct
import zipfile
import zlib
from collections.abc import Iterator
from threading import Lock
from typing import BinaryIO

from deliberation.bundle.ahead import read_ahead
from deliberation.bundle.bounds import (
    MAX_FILE_BYTES,
    MAX_LINE_BYTES,
    MAX_NAME_CHARS,
    MAX_TOTAL_BYTES,
    MIB,
)
from deliberation.bundle.terminal import plain
from deliberation.bundle.verdict import Refusal
from deliberation.bundle.zip_layout import DESCRIBED_LATER, check_layout, read_end

ENCRYPTED = 0x1
ALLOWED_FLAGS = DESCRIBED_LATER | 0x6 | 0x800  # how hard deflate tried; names in UTF-8
METHODS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
NAME = re.compile(r"[A-Za-z0-9_-][A-Za-z0-9._-]*(?:/[A-Za-z0-9_-][A-Za-z0-9._-]*)*")
BROKEN = (zipfile.BadZipFile, struct.error, ValueError, RuntimeError, IndexError, OSError)


class Archive:
    """The files of a bundle, by name. Raises `Refusal` on a zip that is not exactly what a bundle may be."""

    def __init__(self, file: BinaryIO) -> None:
        self._file, self._at_one_place = file, Lock()
        length = file.seek(0, 2)
        start, count = read_end(file, length)
        try:
            members = zipfile.ZipFile(file).infolist()
        except BROKEN as error:
            raise Refusal(f"not a readable zip: {plain(str(error), 200)}") from None
        self._members: dict[str, zipfile.ZipInfo] = {}
        self._lowered: set[str] = set()
        for member in members:
            self._add(member)
        if len(self._members) != count:
            raise Refusal("the zip counts its files wrongly")
        self._check_sizes()
        self._starts = check_layout(file, list(self._members.values()), start)
        self.names = sorted(self._members)

    def __contains__(self, name: str) -> bool:
        return name in self._members

    def size(self, name: str) -> int:
        """Return the bytes of a file."""
        return self._members[name].file_size

    def chunks(self, name: str) -> Iterator[bytes]:
        """Yield the bytes of a file by portions of at most 1 MiB; their number and checksum are checked on the way."""
        member = self._members[name]
        length, checksum = 0, 0
        try:
            unpacked = self._unpacked(member)
            for chunk in read_ahead(unpacked) if member.file_size > MIB else unpacked:
                length += len(chunk)
                if length > member.file_size:
                    raise Refusal(f"{name}: is longer than the zip says")
                checksum = zlib.crc32(chunk, checksum)
                yield chunk
        except zlib.error:
            raise Refusal(f"{name}: is no deflated data") from None
        if length < member.file_size:
            raise Refusal(f"{name}: is shorter than the zip says")
        if checksum != member.CRC:
            raise Refusal(f"{name}: has another checksum than the zip says")

    def _unpacked(self, member: zipfile.ZipInfo) -> Iterator[bytes]:
        if member.compress_type == zipfile.ZIP_STORED:
            yield from self._packed(member)
            return
        inflater = zlib.decompressobj(-zlib.MAX_WBITS)
        for packed in self._packed(member):
            rest = packed
            while rest and not inflater.eof:
                yield inflater.decompress(rest, MIB)
                rest = inflater.unconsumed_tail
            if inflater.eof and (rest or inflater.unused_data):
                raise Refusal(f"{member.filename}: hides bytes after its deflated data")
        while not inflater.eof:
            chunk = inflater.decompress(b"", MIB)
            if not chunk:
                raise Refusal(f"{member.filename}: its deflated data has no end")
            yield chunk

    def _packed(self, member: zipfile.ZipInfo) -> Iterator[bytes]:
        # Several files are read by turns, so that each read says where.
        at, left = self._starts[member.orig_filename], member.compress_size
        while left:
            with self._at_one_place:
                self._file.seek(at)
                chunk = self._file.read(min(left, MIB))
            if not chunk:
                raise Refusal(f"{member.filename}: is cut off")
            at, left = at + len(chunk), left - len(chunk)
            yield chunk

    def read(self, name: str, at_most: int) -> bytes:
        """Return the bytes of a small file."""
        if name not in self._members:
            raise Refusal(f"{name}: is missing")
        if self.size(name) > at_most:
            raise Refusal(f"{name}: has more than {at_most} bytes")
        return b"".join(self.chunks(name))

    def lines(self, name: str) -> Iterator[bytes]:
        """Yield the lines of a file without their ends. Every line ends with a newline, the last one too."""
        rest: list[bytes] = []
        held = 0
        for chunk in self.chunks(name):
            first, *others = chunk.split(b"\n")
            rest.append(first)
            held += len(first)
            if held > MAX_LINE_BYTES:
                raise Refusal(f"{name}: a line has more than {MAX_LINE_BYTES} bytes")
            if others:
                yield b"".join(rest)
                yield from others[:-1]
                rest, held = [others[-1]], len(others[-1])
        if held:
            raise Refusal(f"{name}: its last line has no end")

    def _add(self, member: zipfile.ZipInfo) -> None:
        name = member.orig_filename
        shown = plain(name, MAX_NAME_CHARS)
        if len(name) > MAX_NAME_CHARS or not NAME.fullmatch(name):
            raise Refusal(f"a file may not be called '{shown}'")
        if name in self._members:
            raise Refusal(f"{shown}: stands twice in the zip")
        if name.lower() in self._lowered:
            raise Refusal(f"{shown}: differs from another name by case only")
        if member.flag_bits & ENCRYPTED:
            raise Refusal(f"{shown}: is encrypted")
        if member.flag_bits & ~ALLOWED_FLAGS:
            raise Refusal(f"{shown}: has zip flags that a bundle does not need")
        if member.compress_type not in METHODS:
            raise Refusal(f"{shown}: has an unknown compression ({member.compress_type})")
        if member.extra or member.comment:
            raise Refusal(f"{shown}: has extra fields or a comment (zip64 among them)")
        kind = member.external_attr >> 16
        if kind and not stat.S_ISREG(kind) and stat.S_IFMT(kind):
            raise Refusal(f"{shown}: is a link or a device, not a file")
        self._members[name] = member
        self._lowered.add(name.lower())

    def _check_sizes(self) -> None:
        large = [name for name in self._members if self.size(name) > MAX_FILE_BYTES]
        if large:
            raise Refusal(f"{large[0]}: says that it has more than {MAX_FILE_BYTES} bytes")
        if sum(map(self.size, self._members)) > MAX_TOTAL_BYTES:
            raise Refusal(f"the files have more than {MAX_TOTAL_BYTES} bytes together")
