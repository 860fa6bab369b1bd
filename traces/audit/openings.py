"""The openings of one entry's parts, as they lie in a column.

For each part: name length (1 byte) ‖ name ‖ salt (32) ‖ where (1 byte) ‖ payload. `where` is 0 for a text kept here
(length, 4 bytes big-endian, then the bytes), 1 for a text kept once per run (its SHA-256, 32 bytes), 2 for a text
that was redacted (nothing follows, and the salt is zeros), 3 for a text that somebody else withheld when they exported
the run (the salt is zeros; their reason follows: length, 2 bytes big-endian, then its UTF-8).
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass

from deliberation.ledger.parts import SALT_BYTES, Part

INLINE_BYTES = 4096
HERE, ONCE_PER_RUN, REDACTED, WITHHELD = 0, 1, 2, 3
HASH_BYTES = 32


@dataclass(frozen=True, slots=True)
class Opening:
    """One part of one entry. Exactly one of `data` and `inner` is set, neither when it was redacted or withheld.

    `withheld` is the reason that another instance gave for not showing it.
    """

    name: str
    salt: bytes
    data: bytes | None
    inner: bytes | None
    withheld: str | None = None


def pack_reference(name: str, salt: bytes, inner: bytes) -> bytes:
    """Return the bytes for a text that is kept once per run."""
    return bytes((len(name),)) + name.encode("ascii") + salt + b"\x01" + inner


def pack_closed(name: str, withheld: str | None) -> bytes:
    """Return the bytes for a text that is not here: withheld for a reason, or redacted."""
    head = bytes((len(name),)) + name.encode("ascii") + bytes(SALT_BYTES)
    if withheld is None:
        return head + b"\x02"
    reason = withheld.encode()
    return head + b"\x03" + len(reason).to_bytes(2, "big") + reason


def pack(parts: Iterable[Part]) -> bytes:
    """Return the column's bytes for the parts of one entry."""
    chunks: list[bytes] = []
    for part in parts:
        name = part.name.encode("ascii")
        chunks += (bytes((len(name),)), name, part.salt)
        if len(part.data) <= INLINE_BYTES:
            chunks += (b"\x00", len(part.data).to_bytes(4, "big"), part.data)
        else:
            chunks += (b"\x01", part.inner)
    return b"".join(chunks)


def close(packed: bytes, names: Collection[str] | None) -> bytes:
    """Return the column's bytes without these texts and their salts, without any of them where `names` is None."""
    chunks: list[bytes] = []
    for each in unpack(packed):
        if each.withheld is not None and names is not None and each.name not in names:
            chunks.append(pack_closed(each.name, each.withheld))
            continue
        name = each.name.encode("ascii")
        chunks += (bytes((len(name),)), name)
        if names is None or each.name in names or (each.data is None and each.inner is None):
            chunks += (bytes(SALT_BYTES), b"\x02")
        elif each.data is not None:
            chunks += (each.salt, b"\x00", len(each.data).to_bytes(4, "big"), each.data)
        elif each.inner is not None:
            chunks += (each.salt, b"\x01", each.inner)
    return b"".join(chunks)


def unpack(packed: bytes) -> Iterator[Opening]:
    """Yield the openings in a column's bytes. Raises ValueError on bytes that are none."""
    at, end = 0, len(packed)
    while at < end:
        name_end = at + 1 + packed[at]
        name = packed[at + 1 : name_end].decode("ascii")
        salt = packed[name_end : name_end + SALT_BYTES]
        where = packed[name_end + SALT_BYTES]
        at = name_end + SALT_BYTES + 1
        if where == HERE:
            size = int.from_bytes(packed[at : at + 4], "big")
            yield Opening(name, salt, packed[at + 4 : at + 4 + size], None)
            at += 4 + size
        elif where == ONCE_PER_RUN:
            yield Opening(name, salt, None, packed[at : at + HASH_BYTES])
            at += HASH_BYTES
        elif where == REDACTED:
            yield Opening(name, salt, None, None)
        elif where == WITHHELD:
            size = int.from_bytes(packed[at : at + 2], "big")
            yield Opening(name, salt, None, None, packed[at + 2 : at + 2 + size].decode())
            at += 2 + size
        else:
            raise ValueError(f"an opening cannot be of kind {where}")
