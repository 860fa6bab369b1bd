"""A run is verified because somebody asked: what was compared is said, and what differs is named."""

from __future__ import annotations

import time
import uuid
from collections.abc import Iterator
from pathlib import Path
from random import randbytes

import pytest
from django.test import Client

from tests.integration.api.test_commands import signed_in
from tests.integration.audit.test_fsck_signed import signed_run, write_anew
from tests.integration.bundles.exported import recorded_run
from tests.integration.pages.test_ledger import imported, shown
from tests.integration.sealing.runs import begin, grow, seal
from tests.integration.sealing.signers import serving
from tests.people import People
from traces.actions import claim_check
from traces.actions.check_run import ask_for_check, check_next
from traces.actions.claim_check import LostCheck, telling
from traces.actions.expire_run import expire_run_by_policy
from traces.models import Checkpoint, InstanceEntry, LedgerEntry, Run, RunCheck
from traces.signer.ask import SignerAt

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def signer(tmp_path: Path) -> Iterator[SignerAt]:
    with serving(tmp_path / "signer") as asked:
        yield asked


def verify(run: str, client: Client) -> RunCheck:
    """Ask for it on the page, and do what a worker does."""
    assert client.post(f"/runs/{run}/ledger").status_code == 303
    assert check_next(clock=time.time_ns, randbytes=randbytes)
    return RunCheck.objects.get(run_id=run)


def said(check: RunCheck) -> list[tuple[int | None, str]]:
    return [(seq, what) for seq, what in check.differences]


def test_it_works(people: People, signer: SignerAt) -> None:
    run, bob = begin(), signed_in(people.bob)
    seal(signer)
    grow(run, 3)
    assert bob.post(f"/runs/{run}/ledger").headers["Location"] == f"/runs/{run}/ledger#check"
    assert 'hx-trigger="every 1s"' in shown(bob, f"/runs/{run}/ledger/check")
    check_next(clock=time.time_ns, randbytes=randbytes)
    check = RunCheck.objects.get(run_id=run)
    assert check.differences == []
    found = check.found
    assert (found["size"], found["checkpoints"], found["signed"]) == (5, 1, 2)
    assert found["instance"] is not None
    page = shown(bob, f"/runs/{run}/ledger/check")
    assert "nothing differs" in page
    assert "3 last entries against whoever" in page
    assert found["root"] in page
    assert "hx-trigger" not in page
    assert not check_next(clock=time.time_ns, randbytes=randbytes)


def test_an_edited_row_is_named_with_its_entry(people: People) -> None:
    run, alice = recorded_run(people.project), signed_in(people.alice)
    row = LedgerEntry.objects.get(run_id=run, seq=3)
    edited = bytes(row.line).replace(b'"votes"', b'"vetos"')
    assert edited != bytes(row.line)
    LedgerEntry.objects.filter(run_id=run, seq=3).update(line=edited)
    found = said(verify(run, alice))
    assert found[0] == (3, "its line is not the one whose hash is kept beside it")
    page = shown(alice, f"/runs/{run}/ledger")
    assert "INVALID" in page
    assert f'href="/runs/{run}/ledger/3"' in page


def test_a_history_that_was_written_anew_contradicts_what_was_signed(
    people: People, signer: SignerAt
) -> None:
    run = signed_run(signer)
    write_anew(run)
    assert (1, "the root is not that of the checkpoint over 2 entries") in said(
        verify(run, signed_in(people.alice))
    )


def test_a_checkpoint_that_is_gone_is_remembered_by_the_log_of_the_instance(
    people: People, signer: SignerAt
) -> None:
    run = begin()
    seal(signer)
    Checkpoint.objects.filter(run_id=run).delete()
    write_anew(run)
    LedgerEntry.objects.filter(run_id=run, seq=1).delete()
    [gone] = [what for _, what in said(verify(run, signed_in(people.alice))) if "signed" in what]
    assert gone == "a checkpoint over 2 entries is signed, of which 1 are left"


def test_an_edit_of_what_the_instance_tells_is_found(people: People, signer: SignerAt) -> None:
    run, alice = begin(), signed_in(people.alice)
    seal(signer)
    told = InstanceEntry.objects.get(run_id=run, kind="run.checkpoint")
    other = bytes(told.line).replace(b'"size":2', b'"size":1')
    InstanceEntry.objects.filter(pk=told.pk).update(line=other)
    found = [what for _, what in said(verify(run, alice))]
    assert f"in the log of the instance, entry {told.pk} about it was edited" in found
    assert "the log of the instance does not tell of the checkpoint over 2 entries" in found
    assert any("another checkpoint than the run's last" in what for what in found)


@pytest.mark.parametrize(
    ("name", "proven"),
    [("v1-one-run", True), ("v1-withheld-and-redacted", True), ("v1-unsigned", False)],
)
def test_a_foreign_run_is_compared_with_the_notes_that_came_with_it(
    people: People, name: str, proven: bool
) -> None:
    run, alice = imported(people, name), signed_in(people.alice)
    check = verify(run, alice)
    assert check.differences == []
    assert (check.found["checkpoints"] > 0, check.found["instance"] is not None) == (proven, proven)
    assert "keys of other installations are not kept here" in shown(alice, f"/runs/{run}/ledger")


def ask(run: str, **said: object) -> RunCheck:
    row = Run.objects.get(pk=run)
    return ask_for_check(run=row, by="user:alice", check_id=uuid.uuid4(), now_ns=time.time_ns())


def test_whoever_asks_while_it_goes_on_gets_the_same_and_old_ones_are_forgotten(
    people: People,
) -> None:
    run = begin()
    assert ask(run).pk == ask(run).pk
    for _ in range(25):
        ask(run)
        assert check_next(clock=time.time_ns, randbytes=randbytes)
    assert RunCheck.objects.filter(run_id=run).count() == 20


def test_a_check_whose_worker_died_is_made_again_and_given_up_after_the_third(
    people: People, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = begin()
    ask(run)
    for _ in range(3):
        assert claim_check.claim_check(uuid.uuid4()) is not None
        assert not check_next(clock=time.time_ns, randbytes=randbytes), "it is claimed"
        RunCheck.objects.update(claimed_until="2020-01-01T00:00:00Z")
    assert check_next(clock=time.time_ns, randbytes=randbytes)
    assert "the worker died each time" in shown(
        signed_in(people.alice), f"/runs/{run}/ledger/check"
    )


def test_a_worker_whose_claim_is_gone_or_whose_run_was_taken_away_stops(people: People) -> None:
    run = begin()
    ask(run)
    claimed = claim_check.claim_check(uuid.uuid4())
    assert claimed is not None
    with telling(claimed) as progress:
        progress.tell(1)
        assert RunCheck.objects.get().entries_done == 1
        expire_run_by_policy(run_id=uuid.UUID(run), policy="p", now_ns=time.time_ns())
        progress.told_at = float("-inf")
        with pytest.raises(LostCheck):
            progress.tell(2)
    with pytest.raises(LostCheck):
        claim_check.end_check(claimed, ended_ns=1)


def test_only_who_may_look_may_ask(people: People) -> None:
    run = begin()
    assert signed_in(people.charlie).post(f"/runs/{run}/ledger").status_code == 404
    assert Client().post(f"/runs/{run}/ledger").status_code == 302
    assert not RunCheck.objects.exists()
