"""Keys that the person who verifies brings along, as C2SP writes them: `<name>+<key id>+<base64 of 0x01 ‖ key>`.

No key is ever taken from a bundle. The key id is the first four bytes of SHA-256(name ‖ 0x0A ‖ 0x01 ‖ key), as hex.
"""

from __future__ import annotations

import binascii
from base64 import b64decode
from collections.abc import Iterable
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

from deliberation.bundle import ed25519
from deliberation.bundle.verdict import Misuse

ED25519 = b"\x01"


@dataclass(frozen=True, slots=True)
class Key:
    """A key that is trusted. `id` is four bytes, `public` 32."""

    name: str
    id: bytes
    public: bytes

    @property
    def label(self) -> str:
        """`<name>+<key id>`: what a signature says to be by this key."""
        return f"{self.name}+{self.id.hex()}"


def key_id(name: str, public: bytes) -> bytes:
    """Return the id of an Ed25519 key."""
    return sha256(name.encode() + b"\n" + ED25519 + public).digest()[:4]


def is_key_name(name: str) -> bool:
    """Return True for what C2SP takes as the name of a key: not empty, no space, no plus, nothing unprintable."""
    return bool(name) and name.isprintable() and not any(c.isspace() or c == "+" for c in name)


def read_key(text: str) -> Key:
    """Return the key that a line stands for. Raises `Misuse`."""
    name, _, rest = text.strip().partition("+")
    said, _, encoded = rest.partition("+")
    try:
        raw = b64decode(encoded, validate=True)
    except (binascii.Error, ValueError):
        raw = b""
    public = raw[1:]
    if not is_key_name(name) or raw[:1] != ED25519 or len(public) != 32:
        raise Misuse(
            "a key is written <name>+<key id>+<base64>, an Ed25519 key as C2SP notes have it"
        )
    if key_id(name, public).hex() != said:
        raise Misuse(f"the id of the key {name} is not {said}: it was mistyped or cut")
    if ed25519.read_key(public) is None:
        raise Misuse(f"the key {name} is no canonical Ed25519 key, or of small order")
    return Key(name, bytes.fromhex(said), public)


def read_keys(given: Iterable[str]) -> tuple[Key, ...]:
    """Return the keys that were named: each a key itself, or a file with one on each line (`#` begins a comment)."""
    keys: list[Key] = []
    for each in given:
        lines = [each] if each.count("+") >= 2 and not Path(each).is_file() else _lines(each)
        keys += [read_key(line) for line in lines if line.strip() and not line.startswith("#")]
    if given and not keys:
        raise Misuse("no key is in what --trust names")
    return tuple(keys)


def _lines(path: str) -> list[str]:
    try:
        return Path(path).read_text("utf-8").splitlines()
    except (OSError, ValueError) as error:
        raise Misuse(f"the key file cannot be read: {error}") from None
