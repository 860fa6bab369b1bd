"""Runs are sealed while they grow, by several passes at once: nothing is lost, and one history is signed."""

from __future__ import annotations

import threading
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from django.db import connections, transaction

from deliberation.bundle.note import read_checkpoint
from deliberation.ledger.tree import check_consistency, consistency_path, root_of_leaves
from tests.integration.build import NOW_NS
from tests.integration.sealing.runs import begin, grow, seal
from tests.integration.sealing.signers import serving
from traces.actions import seal_runs
from traces.actions.seal_runs import seal_run
from traces.models import Checkpoint, InstanceEntry, InstanceLog, LedgerEntry, Sealing
from traces.queries.checkpoints import checkpoints_of
from traces.signer.ask import SignerAt

RUNS, TIMES = 4, 12


@pytest.fixture
def signer(tmp_path: Path) -> Iterator[SignerAt]:
    with serving(tmp_path / "signer") as asked:
        yield asked


def test_it_works(signer: SignerAt) -> None:
    runs = [begin() for _ in range(RUNS)]

    def record() -> None:
        for _ in range(TIMES):
            for run in runs:
                grow(run, 2)

    def pass_by() -> None:
        for at in range(TIMES):
            seal(signer, 20 * at)

    def export() -> None:
        for run in runs:
            seal_run(uuid.UUID(run), signer=signer, now_ns=NOW_NS)

    at_once(record, record, pass_by, pass_by, export)
    seal(signer, 1_000)
    for run in runs:
        leaves = leaves_of(run)
        assert len(leaves) == 2 + RUNS * TIMES
        notes = [read_checkpoint(note) for note in checkpoints_of(uuid.UUID(run))]
        assert notes[-1].size == len(leaves)
        assert all(note.root == root_of_leaves(leaves[: note.size]) for note in notes)
    assert not Sealing.objects.exclude(due_at=None).exists()
    assert not Sealing.objects.exclude(trouble=None).exists()
    check_instance_log()


@pytest.mark.parametrize("step", ["_note_sealed", "record_in_instance_log", "_sign_instance"])
def test_a_pass_that_dies_is_made_good_by_the_next(
    signer: SignerAt, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    """The signer has signed, and whoever asked is gone before it is kept, told of, or covered."""
    run = begin()
    seal(signer)
    grow(run, 3)
    whole = getattr(seal_runs, step)

    def dying(*arguments: object, **named: object) -> None:
        whole(*arguments, **named)
        raise SystemExit

    with monkeypatch.context() as patch:
        patch.setattr(seal_runs, step, dying)
        with pytest.raises(SystemExit):
            seal(signer, 20)
    grow(run, 1)
    seal(signer, 40)
    [first, *_, last] = [read_checkpoint(note) for note in checkpoints_of(uuid.UUID(run))]
    assert (first.size, last.size) == (2, 6)
    check_instance_log()


def test_within_a_transaction_nothing_is_signed(signer: SignerAt) -> None:
    """What it wrote may still be undone; a signed head over it could never be continued."""
    run = begin()
    with transaction.atomic():
        grow(run, 3)
        with pytest.raises(RuntimeError, match="durable"):
            seal_run(uuid.UUID(run), signer=signer, now_ns=NOW_NS)
    assert signer.custody().keys[0].signed == 0
    seal(signer, 20)
    assert [read_checkpoint(note).size for note in checkpoints_of(uuid.UUID(run))] == [5]


def at_once(*acts: Callable[[], None]) -> None:
    """Each in a thread with a connection of its own; what one raises is raised."""
    failed: list[BaseException] = []

    def run(act: Callable[[], None]) -> None:
        try:
            act()
        except BaseException as error:
            failed.append(error)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=run, args=(act,)) for act in acts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert not failed, failed


def leaves_of(run: str) -> list[bytes]:
    rows = LedgerEntry.objects.filter(run_id=run).order_by("seq")
    return [bytes(leaf) for leaf in rows.values_list("leaf", flat=True)]


def check_instance_log() -> None:
    """Each checkpoint of a run is told of once, and all heads of the log are of one history."""
    log = InstanceLog.objects.get()
    rows = InstanceEntry.objects.order_by("seq")
    leaves = [bytes(row.leaf) for row in rows]
    assert [row.seq for row in rows] == list(range(log.size))
    of_runs = Checkpoint.objects.exclude(run_id=log.run_id)
    assert sorted(each.instance_seq for each in of_runs) == [
        row.seq for row in rows if row.kind == "run.checkpoint"
    ]
    heads = list(Checkpoint.objects.filter(run_id=log.run_id).order_by("size"))
    assert heads[-1].size == log.size
    for each in heads:
        assert bytes(each.root) == root_of_leaves(leaves[: each.size])
        check_consistency(
            earlier=each.size,
            earlier_root=bytes(each.root),
            size=log.size,
            root=bytes(heads[-1].root),
            path=consistency_path(leaves, each.size),
        )
