"""Conversations that one attribute lists as events."""

from __future__ import annotations

import json
from typing import Any

from deliberation.vocabulary import NodeKind, TextVisibility
from tests.unit.mapping.making import observe, rest_of

CHAT: dict[str, Any] = {
    "gen_ai.operation.name": "chat",
    "gen_ai.request.model": "gpt-5",
    "gen_ai.usage.output_tokens": 4,
    "gen_ai.usage.details.reasoning_tokens": 3,
}
CALL = {"id": "c1", "type": "function", "function": {"name": "roll", "arguments": {"sides": 6}}}


def event(kind: str, **fields: Any) -> dict[str, Any]:
    return {"event.name": f"gen_ai.{kind}", "gen_ai.system": "openai", **fields}


def messages(text: str | None) -> list[Any]:
    listed: list[Any] = json.loads(text or "[]")
    return listed


def test_it_works() -> None:
    thought = [{"kind": "thinking", "text": "Trivial."}, {"kind": "text", "text": "42"}]
    events = [
        event("system.message", role="system", content="Judge."),
        event("user.message", role="user", content="6*7?"),
        event("choice", index=0, message={"role": "assistant", "content": thought}),
    ]
    node = observe({**CHAT, "events": json.dumps(events)})
    assert [(each["role"], each["parts"][0]["content"]) for each in messages(node.input)] == [
        ("system", "Judge."),
        ("user", "6*7?"),
    ]
    parts = [
        {"type": "reasoning", "content": "Trivial."},
        {"type": "text", "content": "42"},
    ]
    assert messages(node.output) == [{"role": "assistant", "parts": parts}]
    assert (node.reasoning, node.text_visibility) == ("Trivial.", TextVisibility.FULL)
    assert "events" not in rest_of(node)


def test_an_agent_s_answer_is_what_stands_after_the_last_that_asks() -> None:
    listed = [
        event("user.message", role="user", content="roll", **{"gen_ai.message.index": 0}),
        event("assistant.message", role="assistant", tool_calls=[CALL]),
        event("tool.message", role="tool", id="c1", name="roll", content={"value": 4}),
        event("assistant.message", role="assistant", content="4"),
    ]
    node = observe({"agent_name": "sampler", "all_messages_events": json.dumps(listed)})
    assert node.node_kind is NodeKind.AGENT
    assert [each["role"] for each in messages(node.input)] == ["user", "assistant", "tool"]
    assert messages(node.input)[1]["parts"][0]["type"] == "tool_call"
    assert [each["parts"][0]["content"] for each in messages(node.output)] == ["4"]


def test_answers_that_are_not_in_their_places_leave_the_list_as_it_is() -> None:
    events = [event("choice", index=3, message={"role": "assistant", "content": "42"})]
    node = observe({**CHAT, "events": events})
    assert len(messages(node.output)) == 1
    assert rest_of(node)["events"] == events


def test_an_item_without_an_event_of_its_own_is_read_and_the_list_stays() -> None:
    item = {"type": "reasoning", "id": "rs_1", "summary": [{"type": "summary_text", "text": "hm"}]}
    events = [
        event("user.message", role="user", content="6*7?"),
        event("unknown", role="assistant", content="See JSON for details", data=item),
        event("assistant.message", role="assistant", content="42"),
    ]
    node = observe({**CHAT, "events": json.dumps(events)})
    assert node.reasoning == "hm"
    assert json.loads(rest_of(node)["events"]) == events


def test_a_list_of_anything_else_stays() -> None:
    values: list[Any] = ["[1,2]", '[{"name": "x"}]', "no list", [], '[{"event.name": 7}]', "[["]
    for value in values:
        node = observe({**CHAT, "events": value})
        assert (node.input, node.output) == (None, None)
        assert rest_of(node)["events"] == value


def test_an_agent_s_result_stands_beside_the_messages_that_led_to_it() -> None:
    listed = [
        event("user.message", role="user", content="6*7?"),
        event("assistant.message", role="assistant", content="42"),
    ]
    said = {"agent_name": "judge", "final_result": "42", "all_messages_events": listed}
    node = observe(said)
    assert [each["role"] for each in messages(node.input)] == ["user"]
    assert [each["parts"][0]["content"] for each in messages(node.output)] == ["42"]
    assert rest_of(node)["final_result"] == "42"
    alone = observe({"agent_name": "judge", "gen_ai.usage.input_tokens": 3, "final_result": "42"})
    assert (alone.output, "final_result" in rest_of(alone)) == ("42", False)
