"""A line is read in one step where its envelope has no escapes, else the long way: never with another result."""

from __future__ import annotations

import json

from hypothesis import given
from hypothesis import strategies as st

from deliberation.bundle.line import Line, _read_any, _read_plain
from deliberation.bundle.openings import read_opened
from deliberation.bundle.verdict import Refusal
from deliberation.ledger.entry import seal
from tests.unit.sdk.strategies import events

RUN, SEQ = "01900000-0000-7000-8000-000000000001", 7
PLAIN = (
    b'{"by":"sdk:7f3a","d":{"node":"n1","node_kind":"thought"},"key":"k","kind":"node.observed","p":{"input":'
    b'"DqmGx5no/ZOvgukFJPZvVjDLmuqMRT3gEctqZLzqF3k=","text":"WtsswPvanSpAXj30Dv0BmieQZqt+9xmx/nthmHpHrAw="},'
    b'"run":"01900000-0000-7000-8000-000000000001","seq":7,"t_rx":"1790000000000000099","t_src":"-5","v":1}'
)
PIECES = (
    'a é \u007f \\ " ' + r"\\ \" \/ \n \b \u000b \u000B \u0041 \u001f \u0008 \u0020 \u00e9 \ud800"
).split(" ")
TOKENS = [b'"', b"\\", b"{", b"}", b",", b'"a":1', b'"a":{}', b"\x00", b"\xff", b" ", b"0", b"\n"]


def test_it_works():
    line = _read_plain(PLAIN, RUN, SEQ)
    assert line is not None
    assert line.kind == "node.observed"
    assert line.facts == {"node": "n1", "node_kind": "thought"}
    assert list(line.commitments) == ["input", "text"]
    assert line == _read_any(PLAIN, RUN, SEQ)


@given(events, st.sampled_from(["sdk:7f3a", 'a "quoted" name', "größer", "back\\slash"]))
def test_both_ways_say_the_same_of_what_the_ledger_writes(event, by):
    seq = 0 if event.KIND == "run.opened" else SEQ
    line = seal(event, seq=seq, by=by, received_at=2**62, randbytes=bytes).line
    assert _read_plain(line, event.run, seq) in (None, _read_any(line, event.run, seq))


@given(
    at=st.integers(0, len(PLAIN)),
    cut=st.integers(0, 3),
    put=st.one_of(st.binary(max_size=2), st.sampled_from(TOKENS)),
)
def test_a_line_that_the_long_way_refuses_is_not_read_in_one_step(at, cut, put):
    line = PLAIN[:at] + put + PLAIN[at + cut :]
    assert _read_plain(line, RUN, SEQ) in (None, _long_way(line))


def test_pieces_of_an_envelope_within_the_facts_are_facts():
    inner = PLAIN.decode().replace('"sdk:7f3a"', '"x"')
    outer = PLAIN.replace(b'{"node":"n1",', b'{"n":' + inner.encode() + b',"node":"n1",')
    line = _read_plain(outer, RUN, SEQ)
    assert line == _read_any(outer, RUN, SEQ)
    assert line is not None
    assert line.facts["n"] == json.loads(inner)


@given(st.lists(st.sampled_from(PIECES), max_size=6).map("".join))
def test_a_text_is_read_where_it_is_what_the_canonical_writer_writes(inner):
    quoted = f'"{inner}"'
    salt = '"' + "A" * 43 + '="'
    line = f'{{"name":"text","salt":{salt},"seq":7,"text":{quoted}}}'.encode()
    try:
        found = [each.data for each in read_opened([line])]
    except Refusal:
        found = []
    assert found == _canonical(quoted)


def _long_way(line: bytes) -> Line | None:
    try:
        return _read_any(line, RUN, SEQ)
    except Refusal:
        return None


def _canonical(quoted: str) -> list[bytes]:
    try:
        text = json.loads(quoted)
        return [text.encode()] if json.dumps(text, ensure_ascii=False) == quoted else []
    except ValueError:
        return []
