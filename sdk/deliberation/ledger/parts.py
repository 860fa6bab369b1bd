"""Salted commitments to texts: provable, withholdable, erasable.

    inner  = SHA-256(bytes)
    commit = SHA-256("deliberation/part/v1\\0" ‖ salt ‖ inner)

Two hashes, so that a text repeated in many entries is stored once per run by `inner`. A fresh random salt of 32
bytes for each entry and part, so that a short text cannot be confirmed by guessing once its salt is gone.
"""

from __future__ import annotations

from binascii import b2a_base64
from dataclasses import dataclass
from hashlib import sha256

TAG = b"deliberation/part/v1\x00"
SALT_BYTES = 32


@dataclass(frozen=True, slots=True)
class Part:
    """One opened commitment: the part's name in its event, its salt, its hash and its bytes."""

    name: str
    salt: bytes
    inner: bytes
    data: bytes


def commit(salt: bytes, inner: bytes) -> str:
    """Return the commitment as base64, as it stands in a ledger line."""
    return b2a_base64(sha256(TAG + salt + inner).digest(), newline=False).decode("ascii")


def text_to_bytes(text: str) -> bytes:
    """Return the bytes of a part. Lone surrogates, which JSON can carry and UTF-8 cannot, survive."""
    return text.encode("utf-8", "surrogatepass")


def bytes_to_text(data: bytes) -> str:
    """Return the text of a part; the inverse of `text_to_bytes`."""
    return data.decode("utf-8", "surrogatepass")
