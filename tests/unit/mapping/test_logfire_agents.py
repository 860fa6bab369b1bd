"""OpenAI's agents through Logfire: the template of a message says what a span is."""

from __future__ import annotations

import json
from typing import Any

import pytest

from deliberation.events import NodeObserved
from deliberation.vocabulary import NodeKind, Usage
from ingest.wire.span import Origin
from tests.unit.mapping.making import observe, rest_of

AGENTS = Origin({}, "logfire.openai_agents", "5", {}, "")
USAGE = {
    "input_tokens": 100,
    "output_tokens": 30,
    "total_tokens": 130,
    "input_tokens_details": {"cached_tokens": 40},
    "output_tokens_details": {"reasoning_tokens": 20},
}
COUNTED = {"gen_ai.usage.input_tokens": 100, "gen_ai.usage.output_tokens": 30}


def tell(template: str, message: str, **attributes: Any) -> NodeObserved:
    said = {"logfire.msg_template": template, "logfire.msg": message, "logfire.span_type": "span"}
    return observe({**said, **attributes}, name=template, origin=AGENTS)


def test_it_works() -> None:
    calls = [{"id": "c1", "type": "function", "function": {"name": "weather", "arguments": "{}"}}]
    node = tell(
        "Chat completion with {gen_ai.request.model!r}",
        "Chat completion with 'gpt-4o'",
        **COUNTED,
        **{"gen_ai.request.model": "gpt-4o", "request_data": '{"messages": []}'},
        input='[{"role": "user", "content": "Paris?"}]',
        output=json.dumps([{"role": "assistant", "content": None, "tool_calls": calls}]),
        usage=json.dumps(USAGE),
    )
    assert (node.node_kind, node.name) == (NodeKind.MODEL_CALL, "Chat completion with 'gpt-4o'")
    assert node.usage == Usage(input=100, cache_read=40, output=30, reasoning=20)
    assert json.loads(node.input or "")[0]["role"] == "user"
    assert json.loads(node.output or "")[0]["parts"][0]["name"] == "weather"


def test_a_function_is_a_tool() -> None:
    said = {"name": "weather", "input": '{"city": "Paris"}', "output": "21 degrees"}
    node = tell("Function: {name}", "Function: weather", **said)
    assert (node.node_kind, node.tool) == (NodeKind.TOOL_CALL, "weather")
    assert (node.input, node.output) == ('{"city": "Paris"}', "21 degrees")


def test_a_response_is_told_in_events() -> None:
    events = [
        {"event.name": "gen_ai.user.message", "content": "Paris?", "role": "user"},
        {"event.name": "gen_ai.assistant.message", "content": "21", "role": "assistant"},
    ]
    node = tell(
        "Responses API with {gen_ai.request.model!r}",
        "Responses API with 'gpt-5'",
        **COUNTED,
        **{"gen_ai.operation.name": "chat", "gen_ai.usage.raw": json.dumps(USAGE)},
        events=json.dumps(events),
    )
    assert node.node_kind is NodeKind.MODEL_CALL
    assert node.usage == Usage(input=100, cache_read=40, output=30, reasoning=20)
    assert json.loads(node.output or "")[0]["parts"] == [{"type": "text", "content": "21"}]


@pytest.mark.parametrize(
    ("template", "kind"),
    [
        ("Agent run: {name!r}", NodeKind.AGENT),
        ("Guardrail {name!r} {triggered=}", NodeKind.VERIFICATION),
        ("Turn {turn} for agent weather", NodeKind.STEP),
        ("Handoff: {from_agent} → {to_agent}", NodeKind.STEP),
        ("OpenAI Agents trace: {name}", NodeKind.STEP),
    ],
)
def test_the_rest_is_what_its_template_says(template: str, kind: NodeKind) -> None:
    node = tell(template, "said", agent_name="weather", usage=json.dumps(USAGE))
    assert (node.node_kind, node.name, node.usage) == (kind, "said", None)
    assert rest_of(node)["agent_name"] == "weather"
