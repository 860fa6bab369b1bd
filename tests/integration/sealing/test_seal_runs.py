"""Runs of a real ledger are signed by a real signer, and the offline verifier's own readers accept what they wrote."""

from __future__ import annotations

import uuid

import pytest

from deliberation.bundle.checkpoints import read_checkpoints
from deliberation.bundle.keys import read_key
from deliberation.bundle.note import read_checkpoint
from deliberation.bundle.proof import check_instance
from deliberation.events import RunEnded
from deliberation.ledger.head import split_frontier
from deliberation.ledger.tree import root_of
from deliberation.vocabulary import ObservedState
from tests.integration.build import (
    NOW_NS,
    SECOND,
    make_event,
    make_project,
    put_on_record,
)
from tests.integration.sealing.runs import begin, grow, seal
from tests.integration.sealing.signers import NAME, serving
from traces.actions.seal_runs import seal_run
from traces.models import Checkpoint, InstanceEntry, InstanceLog, LedgerEntry, Run, Sealing
from traces.queries.checkpoints import checkpoints_of, proof_for_last_checkpoint
from traces.signer.sign import Refused

pytestmark = pytest.mark.django_db


class Archive(dict):
    """What the verifier's readers ask of a zip."""

    def read(self, name: str, limit: int) -> bytes:
        assert len(self[name]) <= limit
        return self[name]


def sizes(run: str) -> list[int]:
    return [read_checkpoint(note).size for note in checkpoints_of(uuid.UUID(run))]


def archive(run: str) -> Archive:
    leaf, proof = proof_for_last_checkpoint(uuid.UUID(run))
    folder = f"data/evidence/runs/{run}/"
    return Archive(
        {
            folder + "checkpoints.notes": "\n".join(checkpoints_of(uuid.UUID(run))).encode(),
            folder + "instance.leaf": leaf,
            folder + "instance.tlog-proof": proof,
        }
    )


def test_it_works(signer):
    run, other = begin(), begin()
    assert seal(signer).signed == 2
    grow(run, 7)
    seal(signer, 10)
    put_on_record(make_project(), make_event(RunEnded, run, state=ObservedState.COMPLETED))
    seal(signer, 11)
    assert sizes(run) == [2, 9, 10]
    assert sizes(other) == [2]
    read = read_checkpoints(archive(run), run)
    keys = [read_key(each.line) for each in signer.custody().keys]
    assert read.signers(keys) == keys * 3
    assert read.instance == NAME
    row = Run.objects.get(pk=run)
    assert (read.last.size, read.last.root) == (
        row.size,
        root_of(split_frontier(bytes(row.frontier))),
    )
    assert read.of_instance.size == InstanceLog.objects.get().size


def test_a_run_is_due_at_its_start_its_end_a_thousand_entries_and_ten_seconds(signer):
    run = begin()
    seal(signer)
    grow(run, 3)
    seal(signer, 9)
    assert sizes(run) == [2]
    grow(run, 994)
    seal(signer, 9)
    assert sizes(run) == [2]
    grow(run, 3)
    seal(signer, 9)
    assert sizes(run) == [2, 1002]
    grow(run, 1)
    seal(signer, 20)
    seal(signer, 21)
    assert sizes(run) == [2, 1002, 1003]
    assert Sealing.objects.get(pk=run).due_at is None


def test_all_that_was_told_stands_in_the_instance_log(signer):
    run = begin()
    seal(signer)
    lines = [bytes(each.line).decode() for each in InstanceEntry.objects.order_by("seq")]
    kinds = list(InstanceEntry.objects.order_by("seq").values_list("kind", flat=True))
    assert kinds == ["run.opened", "key.added", "run.checkpoint"]
    assert f'"run":"{InstanceLog.objects.get().run_id}"' in lines[0]
    assert '"d":{"root":"' in lines[2]
    assert f'"run":"{run}","size":2}}' in lines[2]


def test_nothing_is_due_twice(signer):
    begin()
    assert [seal(signer).signed for _ in range(3)] == [1, 0, 0]
    assert Checkpoint.objects.count() == 2


def test_a_signer_that_is_away_is_said_to_be_and_everything_is_signed_later(process):
    run = begin()
    process.kill()
    seal(process.asked)
    log = InstanceLog.objects.get()
    assert "does not answer" in log.trouble
    grow(run, 3)
    seal(process.asked, 30)
    assert InstanceLog.objects.get().trouble_since == log.trouble_since
    assert sizes(run) == []
    process.start()
    seal(process.asked, 31)
    assert sizes(run) == [5]
    assert InstanceLog.objects.get().trouble is None


def test_an_answer_that_was_lost_is_asked_for_again(signer):
    """The signer signed, and whoever asked died before it was kept."""
    run = begin()
    seal(signer)
    grow(run, 5)
    seal(signer, 10)
    Checkpoint.objects.filter(run_id=run, size=7).delete()
    Sealing.objects.filter(pk=run).update(sealed_size=2)
    grow(run, 4)
    seal(signer, 30)
    assert sizes(run) == [2, 11]


def test_a_database_that_was_set_back_gets_no_second_history(signer):
    run = begin()
    seal(signer)
    frontier, size = Run.objects.values_list("frontier", "size").get(pk=run)
    grow(run, 5)
    seal(signer, 10)
    LedgerEntry.objects.filter(run_id=run, seq__gte=2).delete()
    Checkpoint.objects.filter(run_id=run, size=7).delete()
    Run.objects.filter(pk=run).update(frontier=frontier, size=size)
    Sealing.objects.filter(pk=run).update(sealed_size=2, size=2)
    with pytest.raises(Refused, match="set back"):
        begin_anew(run, signer, nodes=1)
    with pytest.raises(Refused, match="not those that were signed"):
        begin_anew(run, signer, nodes=9)
    assert "not those that were signed" in Sealing.objects.get(pk=run).trouble
    assert sizes(run) == [2]


def test_an_instance_log_that_was_set_back_is_said_to_be_and_runs_are_signed_all_the_same(signer):
    begin()
    seal(signer)
    log = InstanceLog.objects.get()
    begin()
    seal(signer, 5)
    InstanceEntry.objects.filter(seq__gte=log.size).delete()
    Checkpoint.objects.filter(size__gt=log.size).delete()
    InstanceLog.objects.update(size=log.size, frontier=log.frontier)
    late = begin()
    for seconds in (10, 20):
        seal(signer, seconds)
        told = InstanceLog.objects.get()
        assert "the instance's own log: " in told.trouble
        assert (told.trouble_since - log.looked_at).total_seconds() == 10
    assert sizes(late) == [2]


def test_a_signer_that_begins_anew_signs_all_under_another_name(signer, tmp_path):
    """After a restore from a backup: heads under the old name are kept, what is exported later is under the new."""
    run = begin()
    seal(signer)
    with serving(tmp_path / "anew", name="inspector.example/anew") as anew:
        seal(anew, 5)
        assert sizes(run) == [2]
        seal_run(uuid.UUID(run), signer=anew, now_ns=NOW_NS)
        read = read_checkpoints(archive(run), run)
        assert read.instance == "inspector.example/anew"
        [key] = [read_key(each.line) for each in anew.custody().keys]
        assert read.signers([key]) == [key]
        grow(run, 3)
        seal(anew, 30)
        assert sizes(run) == [2, 5]


def begin_anew(run: str, signer, *, nodes: int) -> None:
    grow(run, nodes)
    seal_run(uuid.UUID(run), signer=signer, now_ns=NOW_NS + 40 * SECOND)


def test_an_entry_that_was_changed_before_it_was_signed_is_not_signed(signer):
    run = begin()
    seal(signer)
    grow(run, 5)
    LedgerEntry.objects.filter(run_id=run, seq=4).update(leaf=bytes(32))
    assert seal(signer, 20).refused == 1
    assert "do not lead to the root" in Sealing.objects.get(pk=run).trouble


def test_an_export_has_all_of_a_run_signed_at_once(signer):
    run = begin()
    grow(run, 2)
    first = seal_run(uuid.UUID(run), signer=signer, now_ns=NOW_NS)
    again = seal_run(uuid.UUID(run), signer=signer, now_ns=NOW_NS)
    assert (first.size, again.size, sizes(run)) == (4, 4, [4])
    leaf, proof = proof_for_last_checkpoint(uuid.UUID(run))
    reached = check_instance(leaf, proof, run, read_checkpoint(first.note))
    assert reached.origin == NAME


def test_each_proof_leads_to_the_checkpoint_that_first_covers_it(signer):
    runs = [begin() for _ in range(5)]
    for at, run in enumerate(runs):
        seal_run(uuid.UUID(run), signer=signer, now_ns=NOW_NS + at)
    for run in runs:
        leaf, proof = proof_for_last_checkpoint(uuid.UUID(run))
        [note] = checkpoints_of(uuid.UUID(run))
        reached = check_instance(leaf, proof, run, read_checkpoint(note))
        assert reached.size == InstanceEntry.objects.get(line=leaf[:-1]).seq + 1
