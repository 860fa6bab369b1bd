"""What the log of the instance tells of the roots of a run, and the proof that it tells so of the last one."""

from __future__ import annotations

import uuid
from base64 import b64decode, b64encode
from binascii import Error as NotBase64
from collections.abc import Sequence

from deliberation.bundle.keys import Key
from deliberation.bundle.note import read_checkpoint
from deliberation.bundle.proof import check_instance
from deliberation.bundle.verdict import Refusal
from deliberation.ledger.entry import read_line
from deliberation.ledger.tree import hash_leaf
from traces.audit.difference import Difference
from traces.audit.instance_kinds import InstanceKind
from traces.models import ForeignRun, InstanceEntry
from traces.queries.checkpoints import NoCheckpoint, find_last, proof_for_last_checkpoint
from traces.queries.log_growth import Missing
from traces.queries.signed_notes import foreign_notes

TELLING = (InstanceKind.RUN_CHECKPOINT.kind, InstanceKind.BUNDLE_EXPORTED.kind)
"""Kinds of entries with a size and a root."""
OF_THE_INSTANCE = "in the log of the instance, "


def told_roots(run_id: uuid.UUID) -> tuple[dict[int, bytes], list[Difference]]:
    """Return size → root as the log of the instance tells of a run, and which of its entries cannot be believed."""
    roots: dict[int, bytes] = {}
    wrong: list[Difference] = []
    rows = InstanceEntry.objects.filter(run_id=run_id, kind__in=TELLING).order_by("seq")
    for seq, line, leaf in rows.values_list("seq", "line", "leaf").iterator():
        found = _read(bytes(line)) if hash_leaf(bytes(line)) == bytes(leaf) else None
        if found is None or roots.setdefault(*found) != found[1]:
            what = f"{OF_THE_INSTANCE}entry {seq} about it was edited"
            wrong.append(Difference(str(run_id), None, what))
    return roots, wrong


def check_told(run_id: uuid.UUID, keys: Sequence[Key]) -> tuple[int | None, list[Difference]]:
    """Check the proof that the last checkpoint of a run stands in the log of its instance.

    Return the size of the instance's signed head, None where there is no such proof yet, and what is wrong. By one of
    `keys` must be the head of our own log; who signs elsewhere is not known here.
    """
    try:
        reached = _proven(run_id, keys)
    except (Refusal, Missing) as refusal:
        return None, [Difference(str(run_id), None, f"{OF_THE_INSTANCE}{refusal}")]
    return reached, []


def _proven(run_id: uuid.UUID, keys: Sequence[Key]) -> int | None:
    foreign = ForeignRun.objects.filter(pk=run_id).first()
    if foreign is not None:
        notes = foreign_notes(run_id)
        if not notes or not foreign.leaf:
            return None
        [last, _] = notes[-1]
        proof = foreign.proof.encode()
        return check_instance(bytes(foreign.leaf), proof, str(run_id), last).size
    try:
        leaf, proof = proof_for_last_checkpoint(run_id)
    except NoCheckpoint:
        return None
    row = find_last(run_id)
    note = read_checkpoint(row.note) if row else None
    if note is None:
        return None
    reached = check_instance(leaf, proof, str(run_id), note)
    if not reached.signers(keys):
        raise Refusal("the head over it is signed by no key that is known here")
    return reached.size


def _read(line: bytes) -> tuple[int, bytes] | None:
    try:
        facts = read_line(line)["d"]
        size, root = facts["size"], facts["root"]
        if not isinstance(size, int) or b64encode(b64decode(root)).decode() != root:
            return None
        return size, b64decode(root)
    except (ValueError, LookupError, TypeError, NotBase64):
        return None
