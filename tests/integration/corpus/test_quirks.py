"""Twenty things that real clients do, each sent through the door as it was recorded, or as it would be.

The numbers are those of the list that the recordings were made for. The twentieth, Inspect's files, is not sent: see
tests/integration/importers/test_inspect.py.
"""

from __future__ import annotations

from collections import Counter
from typing import Any

import pytest
from django.test import Client

from ingest.models import DeadLetter, InboxEntry
from tests.integration.corpus.sending import (
    CHAT,
    SPAN,
    find,
    read,
    recorded_posts,
    span_post,
    take,
)
from tests.people import make_person
from tests.unit.wire.recordings import CLIENTS, summary
from traces.models import Candidate, Edge, Node, Project, Run
from traces.models.access import Role
from traces.queries.access import Viewer
from traces.queries.node import NodeDetail, get_node
from traces.queries.set_aside import list_set_aside
from traces.queries.tree import list_nodes

pytestmark = pytest.mark.django_db(transaction=True)


def receive(client: str) -> Project:
    """Send a recording as its client sent it."""
    return take(*recorded_posts(client), slug=client)


def viewer(project: Project) -> Viewer:
    return Viewer(project_ids=frozenset({project.pk}))


def nodes_of(project: Project, **conditions: Any) -> list[Node]:
    found = Node.objects.filter(run_id__in=project.runs.all(), **conditions)
    return list(found.order_by("started_ns", "node_id"))


def detail(project: Project, node: Node) -> NodeDetail:
    return get_node(who=viewer(project), run_id=node.run_id, node_id=node.node_id, text_limit=None)


def details(project: Project, **conditions: Any) -> list[NodeDetail]:
    return [detail(project, node) for node in nodes_of(project, **conditions)]


def sums(project: Project) -> tuple[int, int]:
    runs = project.runs.all()
    return sum(run.model_calls for run in runs), sum(run.input_tokens or 0 for run in runs)


@pytest.mark.parametrize("client", CLIENTS)
def test_it_works(client: str) -> None:
    project, facts = receive(client), summary(client)
    spans = {trace["trace_id"]: trace["spans"] for trace in facts["traces"]}
    runs = Run.objects.filter(project=project, trace_id__in=spans)
    assert runs.count() == facts["trace_count"]
    assert all(run.nodes >= spans[str(run.trace_id)] for run in runs)
    assert not InboxEntry.objects.exists()
    assert not DeadLetter.objects.exists()


def test_01_a_call_that_is_told_twice_counts_once_nested_beside_or_in_another_trace() -> None:
    project = receive("anthropic-openinference")
    assert sums(project) == (14, 1_627)
    reasons = Counter(
        line.reason
        for run in project.runs.all()
        for line in list_set_aside(who=viewer(project), run_id=run.pk)
    )
    assert reasons.keys() == {"repeated_below", "same_response"}


@pytest.mark.parametrize(("client", "late"), [("langsmith-otel", 4), ("langchain-genai", 26)])
def test_02_parents_may_come_before_their_children_or_after(client: str, late: int) -> None:
    assert summary(client)["spans_arriving_before_their_parent"] == late
    assert sum(run.orphans for run in receive(client).runs.all()) == 0


def test_03_spans_that_are_sent_again_are_recorded_once() -> None:
    facts = summary("openai-openinference-json-py")
    assert facts["duplicate_spans_redelivered"] > 0
    project = receive("openai-openinference-json-py")
    assert len(nodes_of(project, status__in=("ok", "error"), kind="model_call")) == 27


def test_04_a_root_that_never_arrives_is_said_to_be_missing() -> None:
    project = receive("mlflow-native")
    [missing] = [
        each
        for trace in summary("mlflow-native")["traces"]
        for each in trace["missing_parent_span_ids"]
    ]
    waiting = nodes_of(project, parent_id=missing)
    assert waiting
    [run] = {node.run_id for node in waiting}
    rows = list_nodes(who=viewer(project), run_id=run).items
    assert any(row.is_orphan or row.node_id == missing for row in rows)
    assert {node.node_id for node in waiting} <= {row.node_id for row in rows}


def test_05_a_trace_of_two_services_is_one_run_and_links_are_kept() -> None:
    project = receive("mcp-openinference")
    services: dict[Any, set[str]] = {}
    for node in nodes_of(project):
        resource = detail(project, node).attribute_values.get("otel.resource", {})
        services.setdefault(node.run_id, set()).add(resource.get("service.name"))
    assert max(len(names) for names in services.values()) == 2
    assert Edge.objects.filter(run_id__in=receive("agent-framework").runs.all()).count() == 14
    other = receive("autogen")
    links = [each.attribute_values.get("otel.links", []) for each in details(other)]
    assert sum(map(len, links)) == 41


def test_06_traces_of_one_conversation_are_a_session() -> None:
    project = receive("langchain-openinference")
    sessions = Counter(project.runs.exclude(session_id=None).values_list("session_id", flat=True))
    assert max(sessions.values()) > 1


@pytest.mark.parametrize(
    ("client", "tokens"),
    [
        ("vercel-ai-json", 712),
        ("openai-openinference-json-py", 1_663),
        ("node-openinference-json", 261),
    ],
)
def test_07_json_is_read_with_numbers_as_text_or_as_numbers(client: str, tokens: int) -> None:
    assert any(post.media == "application/json" for post in recorded_posts(client))
    assert sums(receive(client))[1] == tokens


def test_08_vendors_paths_are_served_and_metrics_are_taken_and_not_kept() -> None:
    assert {post.path for post in recorded_posts("langfuse-sdk")} == {"/api/public/otel/v1/traces"}
    assert sums(receive("langfuse-sdk")) == (8, 167)
    sent = {post.path for post in recorded_posts("pydantic-ai-v5-nocontent")}
    assert "/v1/metrics" in sent
    assert sums(receive("pydantic-ai-v5-nocontent"))[0] == 22


def test_09_messages_that_come_as_logs_join_their_call_and_logs_without_one_are_kept() -> None:
    project = receive("openai-contrib-v1.30-events")
    calls = [each for each in details(project, kind="model_call") if each.messages]
    assert len(calls) == 23
    assert all(each.messages[0].role in ("system", "user", "developer") for each in calls)
    codex = receive("codex-cli-proto")
    apart = Run.objects.filter(project=codex, trace_id__startswith="untraced:")
    assert sum(run.nodes for run in apart) >= 89
    assert not Node.objects.filter(run_id__in=apart, started_ns=None).exists()


def test_10_nul_characters_are_shown_replaced() -> None:
    project = receive("langchain-openinference")
    shown = [part for each in details(project) for said in each.messages for part in said.parts]
    replaced = [part for part in shown if "characters replaced" in part.flags]
    assert replaced
    assert all("\N{REPLACEMENT CHARACTER}" in part.text for part in replaced)
    assert not any("\0" in part.text for part in shown)


def test_11_arguments_that_are_no_json_and_texts_that_were_cut_are_kept_and_marked() -> None:
    arguments = '{"expression": "6*'
    said = f'[{{"role":"assistant","parts":[{{"type":"tool_call","arguments":{arguments!r}}}]}}]'
    project = take(
        span_post(
            {**CHAT, "gen_ai.output.messages": said[:60], "cut.list": "['a', 'b"},
            droppedAttributesCount=3,
        )
    )
    node = read(project)
    part = node.part("output")
    assert part is not None
    assert (part.text, part.flags) == (said[:60], ["cut or broken JSON"])
    assert node.attribute_values["otel.dropped"] == {"attributes": 3}
    assert find(project, "cut.list=['a'") == [SPAN]


@pytest.mark.parametrize(
    "temperature", [{"intValue": 0}, {"doubleValue": 0.0}, {"stringValue": "0"}]
)
@pytest.mark.parametrize(
    "tokens", [{"intValue": "7"}, {"intValue": 7}, {"doubleValue": 7.0}, {"stringValue": "7"}]
)
def test_12_numbers_may_be_of_any_type(temperature: dict[str, Any], tokens: dict[str, Any]) -> None:
    said = {"gen_ai.request.temperature": temperature, "gen_ai.usage.input_tokens": tokens}
    said |= {"gen_ai.usage.cost": {"intValue": 0}, "max_tokens": "Infinity"}
    project = take(span_post({**CHAT, **said}))
    node = read(project)
    assert (node.usage.input, node.cost_provenance) != (None, "reported")
    assert node.attribute_values["max_tokens"] == "Infinity"
    assert float(node.attribute_values["gen_ai.request.temperature"]) == 0


def test_13_children_may_end_after_their_parent_and_spans_may_take_no_time() -> None:
    project = receive("vercel-ai-4")
    by_id = {(node.run_id, node.node_id): node for node in nodes_of(project)}
    late = [
        node
        for node in by_id.values()
        if (parent := by_id.get((node.run_id, str(node.parent_id)))) is not None
        and (node.ended_ns or 0) > (parent.ended_ns or 0)
    ]
    assert len(late) == 5
    at_once = [node for node in nodes_of(receive("logfire-v3")) if node.started_ns == node.ended_ns]
    assert {node.kind for node in at_once} == {"step"}
    assert len(at_once) == 3


def test_14_long_prompts_are_kept_whole_and_one_span_a_request_is_one_run() -> None:
    project = receive("openai-genai")
    longest = max(len(part.text) for each in details(project) for part in each.parts)
    assert longest > 100_000
    one_by_one = receive("traceloop-sdk-nobatch")
    assert (one_by_one.runs.count(), sums(one_by_one)) == (4, (7, 101))


@pytest.mark.parametrize(
    "client", ["langchain-openinference", "vercel-ai-json", "smolagents-openinference"]
)
def test_15_what_clients_say_is_shown_as_text_on_every_page(client: str) -> None:
    project = receive(client)
    person = Client()
    person.force_login(make_person("bob", project=project, role=Role.VIEWER))  # type: ignore[arg-type]
    seen = 0
    nodes = nodes_of(project, kind__in=("model_call", "tool_call", "agent"))
    mapped = {(node.kind, node.name): node for node in nodes}.values()
    for page, shown in (("nodes", nodes), ("mapping", mapped)):
        for node in shown:
            answer = person.get(f"/runs/{node.run_id}/{page}/{node.node_id}")
            assert answer.status_code == 200
            assert "<script>alert" not in answer.text
            seen += "&lt;script" in answer.text
    for run in project.runs.all():
        assert person.get(f"/runs/{run.pk}").status_code == 200
    assert seen or client == "smolagents-openinference"


def test_16_without_any_content_the_tree_is_there_and_what_it_cost() -> None:
    project = receive("pydantic-ai-v5-nocontent")
    assert sums(project) == sums(receive("pydantic-ai-v5"))
    calls = nodes_of(project, kind="model_call", calls_below=False, output_tokens__gt=0)
    assert {node.text_visibility for node in calls} == {"none"}


def test_17_each_attempt_of_a_call_that_was_retried_is_a_node_and_the_failed_ones_say_so() -> None:
    project = receive("vercel-ai-json")
    retried = [
        node
        for node in nodes_of(project, status="error", kind="model_call")
        if Node.objects.get(run_id=node.run_id, node_id=node.parent_id).status == "ok"
    ]
    assert retried
    assert all(node.fate == "failed" and node.error for node in retried)


@pytest.mark.parametrize(
    ("client", "mark"),
    [
        ("openai-openllmetry", "gen_ai.content.completion.chunk"),
        ("openai-openinference", "First Token Stream Event"),
        ("vercel-ai-json", "ai.stream.firstChunk"),
        ("mlflow-native", "mlflow.chunk.item.0"),
    ],
)
def test_18_marks_of_a_stream_are_kept_and_are_no_messages(client: str, mark: str) -> None:
    project = receive(client)
    marked = [
        each
        for each in details(project)
        if any(event["name"] == mark for event in each.attribute_values.get("otel.events", []))
    ]
    assert marked
    assert all(len(each.messages) <= 4 for each in marked)


def test_19_parallel_samples_are_candidates_whichever_way_they_come() -> None:
    several = receive("openai-genai")
    samples = Node.objects.filter(run_id__in=several.runs.all(), kind="sample")
    assert samples.count() == Candidate.objects.filter(run_id__in=several.runs.all()).count() == 3
    beside = receive("anthropic-openinference")
    [run] = beside.runs.filter(name="best-of-4")
    assert run.model_calls == 4
