"""Messages told by the events of a span are those of its node."""

from __future__ import annotations

import json
from typing import Any

import pytest

from deliberation.vocabulary import TextVisibility
from tests.unit.mapping.making import observe, rest_of

CHAT = {"gen_ai.operation.name": "chat", "gen_ai.request.model": "m"}


def event(name: str, **attributes: Any) -> dict[str, Any]:
    named = {key.replace("__", "."): value for key, value in attributes.items()}
    return {"name": name, "time": 10**18, "attributes": named}


def test_it_works() -> None:
    events = [
        event("gen_ai.system.message", content='[{"text": "Judge."}]'),
        event("gen_ai.user.message", content="Is 6*7=42?"),
        event(
            "gen_ai.tool.message",
            content='[{"toolResult": {"toolUseId": "c1", "content": [{"text": "42"}]}}]',
        ),
        event(
            "gen_ai.choice",
            finish_reason="tool_use",
            message='[{"toolUse": {"toolUseId": "c2", "name": "add", "input": {"a": 1}}}]',
        ),
    ]
    node = observe(CHAT, events=events)
    assert json.loads(node.input or "") == [
        {"role": "system", "parts": [{"type": "text", "content": "Judge."}]},
        {"role": "user", "parts": [{"type": "text", "content": "Is 6*7=42?"}]},
        {
            "role": "tool",
            "parts": [{"type": "tool_result", "id": "c1", "result": [{"text": "42"}]}],
        },
    ]
    call = {"type": "tool_call", "id": "c2", "name": "add", "arguments": {"a": 1}}
    assert json.loads(node.output or "") == [
        {"role": "assistant", "parts": [call], "finish_reason": "tool_use"}
    ]
    assert "otel.events" not in rest_of(node)


def test_a_tool_s_messages_are_its_arguments_and_result() -> None:
    events = [
        event("gen_ai.tool.message", role="tool", content='{"expression": "6*7"}', id="c1"),
        event("gen_ai.choice", message='[{"text": "42"}]', id="c1"),
        event("exception", exception__type="ValueError"),
    ]
    node = observe({"gen_ai.operation.name": "execute_tool"}, events=events)
    assert (node.input, node.output) == ('{"expression": "6*7"}', '[{"text": "42"}]')
    assert [each["name"] for each in rest_of(node)["otel.events"]] == ["exception"]


@pytest.mark.parametrize(
    "events",
    [
        [
            event(
                "gen_ai.client.inference.operation.details",
                gen_ai__input__messages='[{"role":"user","content":"hi"}]',
                gen_ai__output__messages='[{"role":"assistant","content":"ho"}]',
            )
        ],
        [
            event("gen_ai.content.prompt", gen_ai__prompt='[{"role":"user","content":"hi"}]'),
            event(
                "gen_ai.content.completion",
                gen_ai__completion='[{"role":"assistant","content":"ho"}]',
            ),
        ],
    ],
)
def test_all_that_was_said_may_be_told_at_once(events: list[dict[str, Any]]) -> None:
    node = observe(CHAT, events=events)
    assert json.loads(node.input or "") == [
        {"role": "user", "parts": [{"type": "text", "content": "hi"}]}
    ]
    assert json.loads(node.output or "") == [
        {"role": "assistant", "parts": [{"type": "text", "content": "ho"}]}
    ]


def test_what_attributes_tell_stands_and_the_events_stay() -> None:
    said = '[{"role":"user","parts":[{"type":"text","content":"hi"}]}]'
    told = [event("gen_ai.user.message", content="other")]
    node = observe({**CHAT, "gen_ai.input.messages": said}, events=told)
    assert node.input == said
    assert rest_of(node)["otel.events"] == told


@pytest.mark.parametrize("attributes", [None, {}, {"content": 7}, {"message": "[{broken"}])
def test_events_that_tell_little_raise_nothing(attributes: Any) -> None:
    told = {"name": "gen_ai.choice", "time": 1}
    observe(CHAT, events=[told if attributes is None else {**told, "attributes": attributes}])


def test_a_call_whose_words_stand_in_events_can_be_read() -> None:
    counted = {**CHAT, "gen_ai.usage.output_tokens": 3}
    assert observe(counted).text_visibility is TextVisibility.NONE
    node = observe(counted, events=[event("gen_ai.choice", message="42")])
    assert node.text_visibility is TextVisibility.FULL


def test_an_event_may_hold_its_fields_in_one_attribute() -> None:
    held = {"content": "6*7?", "role": "user"}
    choice = {"message": {"content": "42"}, "finish_reason": "stop", "index": 0}
    named = {"gen_ai.system": "az.ai.inference"}
    events = [
        {
            "name": name,
            "attributes": {**named, "gen_ai.event.content": json.dumps(fields)},
        }
        for name, fields in (("gen_ai.user.message", held), ("gen_ai.choice", choice))
    ]
    node = observe(CHAT, events=events)
    [asked] = json.loads(node.input or "")
    assert (asked["role"], asked["parts"]) == ("user", [{"type": "text", "content": "6*7?"}])
    [answer] = json.loads(node.output or "")
    assert answer["parts"] == [{"type": "text", "content": "42"}]
    assert answer["finish_reason"] == "stop"


def test_the_events_of_all_that_went_in_and_came_out_may_do_so_too() -> None:
    prompt = {"gen_ai.event.content": '[{"role":"user","content":"6*7?"}]'}
    completion = {"gen_ai.event.content": '[{"role":"assistant","content":"42"}]'}
    events = [
        {"name": "gen_ai.content.prompt", "attributes": prompt},
        {"name": "gen_ai.content.completion", "attributes": completion},
    ]
    node = observe(CHAT, events=events)
    assert json.loads(node.input or "")[0]["parts"][0]["content"] == "6*7?"
    assert json.loads(node.output or "")[0]["parts"][0]["content"] == "42"
