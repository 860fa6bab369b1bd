"""A receipt: one entry of a run, and the proof that it stands under a signed checkpoint, in one file.

A C2SP tlog-proof whose `extra` is the entry's line. Whoever keeps it can show the entry to anybody who trusts the key,
and can hold the server to all entries before it: `deliberation verify --known-head` takes the file.
"""

from __future__ import annotations

import uuid
from base64 import b64encode
from collections.abc import Sequence

from deliberation.bundle.proof import FIRST_LINE
from traces.audit.proofs import inclusion
from traces.models import Checkpoint, LedgerEntry, Run
from traces.models.run import FOREIGN
from traces.queries.access import NotVisible, Who, see_run
from traces.queries.log_growth import Log, log_of_run, read_growth
from traces.queries.signed_notes import foreign_notes


class NotYetSigned(Exception):
    """No checkpoint covers the entry yet: in a moment one will."""


class NeverSigned(Exception):
    """The run came from another installation, and what came with it covers the entry by no checkpoint."""


def read_receipt(*, who: Who, run_id: uuid.UUID, seq: int) -> bytes:
    """Return the receipt of an entry. Raises NotVisible, NotYetSigned, NeverSigned."""
    run = see_run(who, run_id)
    entry = LedgerEntry.objects.filter(run_id=run_id, seq=seq).values_list("line", flat=True)
    line = entry.first()
    if line is None:
        raise NotVisible
    size, note = _foreign_covering(run_id, seq) if run.source == FOREIGN else _covering(run, seq)
    return write_proof(log_of_run(run_id), seq, size, note, extra=bytes(line))


def write_proof(log: Log, index: int, size: int, note: str, *, extra: bytes | None = None) -> bytes:
    """Return the tlog-proof of an entry (c2sp.org/tlog-proof@v1) under a note over `size` entries, which covers it."""
    path = inclusion(read_growth(log, index, size), index)
    return _text(index, path, note, extra).encode()


def _covering(run: Run, seq: int) -> tuple[int, str]:
    covering = Checkpoint.objects.filter(run_id=run.pk, size__gt=seq).order_by("size", "-id")
    found = covering.values_list("size", "note").first()
    if found is None:
        raise NotYetSigned
    return found


def _foreign_covering(run_id: uuid.UUID, seq: int) -> tuple[int, str]:
    for note, text in foreign_notes(run_id):
        if note.size > seq:
            return note.size, text
    raise NeverSigned


def _text(index: int, path: Sequence[bytes], note: str, extra: bytes | None) -> str:
    more = [] if extra is None else [f"extra {b64encode(extra).decode()}"]
    hashes = [b64encode(each).decode() for each in path]
    return "\n".join([FIRST_LINE, *more, f"index {index}", *hashes, "", note])
