"""What is signed is stamped by an authority of time: honest, slow, gone and hostile ones; and what bundles have."""

from __future__ import annotations

import datetime as dt
import io
import shutil
import subprocess
import threading
import uuid
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from django.test import Client

pytest.importorskip("rfc3161_client", reason="pip install rfc3161-client")

from deliberation.bundle.keys import read_key
from deliberation.bundle.time_stamps import read_authority
from deliberation.bundle.verdict import Verdict
from deliberation.bundle.verify import verify
from tests.bundles.authority import TimeAuthority
from tests.integration.build import NOW, NOW_NS, make_project
from tests.integration.bundles.test_import_bundle import forgotten
from tests.integration.sealing.authorities import Answer, answering, honest, read
from tests.integration.sealing.openssl_authority import openssl_authority
from tests.integration.sealing.runs import begin, grow, seal
from traces.actions.import_bundle import ToImport, import_bundle
from traces.actions.stamp_log import stamp_when_due
from traces.actions.write_run import write_run
from traces.audit.export_options import ExportOptions
from traces.audit.not_exported import Damaged
from traces.models import Checkpoint, ForeignRun, Stamping, TimeStamp
from traces.outgoing.time_authority import AuthorityAt
from traces.queries import time_stamps
from traces.queries.recheck_instance import recheck_instance
from traces.queries.signed_roots import known_keys
from traces.queries.time_stamps import anchors_of
from traces.signer.ask import SignerAt

pytestmark = pytest.mark.django_db
HOUR, MINUTE = dt.timedelta(hours=1), dt.timedelta(minutes=1)
TIME = TimeAuthority()


def just_now() -> dt.datetime:
    return NOW + 5 * MINUTE


@pytest.fixture
def pem(tmp_path: Path) -> Path:
    path = tmp_path / "ca.pem"
    path.write_bytes(TIME.pem)
    return path


@pytest.fixture
def authority(pem: Path) -> Iterator[AuthorityAt]:
    with answering(honest(TIME, just_now), pem) as asked:
        yield asked


def configure(settings, authority: AuthorityAt) -> None:
    settings.TSA_URL, settings.TSA_CA = authority.url, authority.certificates


def stamp(authority: AuthorityAt, at: dt.datetime = NOW) -> bool:
    return stamp_when_due(authority, every=HOUR, now=at)


def exported(run: str, signer: SignerAt, **options) -> bytes:
    out = io.BytesIO()
    write_run(
        out,
        run_id=uuid.UUID(run),
        options=ExportOptions(**{"derived": False, **options}),
        signer=signer,
        made_at=NOW,
        tell=lambda done, entries: None,
    )
    return out.getvalue()


def verified(bundle: bytes, signer: SignerAt, pem: Path):
    keys = [read_key(each.line) for each in signer.custody().keys]
    return verify(io.BytesIO(bundle), keys=keys, authority=read_authority(pem))


def test_it_works(signer, authority, pem, settings):
    configure(settings, authority)
    run = begin()
    seal(signer)
    assert stamp(authority)
    held = TimeStamp.objects.get()
    assert (held.stamped_at, held.authority) == (just_now(), "CN=Time of tests")
    report = verified(exported(run, signer), signer, pem)
    assert report.verdict is Verdict.VERIFIED, report.meaning
    assert [each.size for each in report.stamped] == [2]


def test_the_page_of_health_and_the_api_say_how_it_goes(signer, authority, people, settings):
    client = Client()
    client.force_login(people.bob)
    assert client.get("/api/v1/instance").json()["time_stamps"] is None
    assert "Time stamps" not in client.get("/health").text
    configure(settings, authority)
    begin()
    seal(signer)
    assert "Nothing was stamped yet." in client.get("/health").text
    stamp(authority)
    assert "by CN=Time of tests: 3 entries of the instance" in client.get("/health").text
    assert client.get("/api/v1/instance").json()["time_stamps"] == {
        "url": authority.url,
        "stamped_at": just_now().isoformat(),
        "authority": "CN=Time of tests",
        "size": 3,
        "trouble": None,
    }
    Stamping.objects.update(trouble="no answer <b>within", trouble_since=NOW)
    assert "no answer &lt;b&gt;within" in client.get("/health").text


def test_one_stamp_covers_all_runs_and_the_next_waits_for_its_time(signer, authority):
    assert not stamp(authority)
    runs = [begin() for _ in range(3)]
    seal(signer)
    assert stamp(authority)
    assert not stamp(authority, NOW + MINUTE)
    grow(runs[0], 3)
    seal(signer, 20)
    assert not stamp(authority, NOW + 59 * MINUTE)
    assert stamp(authority, NOW + 65 * MINUTE)
    assert TimeStamp.objects.count() == 2


def test_a_run_that_grew_has_an_anchor_for_each_stamp(signer, pem, settings, monkeypatch):
    run, at = begin(), [NOW]
    with answering(honest(TIME, lambda: at[0]), pem) as authority:
        configure(settings, authority)
        for hours in range(3):
            at[0] = NOW + hours * HOUR
            grow(run, 2)
            seal(signer, 3600 * hours + 20)
            assert stamp(authority, at[0])
        grow(run, 1)
        report = verified(exported(run, signer), signer, pem)
    assert [each.size for each in report.stamped] == [4, 6, 8]
    assert (report.verdict, report.prompt[run]) == (Verdict.SIGNED, 8)
    monkeypatch.setattr(time_stamps, "MAX_ANCHORS", 2)
    assert [each.size for each in anchors_of(Checkpoint.objects.filter(run_id=run).last())] == [
        4,
        8,
    ]


def test_an_export_asks_for_a_stamp_over_all_of_its_run(signer, authority, pem, settings):
    configure(settings, authority)
    run = begin()
    grow(run, 3)
    first = verified(exported(run, signer), signer, pem)
    again = verified(exported(run, signer), signer, pem)
    assert (first.verdict, again.verdict) == (Verdict.VERIFIED, Verdict.VERIFIED)
    assert TimeStamp.objects.count() == 1


def test_an_authority_that_is_gone_hinders_no_export_and_is_asked_again_later(
    signer, pem, settings
):
    gone = AuthorityAt("http://127.0.0.1:1/tsr", str(pem))
    configure(settings, gone)
    run = begin()
    seal(signer)
    assert not stamp(gone)
    row = Stamping.objects.get()
    assert "no connection" in row.trouble
    assert (row.due_at, row.failures) == (NOW + MINUTE, 1)
    assert not stamp(gone, NOW + MINUTE)
    row = Stamping.objects.get()
    assert (row.due_at, row.failures, row.trouble_since) == (NOW + 3 * MINUTE, 2, NOW)
    assert verified(exported(run, signer), signer, pem).verdict is Verdict.SIGNED
    assert Stamping.objects.get().failures == 2  # the export knew, and did not wait
    with answering(honest(TIME, just_now), pem) as back:
        assert not stamp(back, NOW + 2 * MINUTE)
        assert stamp(back, NOW + 3 * MINUTE)
    assert Stamping.objects.get().trouble is None


def of_other_bytes(question: bytes) -> bytes:
    return TIME.stamp(b"something else", just_now(), nonce=read(question)[1])


def without_the_nonce(question: bytes) -> bytes:
    return TIME.stamp(b"", just_now(), nonce=7, digest=read(question)[0])


def with_a_bad_signature(question: bytes) -> bytes:
    right = honest(TIME, just_now)(question)
    return right[:-1] + bytes([right[-1] ^ 1])


HOSTILE: list[tuple[Answer, str]] = [
    (of_other_bytes, "Mismatch between messages"),
    (without_the_nonce, "Nonce mismatch"),
    (with_a_bad_signature, "Unable to verify pkcs7 signature"),
    (honest(TimeAuthority(), just_now), "self-signed certificate in certificate chain"),
    (honest(TIME, lambda: NOW - 2 * HOUR), "which is not our time"),
    (lambda question: bytes.fromhex("30053003020102"), "the authority gave none (status 2)"),
    (lambda question: bytes(70_000), "more than 65536 bytes"),
    (lambda question: b"<html>", "does not hold: ASN.1 parse error"),
    (lambda question: b"", "does not hold"),
]


@pytest.mark.parametrize(("answer", "reason"), HOSTILE, ids=[reason for _, reason in HOSTILE])
def test_what_does_not_hold_is_not_kept_and_is_said(signer, pem, answer, reason):
    begin()
    seal(signer)
    with answering(answer, pem) as authority:
        assert not stamp(authority)
    assert reason in Stamping.objects.get().trouble
    assert not TimeStamp.objects.exists()


def test_an_authority_that_does_not_answer_costs_its_patience_and_no_more(signer, pem):
    begin()
    seal(signer)
    done = threading.Event()

    def never(question: bytes) -> bytes:
        done.wait(30)
        return b""

    with answering(never, pem, seconds=0.2) as authority:
        assert not stamp(authority)
        done.set()
    assert "no answer within 0.2 s" in Stamping.objects.get().trouble


def test_certificates_that_stand_in_another_order_are_put_into_theirs(signer, pem):
    begin()
    seal(signer)
    with answering(honest(TIME, just_now, in_order=False), pem) as authority:
        assert stamp(authority)


def test_a_stamp_that_somebody_changed_makes_no_bundle_and_is_found_by_fsck(
    signer, authority, settings
):
    configure(settings, authority)
    run = begin()
    seal(signer)
    stamp(authority)
    assert recheck_instance(known_keys()) == []
    held = TimeStamp.objects.get()
    other = TIME.stamp(b"another history", just_now())
    TimeStamp.objects.filter(pk=held.pk).update(response=other)
    with pytest.raises(Damaged, match="time stamp over 2 entries: Mismatch between messages"):
        exported(run, signer)
    [found] = recheck_instance(known_keys())
    assert found.what == "the time stamp over 3 entries: Mismatch between messages"


def test_a_run_that_came_in_a_bundle_keeps_its_stamps(signer, authority, pem, settings):
    configure(settings, authority)
    run = begin()
    before = exported(run, signer)
    forgotten(run)
    given = ToImport(file=io.BytesIO(before), project=make_project().pk, by="user:alice")
    assert import_bundle(given, now_ns=NOW_NS).verdict is Verdict.UNPINNED
    assert len(ForeignRun.objects.get(pk=run).anchors) == 1
    after = exported(run, signer)
    assert verified(after, signer, pem).stamped == verified(before, signer, pem).stamped


def test_runs_of_another_name_have_no_stamp_of_it(signer, authority):
    run = begin()
    seal(signer)
    stamp(authority)
    Checkpoint.objects.filter(run_id=run).update(origin=f"elsewhere.example/runs/{run}")
    assert verified_sizes(run) == []


def verified_sizes(run: str) -> list[int]:
    return [each.size for each in anchors_of(Checkpoint.objects.get(run_id=run))]


@pytest.mark.skipif(not shutil.which("openssl"), reason="openssl is not installed")
def test_a_real_authority_by_openssl_and_openssl_as_the_judge(signer, tmp_path, settings):
    now = dt.datetime.now(dt.UTC)
    with openssl_authority(tmp_path) as authority:
        configure(settings, authority)
        run = begin()
        seal(signer)
        assert stamp(authority, now), Stamping.objects.get().trouble
    held = TimeStamp.objects.select_related("checkpoint").get()
    assert held.checkpoint.run_id != uuid.UUID(run)
    (tmp_path / "note").write_text(held.checkpoint.note)
    (tmp_path / "stamp.tsr").write_bytes(bytes(held.response))
    given = ["-in", "stamp.tsr", "-data", "note", "-CAfile", authority.certificates]
    done = subprocess.run(["openssl", "ts", "-verify", *given], cwd=tmp_path, capture_output=True)
    assert done.returncode == 0, done.stderr
    trusted = replace(authority, url="").trusted()
    assert trusted.check(bytes(held.response), held.checkpoint.note.encode()).by == "CN=TSA"
