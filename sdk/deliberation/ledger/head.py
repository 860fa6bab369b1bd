"""The head of a run's ledger: size and root in one line, small enough to be given away.

Size and root stand together because most proofs also verify under a wrong size. Whoever keeps a head can hold
the server to what its ledger was at that moment.
"""

from __future__ import annotations

from base64 import b64encode
from typing import NamedTuple

from deliberation.ledger.tree import HASH_BYTES, root_of


def split_frontier(packed: bytes) -> list[bytes]:
    """Return the hashes of a frontier that is stored as their concatenation."""
    return [packed[at : at + HASH_BYTES] for at in range(0, len(packed), HASH_BYTES)]


def format_head(run: str, size: int, packed: bytes) -> str:
    """Return "<run id> <size> <root in base64>" for a ledger of `size` entries with this packed frontier."""
    root = root_of(split_frontier(packed))
    return f"{run} {size} {b64encode(root).decode('ascii')}"


class Head(NamedTuple):
    """The parts of a head: `root` in base64."""

    run: str
    size: int
    root: str


def read_head(text: str) -> Head | None:
    """Return the parts of "<run id> <size> <root in base64>", or None for what is no such line."""
    words = text.split(" ")
    if len(words) != 3 or not (words[1].isascii() and words[1].isdecimal() and len(words[1]) <= 18):
        return None
    return Head(words[0], int(words[1]), words[2])
