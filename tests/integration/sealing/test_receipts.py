"""Whoever decided takes a receipt home, which says what they did without the server."""

from __future__ import annotations

import json
import uuid
from base64 import b64decode
from pathlib import Path

import pytest
from django.test import Client

from deliberation.bundle.heads import read_heads
from deliberation.bundle.keys import read_key
from deliberation.bundle.note import read_checkpoint
from deliberation.ledger.tree import hash_leaf, root_from_inclusion
from tests.integration.control.acts import live_run
from tests.integration.control.asks import decide, request
from tests.integration.pages.test_control import signed_in
from tests.integration.sealing.runs import begin, grow, seal
from tests.people import People
from traces.models import LedgerEntry
from traces.signer.ask import SignerAt

pytestmark = pytest.mark.django_db


def receipt(client: Client, run: str | uuid.UUID, seq: int):
    return client.get(f"/runs/{run}/receipts/{seq}")


def test_it_works(signer: SignerAt, people: People, tmp_path: Path):
    approval = decide(request(live_run()).approval).approval
    alice = signed_in(people.alice)
    assert receipt(alice, approval.run_id, approval.last.seq).status_code == 503
    seal(signer)
    page = alice.get("/approvals").text
    assert f"/runs/{approval.run_id}/receipts/{approval.last.seq}" in page
    answer = receipt(alice, approval.run_id, approval.last.seq)
    assert answer["Content-Disposition"].endswith('.tlog-proof"')
    first, extra, index, *path = answer.text.partition("\n\n")[0].split("\n")
    note = read_checkpoint(answer.text.partition("\n\n")[2])
    line = b64decode(extra.removeprefix("extra "))
    assert first == "c2sp.org/tlog-proof@v1"
    assert json.loads(line)["kind"] in {"approval.decided", "approval.closed"}
    assert json.loads(line)["by"] == "user:alice"
    hashes = [b64decode(each) for each in path]
    at = int(index.removeprefix("index "))
    assert root_from_inclusion(hash_leaf(line), at, note.size, hashes) == note.root
    [key] = [read_key(each.line) for each in signer.custody().keys]
    assert note.signers([key]) == [key]
    kept = tmp_path / "kept"
    kept.write_text(answer.text)
    [head] = read_heads([str(kept)])
    assert head == (str(approval.run_id), note.size, note.root)


def test_every_entry_has_one_under_the_first_checkpoint_that_covers_it(signer, people: People):
    run = begin()
    seal(signer)
    grow(run, 5)
    seal(signer, 20)
    alice = signed_in(people.alice)
    for row in LedgerEntry.objects.filter(run_id=run):
        text = receipt(alice, run, row.seq).text
        note = read_checkpoint(text.partition("\n\n")[2])
        assert note.size == (2 if row.seq < 2 else 7)
        hashes = [b64decode(each) for each in text.partition("\n\n")[0].split("\n")[3:]]
        root = root_from_inclusion(bytes(row.leaf), row.seq, note.size, hashes)
        assert root == note.root


def test_there_is_none_of_what_is_not_there_or_not_theirs(signer, people: People):
    run = begin()
    seal(signer)
    assert receipt(signed_in(people.alice), run, 99).status_code == 404
    assert receipt(signed_in(people.alice), run, 2**70).status_code == 404
    assert receipt(signed_in(people.alice), uuid.uuid4(), 0).status_code == 404
    assert receipt(signed_in(people.charlie), run, 0).status_code == 404
    assert receipt(Client(), run, 0).status_code == 302
