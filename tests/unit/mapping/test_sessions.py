"""Any record may name its session, not only a root."""

from __future__ import annotations

import pytest

from deliberation.events import MessageObserved, NodeObserved, RunStarted
from deliberation.events.attributes import CONVENTION, READ
from ingest.mapping import map_log, map_span
from ingest.mapping.sessions import NAMES, session_in
from tests.unit.mapping.making import RUN, make_log, make_span, observe, only, rest_of


def test_it_works() -> None:
    node = observe({"session.id": "s-1"})
    assert node.session_id == "s-1"


@pytest.mark.parametrize("name", NAMES)
def test_each_name_is_known_and_said_to_be_read(name: str) -> None:
    node = observe({name: "s-1", "other": "x"})
    rest = rest_of(node)
    assert node.session_id == "s-1"
    assert rest[name] == "s-1"
    assert rest[READ]["session"] == [name]
    assert "session" not in rest[CONVENTION]


@pytest.mark.parametrize("value", ["", None, True, {"a": 1}, ["s"], "null"])
def test_what_is_no_id_names_no_session(value: object) -> None:
    assert session_in({"session.id": value}) is None


def test_an_id_may_be_a_number_or_a_text_in_quotes() -> None:
    assert observe({"session.id": 7}).session_id == "7"
    assert observe({"mlflow.trace.session": '"s-1"'}).session_id == "s-1"


def test_a_thread_of_the_machine_is_no_session() -> None:
    assert observe({"thread.id": 4, "thread.name": "main"}).session_id is None


def test_a_root_says_it_for_the_run_and_not_again_for_its_node() -> None:
    events = map_span(make_span({"session.id": "s-1"}, parent_id=None), RUN)
    assert only(events, RunStarted).session_id == "s-1"
    assert only(events, NodeObserved).session_id is None


def test_a_log_names_its_session_in_each_of_its_forms() -> None:
    said = {"gen_ai.conversation.id": "c-1"}
    [step] = map_log(make_log(said), RUN)
    [call] = map_log(make_log({**said, "gen_ai.input.messages": "hi"}), RUN)
    told = {"event_name": "gen_ai.user.message", "body": {"content": "hi"}}
    [message] = map_log(make_log(said, **told), RUN)
    assert isinstance(message, MessageObserved)
    assert isinstance(step, NodeObserved)
    assert isinstance(call, NodeObserved)
    assert [step.session_id, call.session_id, message.session_id] == ["c-1"] * 3
