"""Bodies are inflated within bounds, and refused with a sentence."""

from __future__ import annotations

import gzip
import zlib
from contextlib import suppress

import pytest
import zstandard
from hypothesis import given
from hypothesis import strategies as st

from ingest.wire.body import inflate, media_type
from ingest.wire.errors import Malformed, Refused, TooLarge, Unsupported

TEXT = b"a deliberation, told at length. " * 500


def raw_deflate(body: bytes) -> bytes:
    stream = zlib.compressobj(wbits=-15)
    return stream.compress(body) + stream.flush()


PACKED = {
    "gzip": gzip.compress(TEXT),
    "deflate": zlib.compress(TEXT),
    "zstd": zstandard.ZstdCompressor().compress(TEXT),
}


def test_it_works() -> None:
    assert inflate(PACKED["gzip"], "gzip") == TEXT


@pytest.mark.parametrize("coding", PACKED)
def test_each_coding_gives_the_body_back(coding: str) -> None:
    assert inflate(PACKED[coding], coding.upper()) == TEXT


@pytest.mark.parametrize("coding", [None, "", "identity"])
def test_no_coding_is_identity(coding: str | None) -> None:
    assert inflate(TEXT, coding) == TEXT


def test_a_bare_deflate_stream_is_taken_too() -> None:
    assert inflate(raw_deflate(TEXT), "deflate") == TEXT


def test_gzip_members_are_joined_and_padding_is_ignored() -> None:
    assert inflate(gzip.compress(b"one ") + gzip.compress(b"two") + bytes(7), "gzip") == b"one two"


def test_zstd_frames_are_joined_with_and_without_their_size() -> None:
    unsized = zstandard.ZstdCompressor(write_content_size=False)
    frames = unsized.compress(b"one ") + zstandard.ZstdCompressor().compress(b"two")
    assert inflate(frames, "zstd") == b"one two"


@pytest.mark.parametrize("coding", PACKED)
def test_a_body_cut_short_is_malformed(coding: str) -> None:
    with pytest.raises(Malformed):
        inflate(PACKED[coding][:-5], coding)


@pytest.mark.parametrize("coding", PACKED)
def test_an_empty_compressed_body_is_malformed(coding: str) -> None:
    with pytest.raises(Malformed):
        inflate(b"", coding)


@pytest.mark.parametrize("coding", PACKED)
def test_the_limit_is_exact(coding: str) -> None:
    assert inflate(PACKED[coding], coding, limit=len(TEXT)) == TEXT
    with pytest.raises(TooLarge, match=str(len(TEXT) - 1)):
        inflate(PACKED[coding], coding, limit=len(TEXT) - 1)


def test_a_bomb_in_several_members_is_too_large() -> None:
    member = gzip.compress(bytes(10_000_000))
    with pytest.raises(TooLarge):
        inflate(member * 10, "gzip")


def test_a_zstd_bomb_is_too_large() -> None:
    with pytest.raises(TooLarge):
        inflate(zstandard.ZstdCompressor().compress(bytes(100_000_000)), "zstd")


@pytest.mark.parametrize("coding", ["gzip", "zstd"])
def test_thousands_of_empty_members_are_malformed(coding: str) -> None:
    empty = {"gzip": gzip.compress(b""), "zstd": zstandard.ZstdCompressor().compress(b"")}[coding]
    with pytest.raises(Malformed, match="more than 64"):
        inflate(empty * 5000, coding)


@given(st.binary(max_size=200), st.sampled_from(["gzip", "deflate", "zstd", "br", "gzip, gzip"]))
def test_garbage_is_refused_and_nothing_else_happens(raw: bytes, coding: str) -> None:
    for body in (raw, PACKED["gzip"][:10] + raw, PACKED["zstd"][:6] + raw):
        with suppress(Refused):
            inflate(body, coding)


def test_an_unknown_coding_is_unsupported() -> None:
    with pytest.raises(Unsupported) as refusal:
        inflate(b"", "br")
    assert refusal.value.status == 415


def test_media_types_are_told_apart() -> None:
    assert media_type("application/x-protobuf") == "protobuf"
    assert media_type("application/json; charset=utf-8") == "json"
    for other in (None, "", "text/plain", "application/xml"):
        with pytest.raises(Unsupported):
            media_type(other)
