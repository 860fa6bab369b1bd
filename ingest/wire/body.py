"""A request body as it was meant: inflated within bounds, its media type known."""

from __future__ import annotations

import zlib
from typing import Literal

import zstandard

from ingest.wire.errors import Malformed, TooLarge, Unsupported
from ingest.wire.limits import MAX_INFLATED_BYTES, MAX_MEMBERS, MAX_ZSTD_WINDOW_BYTES

Media = Literal["protobuf", "json"]

GZIP_WBITS = 31
ZLIB_WBITS = 15
RAW_DEFLATE_WBITS = -15
ZSTD_PIECE_BYTES = 512
"""Its decompressor bounds no output, and four bytes can say 128 KiB: 512 bytes overshoot by 16 MiB at most."""

MEDIA: dict[str, Media] = {
    "application/x-protobuf": "protobuf",
    "application/protobuf": "protobuf",
    "application/json": "json",
}


def media_type(header: str | None) -> Media:
    """Return which of OTLP's two encodings a Content-Type names. Raises `Unsupported`."""
    named = (header or "").partition(";")[0].strip().lower()
    found = MEDIA.get(named)
    if found is None:
        raise Unsupported("Content-Type must be application/x-protobuf or application/json")
    return found


def inflate(raw: bytes, encoding: str | None, *, limit: int = MAX_INFLATED_BYTES) -> bytes:
    """Return the body behind a Content-Encoding: identity, gzip, deflate or zstd.

    Never holds much more than `limit` bytes. Raises `Malformed` (broken or cut short), `TooLarge`,
    `Unsupported`.
    """
    coding = (encoding or "identity").strip().lower()
    if coding in ("identity", ""):
        return _bounded(raw, limit)
    if coding in ("gzip", "x-gzip"):
        return _gunzip(raw, limit)
    if coding == "deflate":
        return _undeflate(raw, limit)
    if coding == "zstd":
        return _unzstd(raw, limit)
    raise Unsupported("Content-Encoding must be identity, gzip, deflate or zstd")


def _bounded(body: bytes, limit: int) -> bytes:
    if len(body) > limit:
        raise TooLarge(f"the body has more than {limit} bytes once inflated")
    return body


def _gunzip(raw: bytes, limit: int) -> bytes:
    members: list[bytes] = []
    size, rest = 0, raw
    while rest:
        if len(members) == MAX_MEMBERS:
            raise Malformed(f"the body has more than {MAX_MEMBERS} gzip members")
        member, rest = _decompress(rest, GZIP_WBITS, limit, size)
        members.append(member)
        size += len(member)
        rest = rest.lstrip(b"\0")  # padding, as gzip itself takes it
    if not members:
        raise Malformed("the body is empty, and so not gzip")
    return members[0] if len(members) == 1 else b"".join(members)


def _undeflate(raw: bytes, limit: int) -> bytes:
    # RFC 9110 means zlib's format; some clients send the bare stream all the same.
    try:
        body, rest = _decompress(raw, ZLIB_WBITS, limit, 0)
    except Malformed:
        body, rest = _decompress(raw, RAW_DEFLATE_WBITS, limit, 0)
    if rest:
        raise Malformed("bytes follow the compressed body")
    return body


def _decompress(raw: bytes, wbits: int, limit: int, size: int) -> tuple[bytes, bytes]:
    """Return one stream's bytes and what follows it; `size` bytes of the limit are used up."""
    stream = zlib.decompressobj(wbits)
    try:
        body = stream.decompress(raw, limit - size + 1)
    except zlib.error as error:
        raise Malformed(f"the body cannot be inflated: {error}") from None
    if size + len(body) > limit:
        raise TooLarge(f"the body has more than {limit} bytes once inflated")
    if not stream.eof:
        raise Malformed("the compressed body is cut short")
    return body, stream.unused_data


def _unzstd(raw: bytes, limit: int) -> bytes:
    pieces: list[bytes] = []
    size = frames = 0
    decompressor = zstandard.ZstdDecompressor(max_window_size=MAX_ZSTD_WINDOW_BYTES)
    stream = decompressor.decompressobj()
    for start in range(0, len(raw), ZSTD_PIECE_BYTES):
        piece = raw[start : start + ZSTD_PIECE_BYTES]
        while piece:
            if stream.eof:
                stream, frames = decompressor.decompressobj(), frames + 1
            if frames == MAX_MEMBERS:
                raise Malformed(f"the body has more than {MAX_MEMBERS} zstd frames")
            try:
                pieces.append(stream.decompress(piece))
            except zstandard.ZstdError as error:
                raise Malformed(f"the body cannot be inflated: {error}") from None
            size += len(pieces[-1])
            if size > limit:
                raise TooLarge(f"the body has more than {limit} bytes once inflated")
            piece = stream.unused_data if stream.eof else b""
    if not stream.eof:
        raise Malformed("the compressed body is cut short")
    return b"".join(pieces)
