"""An event that is sealed can be read back, and what its line commits to can be checked."""

from __future__ import annotations

import os
from hashlib import sha256

from hypothesis import example, given
from hypothesis import strategies as st

from deliberation.events import CandidateProposed, Event
from deliberation.ledger.entry import read_line, seal, unseal
from deliberation.ledger.parts import bytes_to_text, commit, text_to_bytes
from deliberation.ledger.tree import hash_leaf
from tests.unit.sdk.strategies import any_text, events

RUN = "01900000-0000-7000-8000-000000000000"
HOSTILE = "a\x00b\ud800c\udfff\U0001f600"


def test_it_works():
    event = CandidateProposed(run=RUN, key="k", node="n", answer="42")
    entry = seal(event, seq=3, by="key-1", received_at=5, randbytes=os.urandom)
    assert unseal(entry.line, [(part.name, part.data) for part in entry.parts]) == event
    assert entry.leaf == hash_leaf(entry.line)


@given(events)
def test_what_is_sealed_can_be_unsealed(event: Event):
    entry = seal(event, seq=7, by="key-1", received_at=2**62, randbytes=os.urandom)
    assert unseal(entry.line, [(part.name, part.data) for part in entry.parts]) == event


@given(events)
def test_a_line_has_no_part_in_it_and_commits_to_each(event: Event):
    entry = seal(event, seq=0, by="key-1", received_at=1, randbytes=os.urandom)
    committed = read_line(entry.line)["p"]
    assert committed == {part.name: commit(part.salt, part.inner) for part in entry.parts}
    assert all(part.inner == sha256(part.data).digest() for part in entry.parts)
    assert not set(read_line(entry.line)["d"]) & set(committed)


@given(any_text)
@example(HOSTILE)
def test_any_text_survives_as_bytes(text: str):
    assert bytes_to_text(text_to_bytes(text)) == text


def test_nul_and_lone_surrogates_survive_sealing():
    event = CandidateProposed(run=RUN, key="k", node="n", answer=HOSTILE)
    entry = seal(event, seq=0, by="k", received_at=1, randbytes=os.urandom)
    assert unseal(entry.line, [(part.name, part.data) for part in entry.parts]) == event


def test_a_redacted_part_leaves_the_rest_readable():
    event = CandidateProposed(run=RUN, key="k", node="n", answer="secret", normalised="s", votes=3)
    entry = seal(event, seq=0, by="k", received_at=1, randbytes=os.urandom)
    kept = [(part.name, part.data) for part in entry.parts if part.name != "answer"]
    read = unseal(entry.line, kept)
    assert read == CandidateProposed(run=RUN, key="k", node="n", normalised="s", votes=3)


@given(st.text(min_size=1))
def test_the_same_text_twice_has_two_commitments(text: str):
    event = CandidateProposed(run=RUN, key="k", node="n", answer=text, normalised=text)
    one, other = seal(event, seq=0, by="k", received_at=1, randbytes=os.urandom).parts
    assert one.inner == other.inner
    assert commit(one.salt, one.inner) != commit(other.salt, other.inner)
