"""The signer signs one history of each log, whatever it is asked for and wherever it dies."""

from __future__ import annotations

import json
import sqlite3
import stat
from base64 import b64encode
from pathlib import Path

import pytest

from deliberation.bundle import dsse, ed25519
from deliberation.bundle.keys import read_key
from deliberation.bundle.note import read_checkpoint
from deliberation.ledger.tree import consistency_path, hash_leaf, root_of_leaves
from traces.signer.keys import Unusable
from traces.signer.messages import MAX_WANTED, answer
from traces.signer.sign import Refused, Signer, Wanted

NAME = "inspector.example/abc"
RUN = "01900000-0000-7000-8000-000000000001"
ORIGIN = f"{NAME}/runs/{RUN}"
LEAVES = [hash_leaf(bytes([n])) for n in range(20)]
OTHERS = [hash_leaf(bytes([n, 1])) for n in range(20)]


def start(directory: Path, seed: int = 1) -> Signer:
    return Signer(directory, name=NAME, now_ns=5, randbytes=lambda n: bytes([seed]) * n)


def wanted(size: int, since: int = 0, leaves=LEAVES, origin: str = ORIGIN) -> Wanted:
    proof = consistency_path(leaves[:size], since) if since else []
    return Wanted(origin, size, root_of_leaves(leaves[:size]), tuple(proof))


def refusal(signer: Signer, asked: Wanted) -> str:
    [found] = signer.sign_checkpoints([asked])
    assert isinstance(found, Refused)
    return str(found)


def test_it_works(tmp_path):
    signer = start(tmp_path)
    [note] = signer.sign_checkpoints([wanted(3)])
    [key] = [read_key(record.line) for record in signer.records()]
    read = read_checkpoint(note)
    assert (read.origin, read.size, read.root) == (ORIGIN, 3, root_of_leaves(LEAVES[:3]))
    assert read.signers([key]) == [key]
    [later] = signer.sign_checkpoints([wanted(11, since=3)])
    assert read_checkpoint(later).size == 11


def test_it_remembers_over_a_restart_and_says_the_same_again(tmp_path):
    [note] = start(tmp_path).sign_checkpoints([wanted(3)])
    again = start(tmp_path, seed=2)
    assert again.sign_checkpoints([wanted(3)]) == [note]
    assert "another root" in refusal(again, wanted(3, leaves=OTHERS))
    assert [record.signed for record in again.records()] == [2]


@pytest.mark.parametrize(
    ("asked", "reason"),
    [
        (wanted(4), "size 5 was signed already"),
        (wanted(5, leaves=OTHERS), "another root"),
        (wanted(9), "does not extend"),
        (wanted(9, since=4), "does not extend"),
        (wanted(9, since=5, leaves=OTHERS), "does not extend"),
        (Wanted(ORIGIN, 9, root_of_leaves(OTHERS[:9]), wanted(9, since=5).proof), "not extend"),
        (wanted(0), "at least one"),
        (Wanted(ORIGIN, 2**53, LEAVES[0]), "fewer than"),
        (wanted(5, origin="inspector.example/other"), "not the origin"),
        (wanted(5, origin=f"{NAME}/runs/{RUN}/more"), "not the origin"),
        (wanted(5, origin=f"{NAME}/runs/{RUN.upper()}"[:-1] + "A"), "not the origin"),
        (wanted(5, origin=f"{NAME}/runs/"), "not the origin"),
        (wanted(5, origin="DSSEv1 28 application"), "not the origin"),
        (wanted(5, origin=f"{ORIGIN}\n9\n"), "not the origin"),
    ],
)
def test_what_contradicts_what_it_signed_is_refused(tmp_path, asked, reason):
    signer = start(tmp_path)
    signer.sign_checkpoints([wanted(5)])
    assert reason in refusal(signer, asked)
    [still] = signer.sign_checkpoints([wanted(9, since=5)])
    assert read_checkpoint(still).size == 9


def test_one_that_is_refused_costs_the_others_nothing(tmp_path):
    signer = start(tmp_path)
    signer.sign_checkpoints([wanted(5)])
    bad, good = signer.sign_checkpoints([wanted(4), wanted(2, origin=NAME)])
    assert isinstance(bad, Refused)
    assert bad.last is not None
    assert (bad.last.size, bad.last.root) == (5, root_of_leaves(LEAVES[:5]))
    assert read_checkpoint(good).origin == NAME


def test_two_roots_in_one_request_are_not_both_signed(tmp_path):
    first, second = start(tmp_path).sign_checkpoints([wanted(5), wanted(5, leaves=OTHERS)])
    assert isinstance(first, str)
    assert isinstance(second, Refused)


def test_what_cannot_be_remembered_is_not_signed(tmp_path):
    signer = start(tmp_path)
    beside = sqlite3.connect(tmp_path / "heads.sqlite", isolation_level=None)
    beside.execute(
        "CREATE TRIGGER full BEFORE INSERT ON head BEGIN SELECT RAISE(FAIL, 'disk full'); END"
    )
    plain = {"origin": ORIGIN, "size": 1, "root": b64encode(LEAVES[0]).decode(), "proof": []}
    asked = json.dumps({"do": "checkpoints", "wanted": [plain]}).encode()
    assert b"cannot write: disk full" in answer(asked, signer, now_ns=1)
    beside.execute("DROP TRIGGER full")
    assert b'"note"' in answer(asked, signer, now_ns=1)


def test_an_envelope_is_a_dsse_signature_and_no_checkpoint(tmp_path):
    signer = start(tmp_path)
    payload = f"{ORIGIN}\n5\n{b64encode(LEAVES[0]).decode()}\n".encode()
    envelope = dsse.read_envelope(signer.sign_envelope(payload))
    key = read_key(signer.records()[0].line)
    assert envelope.payload == payload
    assert envelope.signers([key]) == [key]
    [(_, signature)] = envelope.signatures
    assert not ed25519.verify(key.public, payload, signature)


def test_two_keys_sign_side_by_side_until_one_is_retired(tmp_path):
    signer = start(tmp_path)
    [old] = [record.line for record in signer.records()]
    seeds = iter([7, 8])
    signer._randbytes = lambda n: bytes([next(seeds)]) * n
    new = signer.add_key(9)
    [note] = signer.sign_checkpoints([wanted(3)])
    assert read_checkpoint(note).signers([read_key(old), read_key(new)]) == [
        read_key(old),
        read_key(new),
    ]
    assert signer.retire_key(read_key(old).label, 10) == old
    [later] = start(tmp_path).sign_checkpoints([wanted(4, since=3)])
    assert read_checkpoint(later).signers([read_key(old), read_key(new)]) == [read_key(new)]
    assert [(r.line, r.since, r.until, r.signed) for r in signer.records()] == [
        (old, 5, 10, 1),
        (new, 9, None, 2),
    ]
    with pytest.raises(Refused, match="only key"):
        signer.retire_key(read_key(new).label, 11)
    assert read_key(old).public.hex() not in (tmp_path / "keys").read_text()


def test_the_secret_is_for_its_owner_only(tmp_path):
    signer = start(tmp_path)
    for file in tmp_path.iterdir():
        assert stat.S_IMODE(file.stat().st_mode) == 0o600, file
    assert "AQEB" not in repr(signer._keys)


def test_a_key_without_its_memory_signs_nothing(tmp_path):
    start(tmp_path).sign_checkpoints([wanted(5)])
    (tmp_path / "heads.sqlite").rename(tmp_path / "away")
    for _ in range(2):  # the first try leaves an empty file behind
        with pytest.raises(Unusable, match=r"heads.sqlite is missing beside the key"):
            start(tmp_path)
    (tmp_path / "away").rename(tmp_path / "heads.sqlite")
    (tmp_path / "keys").unlink()
    with pytest.raises(Unusable, match="keys is missing"):
        start(tmp_path)


def test_a_first_start_that_died_halfway_is_begun_again(tmp_path):
    (tmp_path / "keys.new").write_text("PRIVATE+KEY+half")
    (tmp_path / "heads.sqlite").touch()
    assert start(tmp_path).sign_checkpoints([wanted(1)])


@pytest.mark.parametrize("name", ["two words", "a+b", "", "a/runs/b", "a\nb"])
def test_an_instance_is_named_as_notes_allow(tmp_path, name):
    with pytest.raises(Unusable, match="cannot be named"):
        Signer(tmp_path, name=name, now_ns=1, randbytes=lambda n: bytes(n))


@pytest.mark.parametrize("damage", [b"not a database at all, but long enough" * 90, b"\x00" * 4096])
def test_a_damaged_memory_signs_nothing(tmp_path, damage):
    start(tmp_path).sign_checkpoints([wanted(5)])
    (tmp_path / "heads.sqlite").write_bytes(damage)
    with pytest.raises(Unusable, match="damaged"):
        start(tmp_path)


def test_a_damaged_key_file_signs_nothing(tmp_path):
    start(tmp_path)
    text = (tmp_path / "keys").read_text()
    for wrong in ("", text.replace("inspector", "inspektor"), text[:-8], text.replace("AQ", "Ag")):
        (tmp_path / "keys").write_text(wrong)
        with pytest.raises(Unusable):
            start(tmp_path)


@pytest.mark.parametrize(
    "asked",
    [
        b"",
        b"\xff\xfe",
        b"[]",
        b"[" * 100_000,
        b'{"do": "everything"}',
        b'{"do": "checkpoints"}',
        b'{"do": "checkpoints", "wanted": [{}]}',
        b'{"do": "checkpoints", "wanted": [7]}',
        json.dumps({"do": "checkpoints", "wanted": [{}] * (MAX_WANTED + 1)}).encode(),
        json.dumps(
            {"do": "checkpoints"}
            | {"wanted": [{"origin": ORIGIN, "size": True, "root": "", "proof": []}]}
        ).encode(),
        json.dumps(
            {"do": "checkpoints"}
            | {"wanted": [{"origin": ORIGIN, "size": 1, "root": "AAAA", "proof": []}]}
        ).encode(),
        json.dumps(
            {"do": "checkpoints"}
            | {"wanted": [{"origin": ORIGIN, "size": 1, "root": "A" * 44, "proof": [1] * 65}]}
        ).encode(),
        b'{"do": "envelope"}',
        b'{"do": "envelope", "payload": "!"}',
        b'{"do": "retire_key"}',
        json.dumps({"do": "envelope", "payload": b64encode(bytes(2**20 + 1)).decode()}).encode(),
    ],
)
def test_a_hostile_request_is_answered_with_a_reason(tmp_path, asked):
    assert json.loads(answer(asked, start(tmp_path), now_ns=1)).keys() == {"refused"}
