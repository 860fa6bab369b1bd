"""Native events are read line by line; a bad line costs only itself."""

from __future__ import annotations

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from deliberation.client.build import to_line
from deliberation.events import Event, NodeStarted
from deliberation.events.server_made import SERVER_MADE
from deliberation.vocabulary import ObservedState
from ingest.wire import native
from ingest.wire.errors import TooLarge
from ingest.wire.native import check_events, split_lines
from tests.unit.sdk.strategies import events_of

RUN = "018f0000-0000-7000-8000-000000000000"


def line(**fields: object) -> bytes:
    event = {"v": 1, "kind": "node.started", "run": RUN, "key": "p:1", "node": "n1", **fields}
    return json.dumps(event).encode()


def test_it_works() -> None:
    checked = check_events(line() + b"\n" + line(key="p:2") + b"\n")
    assert [event.key for event in checked.accepted] == ["p:1", "p:2"]
    assert isinstance(checked.accepted[0], NodeStarted)
    assert checked.rejected == []


def test_a_bad_line_costs_only_itself() -> None:
    checked = check_events(line() + b"\r\n\r\n{nonsense\n" + line(key="p:2"))
    assert len(checked.accepted) == 2
    assert [each["line"] for each in checked.rejected] == [3]
    assert "not JSON" in str(checked.rejected[0]["error"])


def test_blank_lines_are_passed_over_and_still_counted() -> None:
    assert list(split_lines(b"\n a \n\nb")) == [(2, b"a"), (4, b"b")]


def test_too_many_lines_are_refused_whole(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(native, "MAX_LINES", 2)
    with pytest.raises(TooLarge):
        check_events(b"\n" * 3)


def test_a_line_that_is_too_long_is_rejected_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(native, "MAX_LINE_BYTES", 300)
    checked = check_events(line(input="x" * 300) + b"\n" + line())
    assert len(checked.accepted) == 1
    assert "300 bytes" in str(checked.rejected[0]["error"])


@pytest.mark.parametrize("key", ["opened", "ctl:cmd:a"])
def test_a_key_of_the_server_is_rejected(key: str) -> None:
    checked = check_events(line(key=key) + b"\n" + line())
    assert len(checked.accepted) == 1
    assert "the server's own" in str(checked.rejected[0]["error"])


@pytest.mark.parametrize("event_class", SERVER_MADE, ids=lambda each: each.KIND)
def test_what_only_the_server_may_say_is_rejected(event_class: type[Event]) -> None:
    @given(events_of(event_class))
    @settings(max_examples=10)
    def check(event: Event) -> None:
        checked = check_events(to_line(event) + b"\n" + line())
        assert [each.key for each in checked.accepted] == ["p:1"]
        assert f"{event.KIND} is the server's own" in str(checked.rejected[0]["error"])

    check()


@pytest.mark.parametrize(("basis", "accepted"), [("runner", 1), ("recorded", 0)])
def test_a_program_may_say_that_it_reached_a_limit_but_not_in_the_servers_name(
    basis: str, accepted: int
) -> None:
    hit = {"dimension": "usd", "which": "hard", "limit": "1", "spent": "1", "action": "stop"}
    event = {"kind": "budget.hit", "run": RUN, "key": "p:1", "basis": basis, **hit}
    assert len(check_events(json.dumps(event).encode()).accepted) == accepted


@pytest.mark.parametrize("state", list(ObservedState))
def test_a_run_ends_in_a_state_that_ends_it(state: ObservedState) -> None:
    event = {"kind": "run.ended", "run": RUN, "key": "end", "state": state.value}
    checked = check_events(json.dumps(event).encode())
    assert bool(checked.accepted) is state.is_terminal


@pytest.mark.parametrize("depth", [500, 900, 960, 990, 5000, 200_000])
def test_a_value_nested_too_deeply_is_no_crash(depth: int) -> None:
    bomb = line()[:-1] + b', "input": ' + b"[" * depth + b"]" * depth + b"}"
    checked = check_events(bomb + b"\n" + line())
    assert len(checked.accepted) >= 1


@given(st.binary(max_size=300))
def test_garbage_is_rejected_and_nothing_else_happens(body: bytes) -> None:
    for event in check_events(body).accepted:
        assert event.key
