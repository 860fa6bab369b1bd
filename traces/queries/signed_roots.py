"""The roots that were signed of a log, each checked by its signature."""

from __future__ import annotations

import uuid
from collections.abc import Sequence

from deliberation.bundle.keys import Key, read_key
from deliberation.bundle.note import read_checkpoint
from deliberation.bundle.verdict import Misuse, Refusal
from traces.audit.difference import Difference
from traces.models import Checkpoint
from traces.queries.signed_notes import foreign_notes
from traces.queries.signer import public_keys


def known_keys() -> list[Key]:
    """Return the keys that ever signed here, as the log of the instance tells of them."""
    keys = []
    for line in public_keys():
        try:
            keys.append(read_key(line))
        except (Misuse, Refusal):
            continue
    return keys


def signed_roots(
    log_id: uuid.UUID, keys: Sequence[Key]
) -> tuple[dict[int, bytes], list[Difference]]:
    """Return size → root of the checkpoints over a log, and what is wrong with their rows or signatures."""
    roots: dict[int, bytes] = {}
    wrong: list[Difference] = []
    for row in Checkpoint.objects.filter(run_id=log_id).order_by("size").iterator():
        sentence = _wrong_with(row, keys)
        if sentence is not None:
            wrong.append(
                Difference(str(log_id), None, f"the checkpoint over {row.size} {sentence}")
            )
        else:
            roots[row.size] = bytes(row.root)
    return roots, wrong


def foreign_roots(run_id: uuid.UUID) -> dict[int, bytes]:
    """Return size → root of the checkpoints that came with a run of another installation; whose keys are not known."""
    return {note.size: note.root for note, _ in foreign_notes(run_id)}


def _wrong_with(row: Checkpoint, keys: Sequence[Key]) -> str | None:
    try:
        note = read_checkpoint(row.note)
        signers = note.signers(keys)
    except Refusal as refusal:
        return f"cannot be read: {refusal}"
    if (note.origin, note.size, note.root) != (row.origin, row.size, bytes(row.root)):
        return "says something else than its row"
    return None if signers else "is signed by no key that is known here"
