"""Messages of a call that come one by one, each as a log record."""

from __future__ import annotations

import json
from typing import Any

import pytest

from deliberation.events import MessageObserved, NodeObserved
from deliberation.vocabulary import MessageDirection
from ingest.mapping import map_log
from tests.unit.mapping.making import RUN, SPAN, make_log


def told(event_name: str, body: Any, **fields: Any) -> Any:
    return map_log(make_log(event_name=event_name, body=body, span_id=SPAN, **fields), RUN)[0]


def message_of(event_name: str, body: Any) -> dict[str, Any]:
    event = told(event_name, body)
    assert isinstance(event, MessageObserved)
    return dict(json.loads(event.message or ""))


def test_it_works() -> None:
    event = told("gen_ai.user.message", {"content": "6 * 7?"})
    assert isinstance(event, MessageObserved)
    assert (event.node, event.direction) == (SPAN, MessageDirection.INPUT)
    assert json.loads(event.message or "") == {
        "role": "user",
        "parts": [{"type": "text", "content": "6 * 7?"}],
    }


@pytest.mark.parametrize("role", ["system", "developer", "user", "assistant", "tool"])
def test_the_role_is_in_the_name_of_the_event(role: str) -> None:
    assert message_of(f"gen_ai.{role}.message", {"content": "x"})["role"] == role


def test_a_choice_is_what_the_model_answered_at_its_index() -> None:
    body = {"index": 2, "finish_reason": "stop", "message": {"content": "42"}}
    event = told("gen_ai.choice", body)
    assert (event.direction, event.position) == (MessageDirection.OUTPUT, 2)
    assert json.loads(event.message) == {
        "role": "assistant",
        "parts": [{"type": "text", "content": "42"}],
        "finish_reason": "stop",
    }


def test_tool_calls_and_results_are_parts() -> None:
    call = {"id": "c1", "type": "function", "function": {"name": "add", "arguments": '{"a": 1}'}}
    assert message_of("gen_ai.assistant.message", {"tool_calls": [call]})["parts"] == [
        {"type": "tool_call", "id": "c1", "name": "add", "arguments": '{"a": 1}'}
    ]
    assert message_of("gen_ai.tool.message", {"id": "c1", "content": "3"})["parts"] == [
        {"type": "tool_result", "id": "c1", "result": "3"}
    ]


def test_a_body_as_json_text_is_read_as_well() -> None:
    assert message_of("gen_ai.user.message", '{"content": "hi"}')["parts"][0]["content"] == "hi"


@pytest.mark.parametrize("body", [None, "not json", 7, ["a"]])
def test_a_body_of_another_shape_is_kept_as_a_step(body: Any) -> None:
    assert isinstance(told("gen_ai.user.message", body), NodeObserved)


@pytest.mark.parametrize(
    "body", [{}, {"message": None}, {"message": 3}, {"tool_calls": "x"}, {"index": "a"}]
)
def test_nothing_a_body_holds_breaks_it(body: Any) -> None:
    assert isinstance(told("gen_ai.choice", body), MessageObserved)


def test_a_message_outside_a_call_is_a_step() -> None:
    (event,) = map_log(
        make_log(event_name="gen_ai.user.message", body={"content": "x"}, span_id=None), RUN
    )
    assert isinstance(event, NodeObserved)
