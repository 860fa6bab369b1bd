"""A run in the database becomes a bundle that the offline verifier passes, or no bundle at all."""

from __future__ import annotations

import io
import subprocess
import zipfile
from base64 import b64encode
from hashlib import sha256

import pytest

from deliberation.bundle.heads import KnownHead
from deliberation.bundle.keys import read_key
from deliberation.bundle.verdict import Verdict
from deliberation.ledger.canonical import dump
from deliberation.ledger.head import split_frontier
from deliberation.ledger.parts import Part
from deliberation.ledger.tree import hash_leaf, root_of
from tests.bundles.build import proof
from tests.bundles.signer import INSTANCE, OPERATOR, checkpoint
from tests.bundles.story import LARGE
from tests.integration.bundles.exported import HOSTILE, exported, recorded_run, verified
from traces.audit.bundle import DerivedFile
from traces.audit.not_exported import Damaged
from traces.audit.openings import pack, unpack
from traces.audit.stored import Proofs
from traces.audit.withholding import Withholding
from traces.models import LedgerEntry, LedgerPart, Run

pytestmark = pytest.mark.django_db


def test_it_works():
    run = recorded_run()
    data, written = exported(run)
    report = verified(data)
    assert (report.verdict, report.reason) == (Verdict.UNPINNED, "")
    assert report.identity == written.identity
    [found] = report.runs
    assert found.size == Run.objects.get(pk=run).size
    assert (found.withheld, found.gone) == (0, 0)
    assert written.size == len(data)


def test_lines_and_texts_are_those_of_the_ledger():
    run = recorded_run()
    with zipfile.ZipFile(io.BytesIO(exported(run)[0])) as archive:
        folder = f"data/evidence/runs/{run}/"
        lines = archive.read(folder + "events.jsonl")
        blob = sha256(LARGE.encode()).hexdigest()
        assert archive.read(f"{folder}blobs/{blob}") == LARGE.encode()
        assert sum("/blobs/" in name for name in archive.namelist()) == 1
    rows = LedgerEntry.objects.filter(run_id=run).order_by("seq")
    assert lines == b"".join(bytes(row.line) + b"\n" for row in rows)


def test_the_same_ledger_gives_the_same_bundle():
    run = recorded_run()
    assert exported(run) == exported(run)


def test_sha256sum_agrees_with_the_verifier(tmp_path):
    data, written = exported(recorded_run())
    zipfile.ZipFile(io.BytesIO(data)).extractall(tmp_path)
    done = subprocess.run(
        ["sha256sum", "-c", "--quiet", "manifest-sha256.txt", "tagmanifest-sha256.txt"],
        cwd=tmp_path,
        capture_output=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert (
        sha256((tmp_path / "tagmanifest-sha256.txt").read_bytes()).hexdigest() == written.identity
    )


def test_with_notes_a_proof_and_a_signature_it_is_verified():
    run = recorded_run()
    row = Run.objects.get(pk=run)
    root = root_of(split_frontier(bytes(row.frontier)))
    data, _ = exported(
        run, proofs=proofs_of(run, row.size, root), instance=INSTANCE, sign=OPERATOR.envelope
    )
    head = KnownHead(run, row.size, root)
    report = verified(data, keys=[read_key(OPERATOR.line)], heads=[head])
    assert (report.verdict, report.reason) == (Verdict.VERIFIED, "")


def test_a_checkpoint_of_another_root_stops_it():
    run = recorded_run()
    with pytest.raises(Damaged, match="are not those of the checkpoint that was signed"):
        exported(run, proofs=proofs_of(run, Run.objects.get(pk=run).size, bytes(32)))


def test_all_content_can_be_withheld():
    run = recorded_run()
    data, _ = exported(run, withholding=Withholding(everything=True, reason="the client's"))
    [found] = verified(data).runs
    assert found.shown == 0
    assert found.reasons == {"the client's": found.withheld}
    assert "größer".encode() not in unpacked(data)
    assert b"because" not in unpacked(data)


def test_parts_and_kinds_can_be_withheld():
    run = recorded_run()
    withholding = Withholding(
        parts=frozenset({"answer"}), kinds=frozenset({"verdict.given"}), reason="not yours"
    )
    data, _ = exported(run, withholding=withholding)
    report = verified(data)
    assert (report.verdict, report.reason) == (Verdict.UNPINNED, "")
    assert report.runs[0].withheld == 2 * len(HOSTILE) + 1
    assert b"because" not in unpacked(data)


def test_nothing_is_withheld_without_a_reason():
    with pytest.raises(ValueError, match="say why"):
        Withholding(everything=True)


def test_derived_files_are_listed_and_told_to_be_unproven():
    report_page = DerivedFile("report.html", [b"<!doctype html>"])
    costs = DerivedFile("costs.csv", [b"a,b\n", b"1,2\n"])
    data, _ = exported(recorded_run(), derive=lambda runs, last: [costs, report_page])
    report = verified(data)
    assert report.verdict == Verdict.UNPINNED
    assert any("report.html" in each for each in report.not_proven)


def test_a_changed_line_is_found():
    run = recorded_run()
    line = changed_line(run, seq=4)
    LedgerEntry.objects.filter(run_id=run, seq=4).update(line=line)
    refused(run, "entry 4: its line does not have the hash that was kept of it")


def test_a_line_that_was_changed_with_its_hash_is_found():
    run = recorded_run()
    line = changed_line(run, seq=4)
    LedgerEntry.objects.filter(run_id=run, seq=4).update(line=line, leaf=hash_leaf(line))
    refused(run, "entries 0 to 15: are not those that the head of the run was made of")


def test_a_changed_text_is_found():
    run = recorded_run()
    row = LedgerEntry.objects.get(run_id=run, seq=1)
    openings = bytes(row.openings).replace("größer".encode(), b"grossxer")
    LedgerEntry.objects.filter(run_id=run, seq=1).update(openings=openings)
    refused(run, "entry 1: its part name is not what was committed to")


def test_a_changed_large_text_is_found():
    run = recorded_run()
    LedgerPart.objects.filter(run_id=run, inner=sha256(LARGE.encode()).digest()).update(
        data=LARGE.replace("model", "MODEL").encode()
    )
    refused(run, "a large text of it is not the one that was hashed")


def test_a_lost_text_is_found():
    run = recorded_run()
    LedgerPart.objects.filter(run_id=run, inner=sha256(HOSTILE[4].encode()).digest()).delete()
    refused(run, "the text of its part output is lost")


def test_a_text_that_nobody_took_away_is_missed():
    run = recorded_run()
    row = LedgerEntry.objects.get(run_id=run, seq=1)
    kept = [each for each in unpack(bytes(row.openings)) if each.name != "name"]
    gone = b"\x04name" + bytes(32) + b"\x02"
    parts = [Part(each.name, each.salt, b"", each.data or b"") for each in kept]
    LedgerEntry.objects.filter(run_id=run, seq=1).update(openings=gone + pack(parts))
    refused(run, "entry 1: its part name is gone, and no entry took it away")


@pytest.mark.parametrize("seq", [0, 3])
def test_a_deleted_entry_is_found(seq):
    run = recorded_run()
    LedgerEntry.objects.filter(run_id=run, seq=seq).delete()
    refused(run, f"entry {seq}: is missing")


def test_a_cut_tail_is_found():
    run = recorded_run()
    last = Run.objects.get(pk=run).size - 1
    LedgerEntry.objects.filter(run_id=run, seq=last).delete()
    refused(run, f"entry {last}: is missing, and {last + 1} are counted")


def test_another_key_is_found():
    run = recorded_run()
    LedgerEntry.objects.filter(run_id=run, seq=2).update(key="another")
    refused(run, "entry 2: is stored under another key than its line has")


def refused(run: str, sentence: str) -> None:
    with pytest.raises(Damaged) as found:
        exported(run)
    assert f"run {run}: " in str(found.value)
    assert sentence in str(found.value)


def changed_line(run: str, seq: int) -> bytes:
    line = bytes(LedgerEntry.objects.get(run_id=run, seq=seq).line)
    changed = line.replace(b'"n0"', b'"n9"')
    assert changed != line
    return changed


def unpacked(data: bytes) -> bytes:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return b"".join(map(archive.read, archive.namelist()))


def proofs_of(run: str, size: int, root: bytes) -> Proofs:
    note = OPERATOR.note(checkpoint(f"{INSTANCE}/runs/{run}", size, root))
    facts = {"root": b64encode(root).decode(), "run": run, "size": size}
    leaf = dump(
        {"by": "server", "d": facts, "key": "c0", "kind": "run.checkpoint", "p": {}}
        | {"run": run, "seq": 0, "t_rx": "1", "v": 1}
    )
    return Proofs(notes=note, leaf=leaf + b"\n", proof=proof([leaf], 0, OPERATOR))
