"""What several records tell of one thing is one thing: calls of the Model Context Protocol, told by both sides."""

from __future__ import annotations

from typing import Any

import pytest

from tests.integration.corpus.replay import replay, told
from tests.unit.wire.recordings import recorded, summary
from traces.models import Node, Project, Run

pytestmark = pytest.mark.django_db(transaction=True)


def nodes_of(project: Project) -> list[dict[str, Any]]:
    runs = Run.objects.filter(project=project)
    return list(Node.objects.filter(run_id__in=[run.pk for run in runs]).values())


def test_a_call_that_client_and_server_tell_is_one_tool_call() -> None:
    bodies, facts = list(recorded("mcp-openinference")), summary("mcp-openinference")
    project = replay("mcp", bodies)
    nodes = nodes_of(project)
    calls = {node["tool"]: node for node in nodes if node["kind"] == "tool_call"}
    assert dict.fromkeys(calls, 1) == facts["tool_names"]
    assert sum(run.tool_calls for run in Run.objects.filter(project=project)) == len(calls)
    assert {name for name, node in calls.items() if node["error"]} == {"boom", "nope"}
    assert sum(node["status"] == "error" for node in nodes) == facts["error_spans"]
    assert len(nodes) == facts["spans_unique"]
    assert not any(node["contradicted"] for node in nodes)
    assert {run.session_id for run in Run.objects.filter(project=project)} == {None, "sess-mcp"}
    assert told(replay("mcp-reversed", bodies[::-1])) == told(project)
