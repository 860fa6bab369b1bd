"""One value, one sequence of bytes, whichever library writes it."""

from __future__ import annotations

import json

import pytest
from hypothesis import given

from deliberation.events import Event
from deliberation.ledger.canonical import _dump_with_json, dump
from deliberation.ledger.entry import seal
from tests.unit.sdk.strategies import events, plain_values


def test_it_works():
    assert dump({"b": 1, "a": "é"}) == '{"a":"é","b":1}'.encode()


@given(plain_values)
def test_both_libraries_write_the_same_bytes(value):
    pytest.importorskip("orjson")
    assert dump(value) == _dump_with_json(value)


@given(events)
def test_both_libraries_write_the_same_ledger_line(event: Event):
    line = seal(event, seq=0, by="k", received_at=1, randbytes=bytes).line
    assert _dump_with_json(json.loads(line)) == line
