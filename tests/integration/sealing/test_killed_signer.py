"""Wherever the signer is killed, it never signs two roots for one size, and always goes on."""

from __future__ import annotations

import os
import random
import socket
import subprocess
import sys
import threading
import time
from dataclasses import dataclass
from pathlib import Path

import pytest

from deliberation.bundle.note import read_checkpoint
from deliberation.ledger.tree import (
    consistency_path,
    hash_leaf,
    root_of_leaves,
)
from tests.integration.sealing.dying_signer import DIED
from tests.integration.sealing.signers import NAME, TREE, SignerProcess
from traces.signer.sign import NotSigned, Refused, Signer, Wanted

FIRST = [hash_leaf(bytes([n])) for n in range(8)]
FORKED = [*FIRST[:3], *(hash_leaf(bytes([n, 1])) for n in range(5))]
"""Two histories that are the same up to three entries."""
KILLS = 4


def wanted(leaves: list[bytes], since: int) -> Wanted:
    proof = consistency_path(leaves, since) if since else []
    return Wanted(NAME, len(leaves), root_of_leaves(leaves), tuple(proof))


def test_two_histories_compete_while_it_is_killed(process: SignerProcess):
    """Two clients fork the history at every size, and take every chance that a kill may give them."""
    told = Told({}, [], threading.Event())
    clients = [threading.Thread(target=insist, args=(process, told, seed)) for seed in (1, 2)]
    for client in clients:
        client.start()
    dice = random.Random(4)
    for _ in range(KILLS):
        await_notes(told, 2)
        time.sleep(dice.uniform(0.0, 0.3))
        process.kill()
        process.start()
    await_notes(told, 2)
    told.is_over.set()
    for client in clients:
        client.join()
    signed: dict[int, bytes] = {}
    for note in map(read_checkpoint, told.notes):
        assert signed.setdefault(note.size, note.root) == note.root
    assert len(signed) > KILLS
    longest = told.histories[signed[max(signed)]]
    assert all(root_of_leaves(longest[:size]) == root for size, root in signed.items())


def await_notes(told: Told, more: int) -> None:
    """Return when so many more were signed."""
    wanted, deadline = len(told.notes) + more, time.monotonic() + 30
    while len(told.notes) < wanted:
        assert time.monotonic() < deadline, "nothing is signed any more"
        time.sleep(0.005)


@dataclass(frozen=True)
class Told:
    """What was proposed, by root; what was signed; whether it is over."""

    histories: dict[bytes, list[bytes]]
    notes: list[str]
    is_over: threading.Event


def insist(process: SignerProcess, told: Told, seed: int) -> None:
    """Propose another entry each time; take up what was signed instead of it, whoever proposed that."""
    dice, leaves = random.Random(seed), list[bytes]()
    while not told.is_over.is_set():
        proposed = [*leaves, hash_leaf(dice.randbytes(8))]
        told.histories[root_of_leaves(proposed)] = proposed
        try:
            [found] = process.asked.sign_checkpoints([wanted(proposed, len(leaves))])
        except NotSigned:
            continue  # perhaps it is remembered, perhaps not: another is proposed in its place
        if isinstance(found, Refused):
            assert found.last is not None
            leaves = told.histories[found.last.root]
        else:
            told.notes.append(found)
            leaves = proposed


STEPS = ["Memory.head", "Memory.remember", "Memory.count", "SigningKey.sign"]
LEFT = {"SigningKey.sign before", "SigningKey.sign after"}
"""When the head is on disk; in all other places nothing was signed, and the other history may still be."""


@pytest.mark.parametrize("step", STEPS)
@pytest.mark.parametrize("when", ["before", "after"])
def test_it_dies_at_a_step_and_comes_back(tmp_path: Path, step: str, when: str):
    """The power fails right before or after a step: what may have left the house is the only history from then on."""
    start(tmp_path).sign_checkpoints([wanted(FIRST[:3], 0)])
    die(tmp_path, step, when, wanted(FIRST, 3))
    signer = start(tmp_path)
    may_have_left = f"{step} {when}" in LEFT
    [forked] = signer.sign_checkpoints([wanted(FORKED, 3)])
    [same] = signer.sign_checkpoints([wanted(FIRST, 3)])
    assert isinstance(forked, Refused) == may_have_left
    assert isinstance(same, str) == may_have_left


@pytest.mark.parametrize("step", ["Memory.forget_keys", "Memory.begin_key", "Memory.key_records"])
def test_it_dies_while_its_first_key_is_made(tmp_path: Path, step: str):
    die(tmp_path, step, "after", wanted(FIRST, 0))
    assert start(tmp_path).sign_checkpoints([wanted(FIRST, 0)])


def start(directory: Path) -> Signer:
    return Signer(directory, name=NAME, now_ns=1, randbytes=os.urandom)


def die(directory: Path, step: str, when: str, asked: Wanted) -> None:
    given = [step, when, str(asked.size), asked.root.hex(), *(each.hex() for each in asked.proof)]
    done = subprocess.run(
        [sys.executable, "-m", "tests.integration.sealing.dying_signer", str(directory), *given],
        cwd=TREE,
        env={**os.environ, "PYTHONPATH": f"{TREE}:{TREE / 'sdk'}"},
        check=False,
        timeout=60,
    )
    assert done.returncode == DIED


def test_a_second_signer_on_its_directory_ends_with_a_sentence(process: SignerProcess):
    second = SignerProcess(process.directory)
    with pytest.raises(AssertionError, match="another signer runs on"):
        second.start()


def test_it_ends_in_order(tmp_path: Path):
    process = SignerProcess(tmp_path / "signer")
    process.start()
    assert process.stop() == 0


def test_one_that_says_nothing_keeps_nobody_waiting(process: SignerProcess):
    silent = [socket.socket(socket.AF_UNIX) for _ in range(20)]
    for each in silent:
        each.connect(str(process.asked.path))
        each.sendall(b'{"do":')
    assert process.asked.custody().name == NAME
    for each in silent:
        each.close()


def test_a_line_without_end_is_not_read_to_its_end(process: SignerProcess):
    with socket.socket(socket.AF_UNIX) as hostile:
        hostile.settimeout(60)
        hostile.connect(str(process.asked.path))
        with pytest.raises(OSError, match=r"[Bb]roken|reset"):
            hostile.sendall(b"[" * 20_000_000)
    assert process.asked.custody().name == NAME
