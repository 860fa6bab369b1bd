"""What several records say of one node stands under one roof, and nothing gives way to anything."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from deliberation.events import Event, MessageObserved
from deliberation.vocabulary import MessageDirection, NodeKind
from tests.integration.build import (
    ended,
    make_event,
    make_project,
    new_run,
    observed,
    put_on_record,
    started,
)
from traces.queries.access import Viewer
from traces.queries.node import NodeDetail, get_node

pytestmark = pytest.mark.django_db

LOG = {"otel.log.event_name": "details"}


def say(**attributes: Any) -> str:
    return json.dumps({name.replace("__", "."): value for name, value in attributes.items()})


def span(run: str, **attributes: Any) -> Event:
    return observed(run, "call", node_kind=NodeKind.MODEL_CALL, attributes=say(**attributes))


def log(run: str, **attributes: Any) -> Event:
    return observed(run, "call", attributes=say(**LOG, **attributes))


def read(run: str) -> NodeDetail:
    who = Viewer(project_ids=frozenset({make_project().pk}))
    return get_node(who=who, run_id=run, node_id="call")


def attributes_of(run: str, *events: Event) -> dict[str, Any]:
    put_on_record(make_project(), *events)
    return read(run).attribute_values


def test_it_works() -> None:
    run = new_run()
    found = attributes_of(run, span(run, otel__flags=256), log(run, session="s1"))
    assert found == {"otel.flags": 256, "session": "s1", **LOG}


@pytest.mark.parametrize("arrange", [list, reversed], ids=["span first", "log first"])
def test_a_log_s_other_word_for_a_name_stands_beside_the_span_s(
    arrange: Callable[[list[Event]], Any],
) -> None:
    run = new_run()
    events = [span(run, otel__flags=256, model="m"), log(run, otel__flags=3, model="m")]
    assert attributes_of(run, *arrange(events)) == {
        "otel.flags": 256,
        "model": "m",
        "otel.log.attributes": {"otel.flags": 3},
        **LOG,
    }


def test_two_logs_that_disagree_are_both_shown() -> None:
    run = new_run()
    found = attributes_of(run, log(run, batch=2), log(run, batch=1), span(run, a=1))
    assert found["otel.log.attributes"] == {"batch": [1, 2]}


def test_what_equals_only_in_python_is_not_the_same() -> None:
    run = new_run()
    found = attributes_of(run, span(run, stream=True), log(run, stream=1))
    assert found["otel.log.attributes"] == {"stream": 1}


def test_messages_that_come_one_by_one_bring_their_attributes() -> None:
    run = new_run()
    message = make_event(
        MessageObserved,
        run,
        node="call",
        direction=MessageDirection.INPUT,
        message='{"role":"user","parts":[]}',
        attributes=say(**LOG, app__user="alice"),
    )
    assert attributes_of(run, message, span(run, a=1))["app.user"] == "alice"


def test_of_a_node_s_own_start_and_end_the_later_word_stands() -> None:
    run = new_run()
    begun = started(run, "call", attributes=say(step=1, seed=7))
    assert attributes_of(run, begun, ended(run, "call", attributes=say(step=2))) == {
        "step": 2,
        "seed": 7,
    }


@pytest.mark.parametrize("arrange", [list, reversed], ids=["span first", "log first"])
def test_a_text_of_the_span_is_preferred_to_the_log_s_whichever_came_first(
    arrange: Callable[[list[Event]], Any],
) -> None:
    run = new_run()
    own = observed(run, "call", input="as the span says", attributes="{}")
    beside = observed(run, "call", input="as the log says", output="42", attributes=say(**LOG))
    put_on_record(make_project(), *arrange([own, beside]))
    assert {part.name: part.text for part in read(run).parts} == {
        "input": "as the span says",
        "output": "42",
    }


def test_an_integer_of_23_digits_is_not_rounded() -> None:
    run = new_run()
    told = observed(run, "call", attributes='{"n":12345678901234567890123}')
    assert attributes_of(run, told) == {"n": 12345678901234567890123}
