"""Signed notes are read as C2SP gives them, and not otherwise."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from deliberation.bundle.keys import Key, key_id, read_key
from deliberation.bundle.note import read_checkpoint, split_notes
from deliberation.bundle.verdict import Refusal
from deliberation.ledger.tree import (
    check_consistency,
    consistency_path,
    inclusion_path,
    root_of_leaves,
)
from tests.bundles.signer import OPERATOR, STRANGER, checkpoint

GOLDEN = Path(__file__).resolve().parents[2] / "golden" / "c2sp"
ROOT = bytes(range(32))
TEXT = checkpoint("inspector.example/runs/x", 7, ROOT)
KEY = read_key(OPERATOR.line)


def test_it_works():
    read = read_checkpoint(OPERATOR.note(TEXT))
    assert (read.origin, read.size, read.root) == ("inspector.example/runs/x", 7, ROOT)
    assert read.signers([KEY]) == [KEY]


def test_a_note_of_another_implementation_is_read():
    """The example of c2sp.org/tlog-checkpoint, 2026-07."""
    read = read_checkpoint(
        "example.com/behind-the-sofa\n20852163\nCsUYapGGPo4dkMgIAUqom/Xajj7h2fB2MPA3j2jxq2I=\n\n"
        "— example.com/behind-the-sofa Az3grlgtzPICa5OS8npVmf1Myq/5IZniMp+ZJurmRDeOoRDe4URYN7u5/"
        "Zhcyv2q1gGzGku9nTo+zyWE+xeMcTOAYQ8=\n"
    )
    assert (read.size, read.signatures[0].id.hex()) == (20852163, "033de0ae")
    assert read.signers([KEY]) == []


def test_the_lines_of_unknown_keys_are_passed_over():
    both = OPERATOR.note(TEXT) + STRANGER.note(TEXT).splitlines()[-1] + "\n"
    assert read_checkpoint(both).signers([KEY]) == [KEY]
    assert read_checkpoint(STRANGER.note(TEXT)).signers([KEY]) == []


def test_a_wrong_signature_of_a_known_key_refuses_the_note():
    moved = OPERATOR.note(TEXT).replace("\n7\n", "\n8\n")
    with pytest.raises(Refusal, match="wrong signature by inspector"):
        read_checkpoint(moved).signers([KEY])


def test_two_keys_whose_short_ids_collide_are_told_apart_by_the_signature():
    other = Key(OPERATOR.name, key_id(OPERATOR.name, OPERATOR.public), STRANGER.public)
    with pytest.raises(Refusal, match="wrong signature"):
        read_checkpoint(OPERATOR.note(TEXT)).signers([other])


@pytest.mark.parametrize(
    ("old", "new", "reason"),
    [
        ("\n7\n", "\n07\n", "plain number"),
        ("\n7\n", "\n-7\n", "plain number"),
        ("\n7\n", "\n٧\n", "plain number"),
        ("\n7\n", f"\n{2**53}\n", "plain number"),
        ("AAEC", "AAE", "not 32 bytes"),
        ("Hh8=", "Hh9=", "not 32 bytes"),
        ("inspector.example/runs/x", "", "origin"),
        ("inspector.example/runs/x", "inspector example", "origin"),
        ("inspector.example/runs/x", "a\x1b[2J", "control character"),
        ("\n\n—", "\nextension\n\n—", "three lines"),
        ("— ", "- ", "not a signature line"),
        ("\n\n— ", "\n— ", "empty line"),
        ("\r", "", ""),
    ],
)
def test_what_is_not_in_its_form_is_refused(old, new, reason):
    note = OPERATOR.note(TEXT)
    if not reason:
        note, reason = note.replace("\n", "\r\n"), "control character"
    with pytest.raises(Refusal, match=reason):
        read_checkpoint(note.replace(old, new, 1))


def test_several_notes_stand_in_one_file():
    notes = [OPERATOR.note(checkpoint("a", size, ROOT)) for size in (1, 2, 3)]
    assert split_notes("\n".join(notes)) == notes
    with pytest.raises(Refusal, match="by turns"):
        split_notes("\n".join(notes) + "\nmore\n")


def test_another_implementation_agrees_on_notes_roots_and_paths():
    told = json.loads((GOLDEN / "witness-log-0.6.1.json").read_text())
    key, read = read_key(told["key"]), read_checkpoint(told["note"])
    leaves = [bytes.fromhex(each) for each in told["leaves"]]
    roots = [bytes.fromhex(each) for each in told["roots"]]
    assert read.signers([key]) == [key]
    assert read.root == roots[-1]
    assert [root_of_leaves(leaves[:size]) for size in range(1, 12)] == roots
    for index, path in enumerate(told["paths"]):
        assert [each.hex() for each in inclusion_path(leaves, index)] == path
    for size, root in enumerate(roots, start=1):
        path = consistency_path(leaves, size)
        check_consistency(earlier=size, earlier_root=root, size=11, root=read.root, path=path)
