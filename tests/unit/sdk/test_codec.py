"""Whatever can be said survives the wire."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from deliberation.client.build import to_line
from deliberation.events import EVENT_CLASSES, Event, NodeStarted
from deliberation.events.codec import decode, decode_line, encode
from deliberation.events.fields import Invalid
from tests.unit.sdk.strategies import events, events_of, plain_values

RUN = "01900000-0000-7000-8000-000000000000"


def is_read_or_refused(read) -> bool:
    try:
        return isinstance(read(), Event)
    except Invalid as error:
        return bool(str(error))


def test_it_works():
    event = NodeStarted(run=RUN, key="k", node="n")
    assert decode(encode(event)) == event


@pytest.mark.parametrize("event_class", EVENT_CLASSES, ids=lambda each: each.KIND)
def test_each_kind_of_event_comes_back_as_it_was(event_class):
    @given(events_of(event_class))
    def check(event):
        assert decode(encode(event)) == event

    check()


@given(events)
def test_an_event_comes_back_from_a_line_of_ndjson(event: Event):
    line = to_line(event)
    assert b"\n" not in line
    assert decode_line(line) == event


@given(events)
def test_every_field_can_travel_as_text(event: Event):
    texts = {
        name: str(value) if isinstance(value, int) and not isinstance(value, bool) else value
        for name, value in encode(event).items()
        if name != "v"
    }
    assert decode({"v": 1, **texts}) == event


@given(st.binary())
def test_a_line_of_anything_is_read_or_refused_with_a_sentence(line: bytes):
    assert is_read_or_refused(lambda: decode_line(line))


@given(st.dictionaries(st.sampled_from(["v", "kind", "run", "key", "node", "usage"]), plain_values))
def test_an_object_of_anything_is_read_or_refused_with_a_sentence(plain):
    assert is_read_or_refused(lambda: decode({"kind": "node.started", **plain}))


def test_a_part_that_is_json_becomes_its_text():
    line = json.dumps(
        {"kind": "node.started", "run": RUN, "key": "k", "node": "n", "input": [{"role": "user"}]}
    )
    event = decode_line(line.encode())
    assert isinstance(event, NodeStarted)
    assert event.input == '[{"role": "user"}]'


def test_an_unknown_field_is_refused_by_name():
    with pytest.raises(Invalid, match="colour"):
        decode({"kind": "node.started", "run": RUN, "key": "k", "node": "n", "colour": "red"})


def test_a_later_version_is_refused():
    with pytest.raises(Invalid, match="versions 1 to 1"):
        decode({"v": 2, "kind": "node.started", "run": RUN, "key": "k", "node": "n"})
