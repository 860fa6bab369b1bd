"""Chunks come in order though a thread makes them, and what breaks breaks where they are taken."""

from __future__ import annotations

import threading

import pytest

from deliberation.bundle.ahead import read_ahead
from deliberation.bundle.verdict import Refusal


def broken():
    yield b"first"
    raise Refusal("is cut off")


def test_it_works():
    assert list(read_ahead(iter([b"a", b"b", b"c"]))) == [b"a", b"b", b"c"]


def test_an_empty_chunk_is_no_end():
    assert list(read_ahead(iter([b"", b"a"]))) == [b"", b"a"]


def test_what_is_wrong_is_said_after_what_came_before_it():
    chunks = read_ahead(broken())
    assert next(chunks) == b"first"
    with pytest.raises(Refusal, match="cut off"):
        next(chunks)


def test_whoever_stops_early_leaves_no_thread_behind():
    before = threading.active_count()
    chunks = read_ahead(iter([b"a", b"b", b"c"]))
    next(chunks)
    chunks.close()
    assert threading.active_count() == before
