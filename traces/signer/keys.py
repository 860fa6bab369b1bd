"""The private keys, in a file that only their owner can read.

Each line is a key in the form that C2SP's notes use in Go: `PRIVATE+KEY+<name>+<key id>+<base64 of 0x01 ‖ seed>`. The
file is replaced whole: a crash leaves the old one or the new one.
"""

from __future__ import annotations

import os
from base64 import b64decode, b64encode
from dataclasses import dataclass
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from deliberation.bundle.keys import ED25519, is_key_name, key_id

MARK = "PRIVATE+KEY+"
SEED_BYTES = 32


class Unusable(Exception):
    """What lies on disk cannot be used; the message says why, and what to do."""


@dataclass(frozen=True, slots=True, repr=False)
class SigningKey:
    """A key that signs. `seed` is its secret, 32 bytes, and appears nowhere but in its file."""

    name: str
    seed: bytes

    @property
    def private(self) -> Ed25519PrivateKey:
        """The key as `cryptography` has it."""
        return Ed25519PrivateKey.from_private_bytes(self.seed)

    @property
    def public(self) -> bytes:
        """The public half, 32 bytes."""
        return self.private.public_key().public_bytes_raw()

    @property
    def id(self) -> bytes:
        """The first four bytes of a hash over name and public half."""
        return key_id(self.name, self.public)

    @property
    def label(self) -> str:
        """`<name>+<key id>`."""
        return f"{self.name}+{self.id.hex()}"

    @property
    def line(self) -> str:
        """The public half as somebody who trusts it writes it."""
        return f"{self.label}+{b64encode(ED25519 + self.public).decode()}"

    def sign(self, message: bytes) -> bytes:
        """Return the signature, 64 bytes; the same each time."""
        return self.private.sign(message)


def read_keys(path: Path) -> tuple[SigningKey, ...]:
    """Return the keys of a file, oldest first. Raises `Unusable`."""
    try:
        lines = path.read_text("utf-8").splitlines()
    except (OSError, ValueError) as error:
        raise Unusable(f"{path} cannot be read: {error}") from None
    keys = tuple(_read(line, path) for line in lines if line)
    if not keys or len({key.name for key in keys}) > 1:
        raise Unusable(f"{path} must hold one or more keys of one name")
    return keys


def write_keys(path: Path, keys: tuple[SigningKey, ...]) -> None:
    """Replace the file; on disk when this returns."""
    partial = path.with_name(path.name + ".new")
    descriptor = os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "w") as file:
        for key in keys:
            seed = b64encode(ED25519 + key.seed).decode()
            file.write(f"{MARK}{key.name}+{key.id.hex()}+{seed}\n")
        file.flush()
        os.fsync(file.fileno())
    partial.replace(path)
    directory = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(directory)
    finally:
        os.close(directory)


def _read(line: str, path: Path) -> SigningKey:
    name, _, rest = line.removeprefix(MARK).partition("+")
    said, _, encoded = rest.partition("+")
    try:
        raw = b64decode(encoded, validate=True)
    except ValueError:
        raw = b""
    key = SigningKey(name, raw[1:])
    if not line.startswith(MARK) or raw[:1] != ED25519 or len(key.seed) != SEED_BYTES:
        raise Unusable(f"{path} has a line that is no key")
    if not is_key_name(name) or key.id.hex() != said:
        raise Unusable(f"{path} has a key whose id does not fit: it was changed or cut")
    return key
