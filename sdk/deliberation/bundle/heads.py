"""Heads that the person who verifies has kept: from ingest answers, receipts, older bundles.

A file of heads has on each line `<run> <size> <root in base64>`, as the server gives them away, and between them, with
an empty line around each, signed checkpoints of runs; or it is a receipt (a C2SP tlog-proof), which ends in such a
checkpoint. Whoever brings a head need not prove it: it is their own memory.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path
from typing import NamedTuple

from deliberation.bundle import base64_text
from deliberation.bundle.layout import is_run_id
from deliberation.bundle.note import read_checkpoint
from deliberation.bundle.proof import FIRST_LINE
from deliberation.bundle.verdict import Misuse, Refusal
from deliberation.ledger.head import read_head
from deliberation.ledger.tree import HASH_BYTES

NOTE = re.compile(r"^[^\n]+\n[^\n]+\n[^\n]+\n\n(?:— [^\n]*\n)+", re.MULTILINE)
"""Three lines, an empty one, and signatures. What is in them is read strictly afterwards."""


class KnownHead(NamedTuple):
    """A run's ledger as it was when somebody took note."""

    run: str
    size: int
    root: bytes


def read_heads(paths: Iterable[str]) -> tuple[KnownHead, ...]:
    """Return the heads in these files. Raises `Misuse` on a file without."""
    heads: list[KnownHead] = []
    for path in paths:
        try:
            text = Path(path).read_text("utf-8")
        except (OSError, ValueError) as error:
            raise Misuse(f"the file of heads cannot be read: {error}") from None
        found = heads_of_text(text)
        if not found:
            raise Misuse(
                f"{path} has no head: a line is <run> <size> <root>, or it is a checkpoint"
            )
        heads += found
    return tuple(heads)


def heads_of_text(text: str) -> list[KnownHead]:
    """Return the heads in the text of such a file; of an empty one, none. Raises `Misuse`."""
    if text.startswith(FIRST_LINE):
        text = text.partition("\n\n")[2]  # of a receipt, the checkpoint under it
    return [*_from_lines(NOTE.sub("\n", text)), *_from_notes(NOTE.findall(text))]


def _from_lines(text: str) -> list[KnownHead]:
    heads: list[KnownHead] = []
    for line in filter(None, map(str.strip, text.splitlines())):
        head = read_head(line)
        root = base64_text.decode(head.root, HASH_BYTES) if head else None
        if head is None or root is None or not is_run_id(head.run):
            raise Misuse(f"not a head: {line[:100]!r}")
        heads.append(KnownHead(head.run, head.size, root))
    return heads


def _from_notes(notes: Iterable[str]) -> list[KnownHead]:
    try:
        checkpoints = [read_checkpoint(note) for note in notes]
    except Refusal as error:
        raise Misuse(f"a checkpoint among the known heads: {error}") from None
    heads = [
        KnownHead(each.origin.rpartition("/runs/")[2], each.size, each.root) for each in checkpoints
    ]
    if not all(is_run_id(each.run) for each in heads):
        raise Misuse("a checkpoint among the known heads is of no run")
    return heads
