"""Signatures: what Wycheproof says, and the keys that OpenSSL would take and we do not."""

from __future__ import annotations

import json
from hashlib import sha256
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given, settings
from hypothesis import strategies as st

from deliberation.bundle import ed25519, signatures
from deliberation.bundle.keys import read_key
from deliberation.bundle.verdict import Misuse
from tests.bundles.signer import OPERATOR

FILE = Path(__file__).resolve().parents[2] / "golden" / "wycheproof" / "ed25519.jsonl"
VECTORS = [json.loads(line) for line in FILE.read_text().splitlines()]
WAYS = {"pure": ed25519.verify, "fast": signatures.verify}
PRIME = 2**255 - 19
SMALL_ORDER = [
    "01" + "00" * 31,  # the neutral element
    "ec" + "ff" * 30 + "7f",  # of order 2
    "00" * 32,  # of order 4
    "00" * 31 + "80",  # of order 4
    "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05",  # of order 8
    "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a",  # of order 8
]
NOT_CANONICAL = [
    (PRIME + 3).to_bytes(32, "little").hex(),  # y is not below p
    "01" + "00" * 30 + "80",  # x is zero and negative
    "ff" * 32,
]


def test_it_works():
    key = OPERATOR.private
    assert ed25519.verify(OPERATOR.public, b"words", key.sign(b"words"))
    assert not ed25519.verify(OPERATOR.public, b"other", key.sign(b"words"))


def test_the_vectors_are_those_that_their_readme_names():
    digest = "1dcaa03395805559be7c9b71a3c1c53b9838edaf2213186d2214d454430a65f8"
    assert sha256(FILE.read_bytes()).hexdigest() == digest
    assert len(VECTORS) == 151


@pytest.mark.parametrize("way", WAYS)
def test_every_vector_of_wycheproof_is_judged_as_it_says(way):
    judged = {
        each["tc"]: WAYS[way](*(bytes.fromhex(each[name]) for name in ("pk", "msg", "sig")))
        for each in VECTORS
    }
    assert judged == {each["tc"]: each["valid"] for each in VECTORS}


@pytest.mark.parametrize("way", WAYS)
@pytest.mark.parametrize("public", SMALL_ORDER + NOT_CANONICAL)
def test_no_key_of_small_order_or_of_another_encoding_is_taken(way, public):
    # R = A and S = 0 fit any message whose hash is a multiple of the key's order.
    forged = bytes.fromhex(public) + bytes(32)
    assert not any(WAYS[way](bytes.fromhex(public), bytes([n]), forged) for n in range(32))
    assert ed25519.read_key(bytes.fromhex(public)) is None


@settings(max_examples=25)
@given(st.binary(min_size=32, max_size=32), st.binary(max_size=99), st.integers(0, 511))
def test_both_ways_agree_on_what_is_right_and_on_what_is_a_bit_off(seed, message, bit):
    key = Ed25519PrivateKey.from_private_bytes(seed)
    public, signature = key.public_key().public_bytes_raw(), key.sign(message)
    off = (int.from_bytes(signature, "big") ^ 1 << bit).to_bytes(64, "big")
    for verify in WAYS.values():
        assert verify(public, message, signature)
        assert not verify(public, message, off)


def test_a_key_is_taken_as_c2sp_writes_it():
    key = read_key(OPERATOR.line + "\n")
    assert (key.name, key.public, key.label) == (
        "inspector.example",
        OPERATOR.public,
        "inspector.example+db59e179",
    )


@pytest.mark.parametrize(
    ("old", "new", "reason"),
    [
        ("db59e179", "db59e178", "mistyped"),
        ("inspector", "inspecter", "mistyped"),
        ("+db59e179", "", "is written"),
        ("inspector.example", "an inspector", "is written"),
    ],
)
def test_a_key_that_was_mistyped_is_not_taken(old, new, reason):
    with pytest.raises(Misuse, match=reason):
        read_key(OPERATOR.line.replace(old, new))
