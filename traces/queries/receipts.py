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
from traces.queries.access import NotVisible, Who, as_viewer
from traces.queries.log_growth import Log, log_of_run, read_growth


class NotYetSigned(Exception):
    """No checkpoint covers the entry yet: in a moment one will."""


def read_receipt(*, who: Who, run_id: uuid.UUID, seq: int) -> bytes:
    """Return the receipt of an entry. Raises NotVisible, NotYetSigned."""
    is_seen = Run.objects.filter(pk=run_id, project_id__in=as_viewer(who).project_ids).exists()
    entry = LedgerEntry.objects.filter(run_id=run_id, seq=seq).values_list("line", flat=True)
    line = entry.first() if is_seen else None
    if line is None:
        raise NotVisible
    covering = (
        Checkpoint.objects.filter(run_id=run_id, size__gt=seq).order_by("size", "-id").first()
    )
    if covering is None:
        raise NotYetSigned
    return write_proof(log_of_run(run_id), seq, covering, extra=bytes(line))


def write_proof(log: Log, index: int, covering: Checkpoint, *, extra: bytes | None = None) -> bytes:
    """Return the tlog-proof of an entry (c2sp.org/tlog-proof@v1) under a checkpoint that covers it."""
    path = inclusion(read_growth(log, index, covering.size), index)
    return _text(index, path, covering.note, extra).encode()


def _text(index: int, path: Sequence[bytes], note: str, extra: bytes | None) -> str:
    more = [] if extra is None else [f"extra {b64encode(extra).decode()}"]
    hashes = [b64encode(each).decode() for each in path]
    return "\n".join([FIRST_LINE, *more, f"index {index}", *hashes, "", note])
