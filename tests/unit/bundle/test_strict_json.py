"""One value has one sequence of bytes, and what is read is compared with it."""

from __future__ import annotations

from base64 import b64encode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from deliberation.bundle import base64_text, strict_json
from deliberation.bundle.line import read_line
from deliberation.bundle.openings import read_opened
from deliberation.bundle.strict_json import NotCanonical
from deliberation.events import Event
from deliberation.ledger.canonical import dump
from deliberation.ledger.entry import seal
from deliberation.ledger.parts import text_to_bytes
from tests.bundles.story import opened_part, opening
from tests.unit.sdk.strategies import any_text, events, plain_values


def test_it_works():
    assert strict_json.read(b'{"a":[1,"\xc3\xa9"]}') == {"a": [1, "é"]}


@given(plain_values)
def test_what_the_canonical_writer_writes_is_read(value):
    depth_fits = not strict_json.is_deeper({"a": value}, 8)
    if depth_fits:
        assert strict_json.read(dump({"a": value})) == {"a": value}
    else:
        with pytest.raises(NotCanonical, match="nested"):
            strict_json.read(dump({"a": value}))


@given(events)
def test_every_line_that_the_ledger_writes_is_read(event: Event):
    seq = 0 if event.KIND == "run.opened" else 7
    line = seal(event, seq=seq, by="key-1", received_at=2**62, randbytes=bytes).line
    read = read_line(line, run=event.run, seq=seq)
    assert read.kind == event.KIND


@given(any_text)
def test_every_part_that_a_ledger_can_hold_has_one_line(text):
    part = opened_part(3, "answer", text_to_bytes(text))
    [read] = read_opened([opening(3, part)])
    assert (read.name, read.data, read.inner, read.salt) == (
        "answer",
        part.data,
        part.inner,
        part.salt,
    )


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b'{"a":1,"a":1}', "not canonical"),
        (b'{"b":1,"a":1}', "not canonical"),
        (b'{"a": 1}', "not canonical"),
        (b'{"a":1}\n', "not canonical"),
        (b'{"a":1}{}', "not canonical"),
        (b' {"a":1}', "not JSON|not canonical"),
        (b'{"a":"\\u00e9"}', "not canonical"),
        (b'{"a":"\\/"}', "not canonical"),
        (b'{"a":"\\u001F"}', "not canonical"),
        (b'{"a":-0}', "not canonical"),
        (b'{"a":01}', "not JSON"),
        (b'{"a":1.0}', "whole"),
        (b'{"a":1e3}', "whole"),
        (b'{"a":-Infinity}', "whole"),
        (b'{"a":9007199254740992}', "2\\^53"),
        (b'{"a":-9007199254740992}', "2\\^53"),
        (b'{"a":' + b"9" * 5000 + b"}", "2\\^53"),
        (b'{"a":"\\ud800"}', "UTF-8"),
        (b'{"a":"\xed\xa0\x80"}', "UTF-8"),
        (b'\xef\xbb\xbf{"a":1}', "UTF-8"),
        (b"[]", "not a JSON object"),
        (b"{" * 9 + b"}" * 9, "not JSON"),
        (b'{"a":' + b"[" * 8 + b"]" * 8 + b"}", "nested"),
        (b'{"a":' + b"[" * 99_999 + b"]" * 99_999 + b"}", "nested"),
        (b"", "not JSON"),
    ],
)
def test_whatever_a_parser_would_smooth_over_is_found(data, reason):
    with pytest.raises(NotCanonical, match=reason):
        strict_json.read(data)


def test_the_largest_integers_are_read():
    assert strict_json.read(b'{"a":9007199254740991,"b":-9007199254740991}')


@given(st.binary(max_size=40))
def test_base64_has_one_form(data):
    text = b64encode(data).decode()
    assert base64_text.decode(text) == data
    for other in (text + "=", " " + text, text + "\n", text.rstrip("=") if "=" in text else "*"):
        assert base64_text.decode(other) is None
