"""A use of a tool that a framework, a client and a server tell is one use, whichever comes first."""

from __future__ import annotations

from itertools import permutations
from typing import Any

import pytest

from tests.integration.build import make_project
from tests.integration.otlp import CHILD, OTHER, ROOT, TRACE, send, span, traces
from traces.actions.rebuild import rebuild
from traces.models import Node, Run

TOOL = {"gen_ai.operation.name": "execute_tool", "gen_ai.tool.name": "lookup"}
SERVED = {"kind": 2, "flags": 0x300}
FRAMEWORK = span(ROOT, attributes={**TOOL, "gen_ai.tool.call.arguments": '{"q":"lemma"}'})
CLIENT = span(
    CHILD, ROOT, name="MCP send tools/call lookup", attributes={"mcp.method.name": "tools/call"}
)
SERVER = span(OTHER, CHILD, attributes={**TOOL, "mcp.method.name": "tools/call"}, **SERVED)


def counted(*spans: dict[str, Any]) -> tuple[int, set[str]]:
    """Return how many uses of tools a run counts, sent span by span, and which nodes are uses; and rebuilt."""
    project = make_project()
    send(project, *(traces(each) for each in spans))
    found = _counted(project.pk)
    rebuild(run_id=Run.objects.get(project=project, trace_id=TRACE).pk)
    assert _counted(project.pk) == found
    return found


def _counted(project: int) -> tuple[int, set[str]]:
    run = Run.objects.get(project_id=project, trace_id=TRACE)
    uses = Node.objects.filter(run_id=run.pk, kind="tool_call")
    return run.tool_calls, {node.node_id for node in uses if node.twin_of is None}


@pytest.mark.parametrize("order", list(permutations([FRAMEWORK, CLIENT, SERVER])))
def test_it_works(order: tuple[dict[str, Any], ...]) -> None:
    assert counted(*order) == (1, {ROOT})


def test_a_client_without_a_framework_tells_of_the_use_itself() -> None:
    assert counted(SERVER, CLIENT) == (1, {CHILD})


def test_a_framework_may_put_the_server_s_name_before_the_tool_s() -> None:
    joined = {"gen_ai.operation.name": "execute_tool", "gen_ai.tool.name": "notes__lookup"}
    assert counted(CLIENT, span(ROOT, attributes=joined)) == (1, {ROOT})


@pytest.mark.parametrize("name", ["ask_notes", "look", "up"])
def test_another_tool_that_a_tool_asks_is_another_use(name: str) -> None:
    other = {"gen_ai.operation.name": "execute_tool", "gen_ai.tool.name": name}
    assert counted(span(ROOT, attributes=other), CLIENT) == (2, {ROOT, CHILD})


def test_a_tool_that_uses_itself_is_used_again() -> None:
    assert counted(span(ROOT, attributes=TOOL), span(CHILD, ROOT, attributes=TOOL)) == (
        2,
        {ROOT, CHILD},
    )
