"""A witness of another implementation checks what the server signs: its keys, its notes, its proofs.

The PyPI package `witness-log` has a C2SP tlog-witness, which signs under a checkpoint if it is consistent with the one
before. Only tests need it.
"""

from __future__ import annotations

import uuid
from base64 import b64decode, b64encode
from typing import Any

import pytest

from deliberation.bundle.note import read_checkpoint
from tests.integration.pages.test_control import signed_in
from tests.integration.sealing.runs import begin, grow, seal
from tests.people import People
from traces.audit.proofs import consistency
from traces.models import Checkpoint, InstanceLog, LedgerEntry
from traces.queries.checkpoints import checkpoints_of
from traces.queries.log_growth import Log, log_of_instance, log_of_run, read_growth
from traces.queries.signer import public_keys
from traces.signer.ask import SignerAt

witness_log: Any = pytest.importorskip("witness_log", reason="pip install witness-log")
pytestmark = pytest.mark.django_db


def test_it_works(signer: SignerAt):
    run = begin()
    for at in range(6):
        grow(run, 2**at)
        seal(signer, 20 * at)
    [key] = public_keys()
    notes = [read_checkpoint(note) for note in checkpoints_of(uuid.UUID(run))]
    witness = witness_log.WitnessService.new("witness.example/w", bytes(32))
    assert witness.add_log(notes[0].origin, key)
    check_history(witness, log_of_run(uuid.UUID(run)), checkpoints_of(uuid.UUID(run)))


def test_the_log_of_the_instance_too(signer: SignerAt):
    for at in range(5):
        begin()
        seal(signer, at)
    [key] = public_keys()
    rows = Checkpoint.objects.filter(run_id=InstanceLog.objects.get().run_id).order_by("size")
    witness = witness_log.WitnessService.new("witness.example/w", bytes(32))
    assert witness.add_log(read_checkpoint(rows[0].note).origin, key)
    log = log_of_instance()
    assert log is not None
    check_history(witness, log, [row.note for row in rows])


def test_receipts_prove_the_entry_to_it(signer: SignerAt, people: People):
    run = begin()
    grow(run, 20)
    seal(signer)
    alice = signed_in(people.alice)
    for row in LedgerEntry.objects.filter(run_id=run):
        head, _, note = alice.get(f"/runs/{run}/receipts/{row.seq}").text.partition("\n\n")
        read = read_checkpoint(note)
        path = [b64decode(each).hex() for each in head.split("\n")[3:]]
        given = (bytes(row.leaf).hex(), row.seq, read.size, path)
        assert witness_log.verify_inclusion(*given, read.root.hex())
        assert not witness_log.verify_inclusion(*given, bytes(32).hex())


def check_history(witness: Any, log: Log, notes: list[str]) -> None:
    """The witness takes each with the proof from the one before, and none without."""
    assert len(notes) > 3
    before = 0
    for note in notes:
        size = read_checkpoint(note).size
        proof = consistency(read_growth(log, before, size)) if before else []
        if before:
            assert offer(witness, before, [], note) == 422
        assert offer(witness, before, proof, note) == 200
        before = size
    assert offer(witness, 0, [], notes[0]) == 409


def offer(witness: Any, before: int, proof: list[bytes], note: str) -> int:
    """The answer's status to a C2SP add-checkpoint request."""
    lines = [f"old {before}", *(b64encode(each).decode() for each in proof), "", note]
    status, _ = witness.handle_add_checkpoint("\n".join(lines))
    return int(status)
