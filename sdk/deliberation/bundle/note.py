"""Signed notes and checkpoints (c2sp.org/signed-note, c2sp.org/tlog-checkpoint), read strictly.

A checkpoint's text is three lines, origin, size and root, without extension lines: what nobody checks is not signed
along. A signature by a key that you trust must be right; one by a key that you do not know is passed over.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from deliberation.bundle import base64_text, signatures
from deliberation.bundle.bounds import MAX_LOG_SIZE, MAX_NOTE_BYTES, MAX_SIGNATURES
from deliberation.bundle.keys import Key, is_key_name
from deliberation.bundle.terminal import plain
from deliberation.bundle.verdict import Refusal
from deliberation.ledger.tree import HASH_BYTES

MARK = "— "
MAX_SIZE_DIGITS = 16


@dataclass(frozen=True, slots=True)
class Signature:
    """One signature line: who is said to have signed, and the signature itself."""

    name: str
    id: bytes
    signature: bytes


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """A log's head at a size, and the signatures under it. `text` is what was signed."""

    origin: str
    size: int
    root: bytes
    text: str
    signatures: tuple[Signature, ...]

    def signers(self, keys: Sequence[Key]) -> list[Key]:
        """Return the keys that signed this. Raises `Refusal` when the signature of one of them is wrong."""
        found: list[Key] = []
        for each in self.signatures:
            for key in keys:
                if (key.name, key.id) == (each.name, each.id):
                    if not signatures.verify(key.public, self.text.encode(), each.signature):
                        raise Refusal(
                            f"the checkpoint of size {self.size} has a wrong signature by {key.label}"
                        )
                    found.append(key)
        return found


def read_checkpoint(note: str) -> Checkpoint:
    """Return the checkpoint of a note. Raises `Refusal`."""
    if len(note.encode("utf-8", "replace")) > MAX_NOTE_BYTES:
        raise Refusal(f"a note has more than {MAX_NOTE_BYTES} bytes")
    if any(c < " " and c != "\n" for c in note):
        raise Refusal("a note has a control character")
    body, gap, signed = note.rpartition("\n\n")
    lines = signed.split("\n")
    if not gap or lines.pop() != "" or not lines:
        raise Refusal("a note is text, an empty line, and signature lines")
    if len(lines) > MAX_SIGNATURES:
        raise Refusal(f"a note has more than {MAX_SIGNATURES} signature lines")
    read = tuple(map(_read_signature, lines))
    if len({(each.name, each.id) for each in read}) < len(read):
        raise Refusal("a note has two signatures by one key")
    return _read_text(body + "\n", read)


def split_notes(text: str) -> list[str]:
    """Return the notes of a file in which an empty line stands between each two."""
    blocks = text.split("\n\n")
    if len(blocks) % 2:
        raise Refusal("notes are text and signature lines by turns, with an empty line between")
    last = len(blocks) - 2
    return [
        f"{blocks[at]}\n\n{blocks[at + 1]}{'' if at == last else chr(10)}"
        for at in range(0, len(blocks), 2)
    ]


def _read_text(text: str, signed: tuple[Signature, ...]) -> Checkpoint:
    lines = text.split("\n")
    if len(lines) != 4:
        raise Refusal("a checkpoint has exactly three lines: origin, size and root")
    origin, size, root, _ = lines
    if not is_key_name(origin):
        raise Refusal("a checkpoint's origin is not empty, without spaces and plus")
    digits = size.isascii() and size.isdecimal() and len(size) <= MAX_SIZE_DIGITS
    if not digits or str(int(size)) != size or int(size) >= MAX_LOG_SIZE:
        raise Refusal(f"a checkpoint's size is not a plain number: '{plain(size, 40)}'")
    decoded = base64_text.decode(root, HASH_BYTES)
    if decoded is None:
        raise Refusal("a checkpoint's root is not 32 bytes in base64")
    return Checkpoint(origin, int(size), decoded, text, signed)


def _read_signature(line: str) -> Signature:
    name, _, encoded = line.removeprefix(MARK).partition(" ")
    data = base64_text.decode(encoded)
    if not line.startswith(MARK) or not is_key_name(name) or data is None or len(data) <= 4:
        raise Refusal(f"not a signature line: '{plain(line, 80)}'")
    return Signature(name, data[:4], data[4:])
