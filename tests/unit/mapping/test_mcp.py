"""The Model Context Protocol: one call told by its client, by its server, or by both."""

from __future__ import annotations

import json
from typing import Any

import pytest

from deliberation.events import Event, NodeObserved, RunStarted
from deliberation.vocabulary import NodeKind, NodeStatus
from ingest.mapping import map_span
from tests.unit.mapping.making import PARENT, RUN, SPAN, make_span, observe, only, rest_of

CLIENT, SERVER = 3, 2
LOCAL, REMOTE = 0x100, 0x300
CALL: dict[str, Any] = {
    "mcp.method.name": "tools/call",
    "mcp.session.id": "session-1",
    "gen_ai.operation.name": "execute_tool",
    "gen_ai.tool.name": "lookup",
    "jsonrpc.request.id": "3",
}


def nodes_of(attributes: dict[str, Any], **fields: Any) -> dict[str, NodeObserved]:
    """Return what a span with these attributes says, by the node of which it says it."""
    events: list[Event] = map_span(make_span(attributes, **fields), RUN)
    return {each.node: each for each in events if isinstance(each, NodeObserved)}


def test_it_works() -> None:
    asked = {"gen_ai.tool.call.arguments": '{"q":"lemma 2"}', "gen_ai.tool.call.result": "fails"}
    node = observe({**CALL, **asked}, kind=CLIENT, name="tools/call lookup")
    assert (node.node_kind, node.tool) == (NodeKind.TOOL_CALL, "lookup")
    assert (node.input, node.output) == ('{"q":"lemma 2"}', "fails")
    assert node.session_id is None
    rest = rest_of(node)
    assert rest["deliberation.convention"] == "mcp"
    assert (rest["mcp.method.name"], rest["jsonrpc.request.id"]) == ("tools/call", "3")
    assert "gen_ai.tool.name" not in rest


def test_a_client_that_says_the_tool_in_its_name_alone_is_a_tool_call() -> None:
    node = observe(
        {"mcp.method.name": "tools/call"}, kind=CLIENT, name="MCP send tools/call look up"
    )
    assert (node.node_kind, node.tool) == (NodeKind.TOOL_CALL, "look up")


@pytest.mark.parametrize("flags", [REMOTE, 0])
def test_a_server_tells_of_the_call_that_its_client_made(flags: int) -> None:
    failed = {**CALL, "error.type": "tool_error"}
    nodes = nodes_of(failed, kind=SERVER, flags=flags, status_code=2, name="tools/call lookup")
    served, call = nodes[SPAN], nodes[PARENT]
    assert (served.node_kind, served.status) == (NodeKind.STEP, NodeStatus.ERROR)
    assert (call.node_kind, call.tool, call.error) == (NodeKind.TOOL_CALL, "lookup", "tool_error")
    assert (call.status, call.name, call.started_at, call.parent) == (None, None, None, None)


@pytest.mark.parametrize("fields", [{"parent_id": None}, {"flags": LOCAL}])
def test_a_server_that_alone_tells_of_a_call_is_the_call(fields: dict[str, Any]) -> None:
    nodes = nodes_of(CALL, kind=SERVER, **fields)
    assert {each.node_kind for each in nodes.values()} == {NodeKind.TOOL_CALL}
    assert list(nodes) == [SPAN]


@pytest.mark.parametrize(
    ("method", "kind"),
    [
        ("resources/read", NodeKind.RETRIEVAL),
        ("prompts/get", NodeKind.STEP),
        ("tools/list", NodeKind.STEP),
        ("initialize", NodeKind.STEP),
        ("notifications/initialized", NodeKind.STEP),
        ("something/new", NodeKind.STEP),
    ],
)
def test_each_request_is_what_its_method_does(method: str, kind: NodeKind) -> None:
    assert observe({"mcp.method.name": method}, kind=CLIENT).node_kind is kind


def test_a_resource_that_is_read_is_the_input_and_stays_to_be_found() -> None:
    read = {"mcp.method.name": "resources/read", "mcp.resource.uri": "file:///notes.md"}
    node = observe(read, kind=CLIENT)
    assert node.input == "file:///notes.md"
    assert rest_of(node)["mcp.resource.uri"] == "file:///notes.md"
    assert nodes_of(read, kind=SERVER, flags=REMOTE)[PARENT].node_kind is NodeKind.RETRIEVAL


def test_a_prompt_s_name_is_no_message() -> None:
    node = observe({"mcp.method.name": "prompts/get", "gen_ai.prompt.name": "judge"}, kind=CLIENT)
    assert node.input is None
    assert rest_of(node)["gen_ai.prompt.name"] == "judge"


def test_older_names_of_arguments_and_response_are_read() -> None:
    told = {"mcp.request.argument": '{"a":1}', "mcp.response.value": "2", "mcp.tool.name": "add"}
    node = observe({"mcp.method.name": "tools/call", **told}, kind=CLIENT)
    assert (node.tool, node.input, node.output) == ("add", '{"a":1}', "2")


def test_a_request_that_is_written_whole_is_read() -> None:
    request = {"method": "tools/call", "params": {"name": "add", "arguments": {"a": 1}}}
    response = {"content": [{"type": "text", "text": "2"}], "isError": False}
    node = observe(
        {
            "rpc.system": "jsonrpc",
            "rpc.jsonrpc.version": "2.0",
            "rpc.method": "tools/call",
            "request": json.dumps(request),
            "response": json.dumps(response),
        },
        name="MCP request: tools/call add",
    )
    assert (node.node_kind, node.tool, node.input) == (NodeKind.TOOL_CALL, "add", '{"a":1}')
    assert json.loads(node.output or "") == response
    assert json.loads(rest_of(node)["request"]) == request


def test_a_connection_is_the_session_of_a_run_that_is_one_request_and_of_no_other() -> None:
    events = map_span(make_span(CALL, kind=SERVER, parent_id=None), RUN)
    assert only(events, RunStarted).session_id == "session-1"
    named = {**CALL, "session.id": "chat-1"}
    events = map_span(make_span(named, kind=SERVER, parent_id=None), RUN)
    assert only(events, RunStarted).session_id == "chat-1"
    assert nodes_of(CALL, kind=CLIENT)[SPAN].session_id is None


def test_odd_values_are_no_reason_to_fail() -> None:
    odd = {"mcp.method.name": 7, "gen_ai.tool.name": ["x"], "request": "[[", "response": 3}
    node = observe(odd, kind=SERVER, parent_id=None)
    assert node.node_kind is NodeKind.STEP
    assert rest_of(node)["mcp.method.name"] == 7
