"""What was signed contradicts a history that was written anew, and a run that is not there any more."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.db import connection

from deliberation.events import VerdictGiven
from deliberation.ledger.tree import append, hash_leaf
from deliberation.vocabulary import VerdictOutcome
from tests.integration.build import NOW_NS, make_event, make_project, new_run, put_on_record
from tests.integration.sealing.signers import SignerProcess
from traces.actions.seal_runs import seal_run
from traces.models import Checkpoint, InstanceEntry, LedgerEntry, Run
from traces.queries.recheck_instance import recheck_instance
from traces.queries.recheck_run import recheck_run
from traces.queries.signed_roots import known_keys
from traces.signer.ask import SignerAt

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def signer(tmp_path: Path) -> Iterator[SignerAt]:
    process = SignerProcess(tmp_path / "signer")
    yield process.start()
    process.stop()


def signed_run(signer: SignerAt) -> str:
    run = new_run()
    verdict = make_event(
        VerdictGiven, run, node="a", verifier="tests", outcome=VerdictOutcome.ACCEPT
    )
    put_on_record(make_project(), verdict)
    seal_run(uuid.UUID(run), signer=signer, now_ns=NOW_NS)
    return run


def found(run: str) -> list[str]:
    return [each.what for each in recheck_run(uuid.UUID(run)).differences]


def write_anew(run: str) -> None:
    """Change a verdict, and everything that the database keeps to find it out."""
    row = LedgerEntry.objects.get(run_id=run, seq=1)
    line = bytes(row.line).replace(b'"accept"', b'"reject"')
    LedgerEntry.objects.filter(run_id=run, seq=1).update(line=line, leaf=hash_leaf(line))
    leaves = LedgerEntry.objects.filter(run_id=run).order_by("seq").values_list("leaf", flat=True)
    frontier, _ = append([], 0, map(bytes, leaves))
    Run.objects.filter(pk=run).update(frontier=b"".join(frontier))


def test_it_works(signer: SignerAt) -> None:
    run = signed_run(signer)
    assert found(run) == []
    assert recheck_instance(known_keys()) == []
    write_anew(run)
    assert found(run) == ["the root is not that of the checkpoint over 2 entries"]


def test_an_edited_checkpoint_or_one_by_a_strangers_key_is_found(signer: SignerAt) -> None:
    run = signed_run(signer)
    row = Checkpoint.objects.get(run_id=run)
    Checkpoint.objects.filter(pk=row.pk).update(root=bytes(32))
    assert found(run) == ["the checkpoint over 2 says something else than its row"]
    Checkpoint.objects.filter(pk=row.pk).update(root=row.root)
    assert (
        recheck_run(uuid.UUID(run), keys=[])
        .differences[0]
        .what.endswith("is signed by no key that is known here")
    )


def test_a_ledger_cut_off_behind_its_checkpoint_is_found(signer: SignerAt) -> None:
    run = signed_run(signer)
    LedgerEntry.objects.filter(run_id=run, seq=1).delete()
    assert "a checkpoint over 2 entries is signed, of which 1 are left" in found(run)


def test_a_signed_run_that_is_gone_is_missed_and_so_is_an_edit_of_the_instances_log(
    signer: SignerAt,
) -> None:
    run = signed_run(signer)
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM traces_run WHERE id = %s", [run])
    [missing] = recheck_instance(known_keys())
    assert (missing.run, missing.what) == (run, "it was signed once, and is not there any more")
    told = InstanceEntry.objects.filter(kind="run.checkpoint").get()
    InstanceEntry.objects.filter(seq=told.seq).update(key="another")
    assert "its key is not the one in its line" in [
        each.what for each in recheck_instance(known_keys())
    ]
