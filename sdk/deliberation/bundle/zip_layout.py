"""That a zip has no gaps: local headers and data from its first byte, then the directory, then the end record."""

from __future__ import annotations

import struct
import zipfile
from typing import BinaryIO

from deliberation.bundle.bounds import MAX_NAME_CHARS
from deliberation.bundle.verdict import Refusal

END = struct.Struct("<4s4H2LH")
LOCAL = struct.Struct("<4s5H3L2H")
MAX_RECORD_BYTES = 46 + MAX_NAME_CHARS
DESCRIBED_LATER = 0x8
DESCRIPTOR_BYTES = 16


def read_end(file: BinaryIO, length: int) -> tuple[int, int]:
    """Return where the central directory starts, and how many files it says that there are."""
    file.seek(max(0, length - END.size - 20))
    tail = file.read()
    if len(tail) < END.size or not tail[-END.size :].startswith(b"PK\x05\x06"):
        raise Refusal("not a zip, or cut off, or with something after its end")
    _, disk, first, here, count, size, start, comment = END.unpack(tail[-END.size :])
    if 0xFFFF in (here, count) or 0xFFFFFFFF in (size, start) or tail.startswith(b"PK\x06\x07"):
        raise Refusal("a zip64 archive, which a bundle is not")
    if disk or first or here != count or comment:
        raise Refusal("a zip in several volumes, or with a comment")
    if size > count * MAX_RECORD_BYTES:
        raise Refusal("the zip's directory is larger than its files need")
    if start + size + END.size != length:
        raise Refusal("the zip's directory does not stand where its end says")
    return start, count


def check_layout(file: BinaryIO, members: list[zipfile.ZipInfo], start: int) -> dict[str, int]:
    """Return where the data of each file starts, after checking that the files fill the zip without a gap."""
    at = 0
    starts: dict[str, int] = {}
    for member in sorted(members, key=lambda each: each.header_offset):
        if member.header_offset != at:
            raise Refusal(f"{member.filename}: overlaps another file, or hides bytes before it")
        name = member.orig_filename
        starts[name] = at + LOCAL.size + len(name)
        at = _check_local(file, member)
    if at != start:
        raise Refusal("bytes are hidden before the zip's directory")
    return starts


def _check_local(file: BinaryIO, member: zipfile.ZipInfo) -> int:
    """Compare a local header with the directory; return where the next one starts."""
    file.seek(member.header_offset)
    raw = file.read(LOCAL.size)
    name = member.orig_filename.encode()
    sizes = (member.CRC, member.compress_size, member.file_size)
    later = bool(member.flag_bits & DESCRIBED_LATER)
    if len(raw) < LOCAL.size:
        raise Refusal(f"{member.filename}: has no local header")
    magic, _, flags, method, _, _, crc, packed, unpacked, name_length, extra = LOCAL.unpack(raw)
    agrees = (magic, flags, method) == (b"PK\x03\x04", member.flag_bits, member.compress_type)
    told = (0, 0, 0) if later else sizes
    if not agrees or (crc, packed, unpacked) != told or extra or file.read(name_length) != name:
        raise Refusal(f"{member.filename}: its local header says other than the zip's directory")
    end: int = member.header_offset + LOCAL.size + name_length + member.compress_size
    if not later:
        return end
    file.seek(end)
    if file.read(DESCRIPTOR_BYTES) != struct.pack("<4s3L", b"PK\x07\x08", *sizes):
        raise Refusal(f"{member.filename}: what follows it says other than the zip's directory")
    return end + DESCRIPTOR_BYTES
