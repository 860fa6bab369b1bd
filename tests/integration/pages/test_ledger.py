"""The ledger tab: entries as they were hashed, what was signed of a run, and what became of texts."""

from __future__ import annotations

import time
import uuid
from pathlib import Path
from random import randbytes

import pytest
from django.test import Client

from deliberation.bundle.note import read_checkpoint
from deliberation.ledger.tree import hash_leaf
from deliberation.vocabulary import RedactionRule
from tests.integration.api.test_commands import signed_in
from tests.integration.bundles.exported import recorded_run
from tests.integration.sealing.runs import begin, grow, seal
from tests.integration.sealing.signers import serving
from tests.people import People
from traces.actions.import_bundle import ToImport, import_bundle
from traces.actions.redact import Redaction, redact
from traces.actions.say import Speech
from traces.models import Checkpoint, LedgerEntry, LedgerPart
from traces.queries.same_texts import Place

pytestmark = pytest.mark.django_db(transaction=True)

GOLDEN = Path(__file__).parents[2] / "golden" / "bundles"


def shown(client: Client, path: str) -> str:
    answer = client.get(path)
    assert answer.status_code == 200, answer.text[:300]
    return str(answer.text)


def seqs_in(page: str) -> list[int]:
    return [int(piece.partition('"')[0]) for piece in page.split('id="entry-')[1:]]


def imported(people: People, name: str) -> str:
    with (GOLDEN / f"{name}.zip").open("rb") as file:
        given = ToImport(file=file, project=people.project.pk, by="user:alice")
        return import_bundle(given, now_ns=time.time_ns()).runs[0].run


def test_it_works(people: People, tmp_path: Path) -> None:
    run, alice = begin(), signed_in(people.alice)
    page = shown(alice, f"/runs/{run}/ledger")
    assert "Nothing is signed yet" in page
    assert seqs_in(page) == [1, 0]
    with serving(tmp_path / "signer") as signer:
        seal(signer)
    note = Checkpoint.objects.get(run_id=run)
    page = shown(alice, f"/runs/{run}/ledger")
    assert note.origin.partition("/")[0] in page
    kept = alice.get(f"/runs/{run}/checkpoints/2")
    assert kept.text == note.note
    assert kept["Content-Disposition"] == f'attachment; filename="checkpoint-{run}-2.txt"'
    assert read_checkpoint(kept.text).size == 2
    assert alice.get(f"/runs/{run}/checkpoints/1").status_code == 404


def test_an_entry_is_shown_as_it_was_hashed_and_given_byte_by_byte(people: People) -> None:
    run, alice = recorded_run(), signed_in(people.alice)
    for row in LedgerEntry.objects.filter(run_id=run):
        page = shown(alice, f"/runs/{run}/ledger/{row.seq}")
        assert bytes(row.leaf).hex() in page
        line = alice.get(f"/runs/{run}/ledger/{row.seq}?full=line").content
        assert hash_leaf(line) == bytes(row.leaf)
    assert alice.get(f"/runs/{run}/ledger/0?full=key").status_code == 404
    assert alice.get(f"/runs/{run}/ledger/{row.seq + 1}").status_code == 404
    piece = alice.get(f"/runs/{run}/ledger/0", headers={"HX-Request": "true"}).text
    assert "<html" not in piece
    assert "run.opened" in piece


def test_a_long_ledger_is_turned_over_from_either_end_without_a_gap(people: People) -> None:
    run, alice = begin(), signed_in(people.alice)
    grow(run, 150)
    for order, expected in (("newest", range(151, -1, -1)), ("first", range(152))):
        found: list[int] = []
        address = f"/runs/{run}/ledger?order={order}"
        while address:
            page = shown(alice, address)
            found += seqs_in(page)
            following = page.partition('rel="next" href="')[2].partition("#")[0]
            address = f"/runs/{run}/ledger{following.replace('&amp;', '&')}" if following else ""
        assert found == list(expected)
    assert seqs_in(shown(alice, f"/runs/{run}/ledger?seq=70"))[0] == 70
    assert "the last one is 151" in shown(alice, f"/runs/{run}/ledger?order=first&seq=900")


def test_what_became_of_a_text_is_said(people: People) -> None:
    run, alice = recorded_run(people.project), signed_in(people.alice)
    speech = Speech(
        run_id=uuid.UUID(run), by="user:alice", ticket="t", now_ns=2**60, randbytes=randbytes
    )
    place = Place(1, "task")
    redact(
        speech=speech,
        redaction=Redaction(place=place, everywhere=False, rule=RedactionRule.PERSONAL_DATA),
    )
    LedgerPart.objects.filter(run_id=run).delete()
    page = shown(alice, f"/runs/{run}/ledger?order=first")
    assert "task: redacted" in page
    assert "output: lost" in page
    assert "redacted by alice" in shown(alice, f"/runs/{run}/ledger/1")
    foreign = shown(alice, f"/runs/{imported(people, 'v1-withheld-and-redacted')}/ledger")
    assert ": withheld" in foreign


def test_an_edited_line_is_shown_and_not_a_failure(people: People) -> None:
    run, alice = begin(), signed_in(people.alice)
    for line in (b"not json", b"[]", b'{"p":[]}', b'{"kind":7,"t_rx":"x","p":{"a":1}}', b"\xff"):
        LedgerEntry.objects.filter(run_id=run, seq=1).update(line=line)
        assert "cannot be read" in shown(alice, f"/runs/{run}/ledger")
        shown(alice, f"/runs/{run}/ledger/1")


def test_a_foreign_run_shows_its_own_notes_and_proves_its_entries_under_them(
    people: People,
) -> None:
    run, alice = imported(people, "v1-one-run"), signed_in(people.alice)
    page = shown(alice, f"/runs/{run}/ledger")
    assert "inspector.example+" in page
    size = int(page.partition(f"/runs/{run}/checkpoints/")[2].partition('"')[0])
    note = read_checkpoint(alice.get(f"/runs/{run}/checkpoints/{size}").text)
    assert note.origin == f"inspector.example/runs/{run}"
    proof = alice.get(f"/runs/{run}/receipts/0")
    assert proof.status_code == 200


def test_a_foreign_run_that_nobody_signed_has_no_proofs_to_give(people: People) -> None:
    unsigned, alice = imported(people, "v1-unsigned"), signed_in(people.alice)
    assert "came without a checkpoint" in shown(alice, f"/runs/{unsigned}/ledger")
    assert f"/runs/{unsigned}/receipts/0" not in shown(alice, f"/runs/{unsigned}/ledger/0")
    refused = alice.get(f"/runs/{unsigned}/receipts/0")
    assert (refused.status_code, "No checkpoint that came" in refused.text) == (404, True)


@pytest.mark.parametrize(
    "query", ["order=oldest", "seq=-1", "seq=1e3", "seq=9999999999", "below=x"]
)
def test_a_parameter_that_makes_no_sense_is_answered_with_which_do(
    people: People, query: str
) -> None:
    run = begin()
    answer = signed_in(people.alice).get(f"/runs/{run}/ledger?{query}")
    assert (answer.status_code, answer["Content-Type"]) == (400, "text/plain; charset=utf-8")


def test_owners_find_the_way_to_delete_a_text_and_viewers_do_not(people: People) -> None:
    run = recorded_run(people.project)
    way = f"/runs/{run}/retention?entry=1&amp;part=task"
    assert way in shown(signed_in(people.alice), f"/runs/{run}/ledger/1")
    assert way not in shown(signed_in(people.bob), f"/runs/{run}/ledger/1")
    for path in ("ledger", "ledger/1", "ledger/check", "checkpoints/1"):
        assert signed_in(people.charlie).get(f"/runs/{run}/{path}").status_code == 404
