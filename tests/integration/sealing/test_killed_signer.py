"""Wherever the signer is killed, it never signs two roots for one size, and always goes on."""

from __future__ import annotations

import os
import random
import socket
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from deliberation.bundle.note import read_checkpoint
from deliberation.ledger.tree import (
    check_consistency,
    consistency_path,
    hash_leaf,
    root_of_leaves,
)
from tests.integration.sealing.dying_signer import DIED
from tests.integration.sealing.signers import NAME, TREE, SignerProcess
from traces.signer.sign import NotSigned, Refused, Signer, Wanted

HISTORIES = [[hash_leaf(bytes([which, n])) for n in range(200)] for which in (1, 2)]
KILLS = 6


def wanted(leaves: list[bytes], size: int, since: int) -> Wanted:
    proof = consistency_path(leaves[:size], since) if 0 < since < size else []
    return Wanted(NAME, size, root_of_leaves(leaves[:size]), tuple(proof))


def test_two_histories_compete_while_it_is_killed(process: SignerProcess):
    """Two clients, each with a history of its own, take every chance that a kill may give them."""
    notes: list[str] = []
    is_over = threading.Event()
    clients = [
        threading.Thread(target=insist, args=(process, leaves, notes, is_over))
        for leaves in HISTORIES
    ]
    for client in clients:
        client.start()
    dice = random.Random(4)
    for _ in range(KILLS):
        time.sleep(dice.uniform(0.02, 0.3))
        process.kill()
        process.start()
    time.sleep(0.3)
    is_over.set()
    for client in clients:
        client.join()
    signed = {}
    for note in notes:
        read = read_checkpoint(note)
        assert signed.setdefault(read.size, read.root) == read.root
    assert len(signed) > KILLS
    [history] = [
        leaves
        for leaves in HISTORIES
        if all(root_of_leaves(leaves[:size]) == root for size, root in signed.items())
    ]
    largest = max(signed)
    for size, root in signed.items():
        check_consistency(
            earlier=size,
            earlier_root=root,
            size=largest,
            root=signed[largest],
            path=consistency_path(history[:largest], size),
        )


def insist(
    process: SignerProcess, leaves: list[bytes], notes: list[str], is_over: threading.Event
) -> None:
    size = since = 1
    while not is_over.is_set() and size < len(leaves):
        try:
            [found] = process.asked.sign_checkpoints([wanted(leaves, size, since)])
        except NotSigned:
            continue
        if isinstance(found, Refused):
            assert found.last is not None
            since = min(found.last.size, size)
            size = max(size, found.last.size)
            time.sleep(0.005)
        else:
            notes.append(found)
            since, size = size, size + 1


STEPS = ["Memory.head", "Memory.remember", "Memory.count", "SigningKey.sign"]


@pytest.mark.parametrize("step", STEPS)
@pytest.mark.parametrize("when", ["before", "after"])
def test_it_dies_at_a_step_and_comes_back(tmp_path: Path, step: str, when: str):
    """The power fails right before or after a step: what may have left the house is the only history from then on."""
    first, other = HISTORIES
    start(tmp_path).sign_checkpoints([wanted(first, 3, 0)])
    die(tmp_path, step, when, wanted(first, 8, 3))
    signer = start(tmp_path)
    [refused, note] = signer.sign_checkpoints([wanted(other, 8, 3), wanted(first, 8, 3)])
    assert isinstance(refused, Refused)
    assert isinstance(note, str)


@pytest.mark.parametrize("step", ["Memory.forget_keys", "Memory.begin_key", "Memory.key_records"])
def test_it_dies_while_its_first_key_is_made(tmp_path: Path, step: str):
    die(tmp_path, step, "after", wanted(HISTORIES[0], 3, 0))
    assert start(tmp_path).sign_checkpoints([wanted(HISTORIES[0], 3, 0)])


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
        hostile.settimeout(5)
        hostile.connect(str(process.asked.path))
        with pytest.raises(OSError, match=r"[Bb]roken|reset"):
            hostile.sendall(b"[" * 20_000_000)
    assert process.asked.custody().name == NAME
