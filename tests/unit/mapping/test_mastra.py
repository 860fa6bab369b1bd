"""Mastra's spans: GenAI's names, and inputs and outputs of what is no call under names of its own."""

from __future__ import annotations

import json

from deliberation.events import RunEnded, RunStarted
from deliberation.vocabulary import NodeKind
from ingest.mapping import map_span
from tests.unit.mapping.making import RUN, make_span, observe, only

AGENT = {
    "gen_ai.operation.name": "invoke_agent",
    "gen_ai.agent.name": "weather",
    "gen_ai.system_instructions": "Be brief.",
    "mastra.span.type": "agent_run",
    "mastra.agent_run.input": "Weather in Paris?",
    "mastra.agent_run.output": '{"text":"21 degrees","files":[]}',
    "mastra.metadata.sessionId": "s1",
}


def test_it_works() -> None:
    events = map_span(make_span(AGENT, parent_id=None), RUN)
    started, ended = only(events, RunStarted), only(events, RunEnded)
    assert (started.task, started.session_id) == ("Weather in Paris?", "s1")
    assert ended.answer == "21 degrees"
    assert observe(AGENT).node_kind is NodeKind.AGENT


def test_a_step_shows_the_conversation_so_far() -> None:
    asked = '[{"role":"system","content":"Be brief."},{"role":"user","content":"Paris?"}]'
    step = {"mastra.span.type": "model_step", "mastra.model_step.input": asked}
    node = observe({"gen_ai.operation.name": "agent_step", **step})
    assert node.node_kind is NodeKind.STEP
    assert [each["role"] for each in json.loads(node.input or "")] == ["system", "user"]


def test_calls_and_tools_are_what_genai_says() -> None:
    call = {"mastra.span.type": "model_inference", "gen_ai.operation.name": "chat"}
    assert observe(call).node_kind is NodeKind.MODEL_CALL
    tool = {"gen_ai.operation.name": "execute_tool", "gen_ai.tool.call.arguments": '{"a":1}'}
    node = observe({**tool, "mastra.span.type": "tool_call", "gen_ai.tool.name": "calc"})
    assert (node.node_kind, node.tool, node.input) == (NodeKind.TOOL_CALL, "calc", '{"a":1}')
