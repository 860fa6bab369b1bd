"""A worker writes what was asked for: progress, cancelling, failing and expiring leave no half file."""

from __future__ import annotations

import random
import time
import uuid
from base64 import b64decode
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from deliberation.bundle.heads import KnownHead
from deliberation.bundle.keys import read_key
from deliberation.bundle.verdict import Verdict
from deliberation.events import RunEnded
from deliberation.ledger.entry import read_line
from deliberation.vocabulary import ObservedState
from tests.integration.build import make_event, make_project, put_on_record
from tests.integration.bundles.exported import recorded_run, verified
from tests.integration.sealing.signers import SignerProcess
from traces.actions import claim_bundle, export_bundle
from traces.actions.ask_for_bundle import MAX_WAITING, ask_for_bundle, cancel_bundle
from traces.actions.conflict import Unfit
from traces.actions.export_bundle import export_next
from traces.actions.remove_bundles import expire_bundles, remove_left_behind
from traces.audit.export_options import ExportOptions
from traces.audit.not_exported import TooLarge
from traces.audit.withholding import Withholding
from traces.models import Bundle, InstanceEntry, LedgerEntry, Run
from traces.queries.bundle_files import bundle_storage
from traces.signer.ask import SignerAt

pytestmark = pytest.mark.django_db
DAY_NS = 24 * 3600 * 10**9


@pytest.fixture(autouse=True)
def data(tmp_path: Path, settings: Any) -> Path:
    settings.DATA_DIR = tmp_path
    settings.STORAGES = {
        **settings.STORAGES,
        "bundles": {
            **settings.STORAGES["bundles"],
            "OPTIONS": {"location": tmp_path / "bundles", "file_permissions_mode": 0o600},
        },
    }
    return tmp_path


UNSIGNED = ExportOptions(signed=False)
NOBODY = SignerAt(Path("/nowhere/signer"))


def asked(run: str, options: ExportOptions | None = None) -> Bundle:
    return ask_for_bundle(
        run=Run.objects.get(pk=run),
        options=options or UNSIGNED,
        by="user:alice",
        bundle_id=uuid.uuid4(),
        now_ns=time.time_ns(),
    )


def written(
    bundle: Bundle, let_others: Callable[[], None] = lambda: None, signer: SignerAt = NOBODY
) -> Bundle:
    assert export_next(
        clock=time.time_ns, randbytes=random.randbytes, signer=signer, let_others=let_others
    )
    bundle.refresh_from_db()
    return bundle


def files(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.rglob("*") if path.is_file())


def test_it_works(data):
    run = recorded_run()
    bundle = written(asked(run))
    assert (bundle.status, bundle.error) == ("ready", None)
    with bundle_storage().open(bundle.file) as file:
        content = file.read()
    report = verified(content)
    assert (report.verdict, report.identity) == (Verdict.UNPINNED, bundle.identity)
    assert (bundle.size, bundle.entries) == (len(content), Run.objects.get(pk=run).size)
    assert files(data) == [bundle.file]
    assert not export_next(clock=time.time_ns, randbytes=random.randbytes, signer=NOBODY)


def test_it_is_signed_with_a_checkpoint_over_all_of_it(tmp_path):
    process = SignerProcess(tmp_path / "signer")
    signer = process.start()
    try:
        run = recorded_run()
        bundle = written(asked(run, ExportOptions()), signer=signer)
        key = read_key(signer.custody().signing[0].line)
    finally:
        process.kill()
    assert (bundle.status, bundle.error) == ("ready", None)
    assert bundle.signed_by == key.label
    with bundle_storage().open(bundle.file) as file:
        content = file.read()
    head = KnownHead(run, bundle.entries, b64decode(bundle.root))
    assert verified(content, keys=[key], heads=[head]).verdict == Verdict.VERIFIED
    assert verified(content, keys=[key]).verdict == Verdict.SIGNED
    told = InstanceEntry.objects.get(kind="bundle.exported")
    assert read_line(bytes(told.line))["d"]["bundle"] == bundle.identity


def test_where_nobody_signs_it_fails_and_says_what_can_be_done(data):
    bundle = written(asked(recorded_run(), ExportOptions()))
    assert bundle.status == "failed"
    assert "does not answer" in bundle.error
    assert "ask for a bundle without signatures" in bundle.error
    assert files(data) == []


def test_a_rewritten_history_is_told_by_its_entry_also_when_the_signer_refuses(tmp_path):
    process = SignerProcess(tmp_path / "signer")
    signer = process.start()
    try:
        run = recorded_run()
        written(asked(run, ExportOptions()), signer=signer)
        LedgerEntry.objects.filter(run_id=run, seq=3).update(leaf=bytes(32))
        put_on_record(make_project(), make_event(RunEnded, run, state=ObservedState.FAILED))
        bundle = written(asked(run, ExportOptions()), signer=signer)
    finally:
        process.kill()
    assert bundle.status == "failed"
    assert "entry 3: its line does not have the hash that was kept of it" in bundle.error


def test_only_this_account_reads_the_file(data):
    bundle = written(asked(recorded_run()))
    assert (data / "bundles" / bundle.file).stat().st_mode & 0o777 == 0o600


def test_what_was_asked_to_be_withheld_is_withheld():
    options = ExportOptions(
        signed=False, withholding=Withholding(everything=True, reason="the client's")
    )
    bundle = written(asked(recorded_run(), options))
    assert bundle.parts["shown"] == 0
    assert bundle.parts["withheld"] > 10


def test_what_is_damaged_leaves_no_file_and_says_why(data):
    run = recorded_run()
    LedgerEntry.objects.filter(run_id=run, seq=3).delete()
    bundle = written(asked(run))
    assert (bundle.status, bundle.error) == ("failed", f"run {run}: entry 3: is missing")
    assert files(data) == []


def test_what_is_too_large_is_refused_before_it_is_read(monkeypatch, data):
    def refuse(size: Any) -> None:
        raise TooLarge("it has more than a bundle holds")

    monkeypatch.setattr("traces.actions.write_run.check_fits", refuse)
    bundle = written(asked(recorded_run()))
    assert (bundle.status, bundle.error) == ("failed", "it has more than a bundle holds")


def test_a_full_disk_is_told(monkeypatch, data):
    (data / "exports").write_text("in the way")
    bundle = written(asked(recorded_run()))
    assert (bundle.status, bundle.error) == ("failed", "the file could not be written: File exists")


def test_cancelled_before_it_began_nothing_is_written(data):
    bundle = asked(recorded_run())
    assert cancel_bundle(bundle_id=bundle.pk, by="user:alice", now_ns=1)
    assert not export_next(clock=time.time_ns, randbytes=random.randbytes, signer=NOBODY)
    assert not cancel_bundle(bundle_id=bundle.pk, by="user:alice", now_ns=2)


def test_cancelled_while_it_is_written_it_leaves_no_file(monkeypatch, data):
    monkeypatch.setattr(export_bundle, "TELL_SECONDS", 0.0)
    bundle = asked(recorded_run())

    def cancel() -> None:
        cancel_bundle(bundle_id=bundle.pk, by="user:alice", now_ns=1)

    written(bundle, let_others=cancel)
    assert (bundle.status, bundle.ended_by, bundle.file) == ("cancelled", "user:alice", None)
    assert files(data) == []


def test_a_worker_that_lost_its_claim_leaves_the_other_ones_file(monkeypatch, data):
    monkeypatch.setattr(export_bundle, "TELL_SECONDS", 0.0)
    bundle = asked(recorded_run())

    def another() -> None:
        if Bundle.objects.filter(pk=bundle.pk, attempts=1).exists():
            Bundle.objects.filter(pk=bundle.pk).update(claimed_until=None)
            assert export_next(clock=time.time_ns, randbytes=random.randbytes, signer=NOBODY)

    written(bundle, let_others=another)
    assert (bundle.status, bundle.attempts) == ("ready", 2)
    assert files(data) == [bundle.file]


def test_one_is_written_at_a_time():
    first, second = asked(recorded_run()), asked(recorded_run())
    assert claim_bundle.claim_bundle(uuid.uuid4()).pk == first.pk
    assert claim_bundle.claim_bundle(uuid.uuid4()) is None
    assert second.status == "waiting"


def test_one_that_ends_its_workers_is_given_up():
    bundle = asked(recorded_run())
    Bundle.objects.filter(pk=bundle.pk).update(attempts=claim_bundle.MAX_ATTEMPTS)
    assert written(bundle).error == export_bundle.ENDED_ITS_WORKER


def test_the_same_id_is_the_same_export():
    run, name = Run.objects.get(pk=recorded_run()), uuid.uuid4()
    for _ in range(2):
        ask_for_bundle(run=run, options=ExportOptions(), by="user:alice", bundle_id=name, now_ns=1)
    assert Bundle.objects.count() == 1


def test_a_project_has_so_many_exports_under_way():
    run = recorded_run()
    for _ in range(MAX_WAITING):
        asked(run)
    with pytest.raises(Unfit, match="are under way"):
        asked(run)


def test_a_bundle_expires_with_its_file(data):
    bundle = written(asked(recorded_run()))
    assert expire_bundles(now_ns=time.time_ns()) == 0
    assert expire_bundles(now_ns=time.time_ns() + 8 * DAY_NS) == 1
    bundle.refresh_from_db()
    assert bundle.status == "expired"
    assert files(data) == []


def test_files_that_no_bundle_has_are_deleted_after_a_day(monkeypatch, data):
    bundle = written(asked(recorded_run()))
    (data / "bundles" / "left.zip").write_bytes(b"half")
    (data / "exports" / "left.part").write_bytes(b"half")
    assert remove_left_behind() == 0
    monkeypatch.setattr("traces.actions.remove_bundles.LEFT_SECONDS", -60)
    assert remove_left_behind() == 2
    assert files(data) == [bundle.file]
