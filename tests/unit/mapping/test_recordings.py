"""What public clients recorded comes out as it went in: counted, priced in tokens, and whole."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator

import pytest

from deliberation.events import Event, NodeObserved, RunEnded, RunStarted
from deliberation.events.codec import decode, encode
from deliberation.vocabulary import NodeKind, NodeStatus
from ingest.mapping import map_log, map_span
from ingest.wire.otlp import decode_logs, decode_traces
from ingest.wire.span import Span
from tests.unit.mapping.making import RUN, only
from tests.unit.mapping.told import RENAMED, leaves
from tests.unit.wire.recordings import CLIENTS, golden, recorded, summary

LEGACY = "openai-openllmetry-0.40-legacy"
SUMMED = [
    *("openai-genai", "openai-openinference", "langchain-openinference", "pydantic-ai-v5"),
    *("openai-openllmetry", "langchain-openllmetry", "traceloop-sdk", "traceloop-sdk-nobatch"),
    "vercel-ai-json",
]
READ = [*SUMMED, LEGACY, "vercel-ai-4"]
CLASSES = ("input", "output", "reasoning", "cache_read")


def spans_of(client: str) -> Iterator[Span]:
    """Yield each span once, however often it was sent."""
    seen = set()
    for body in recorded(client):
        if body.signal == "traces":
            for span in decode_traces(body.body, body.media).records:
                if span.span_id not in seen:
                    seen.add(span.span_id)
                    yield span


def nodes_of(client: str) -> list[NodeObserved]:
    return [only(map_span(span, RUN), NodeObserved) for span in spans_of(client)]


def tokens_of(calls: list[NodeObserved]) -> dict[str, int]:
    total: Counter[str] = Counter(dict.fromkeys(CLASSES, 0))
    for call in calls:
        for name in CLASSES:
            total[name] += getattr(call.usage, name, None) or 0
    return dict(total)


def distinct(calls: list[NodeObserved]) -> list[NodeObserved]:
    """Return each response once: two instrumentations of one client report one response twice."""
    return list({call.response_id or call.node: call for call in calls}.values())


def calls_of(client: str) -> list[NodeObserved]:
    return [node for node in nodes_of(client) if node.node_kind is NodeKind.MODEL_CALL]


@pytest.mark.parametrize("client", SUMMED)
def test_the_tokens_of_distinct_calls_add_up_to_the_summary(client: str) -> None:
    facts, calls = summary(client), calls_of(client)
    assert len(calls) == facts["llm_spans"]
    assert len(distinct(calls)) == facts["llm_leaf_spans_distinct_response_id"]
    assert tokens_of(distinct(calls)) == facts["tokens_llm_leaf_distinct_response_id"]
    assert tokens_of(calls) == facts["tokens_llm_spans_all"]


def test_an_old_embedding_is_no_call_and_a_stream_without_tokens_is_one() -> None:
    facts, calls = summary(LEGACY), calls_of(LEGACY)
    bare = [call for call in calls if call.usage is None]
    looked_up = [node for node in nodes_of(LEGACY) if node.node_kind is NodeKind.RETRIEVAL]
    # The summary takes for a call what states tokens: the look-up, and not what broke or streamed.
    assert len(calls) - len(bare) + len(looked_up) == facts["llm_spans"]
    assert tokens_of([*calls, *looked_up]) == facts["tokens_llm_spans_all"]
    assert tokens_of(looked_up)["input"] == 2
    assert {call.input is not None and call.model for call in bare} >= {"gpt-4o-mini"}


def test_an_old_stream_s_reasoning_stands_in_its_provider_s_metadata() -> None:
    facts, calls = summary("vercel-ai-4"), calls_of("vercel-ai-4")
    assert len(calls) == facts["llm_spans"]
    assert tokens_of(calls) == {**facts["tokens_llm_spans_all"], "reasoning": 2}


@pytest.mark.parametrize("client", ["vercel-ai-4", "vercel-ai-json"])
def test_only_requests_of_the_ai_sdk_have_a_basis_and_the_sums_above_them_agree(
    client: str,
) -> None:
    nodes = {node.node: node for node in nodes_of(client)}
    below: Counter[str | None] = Counter()
    for node in nodes.values():
        if node.cost_basis is not None and node.usage is not None:
            below[node.parent] += node.usage.input or 0
    sums = [node for node in nodes.values() if node.usage is not None and node.cost_basis is None]
    assert sums
    assert all(node.usage and node.usage.input == below[node.node] for node in sums)


@pytest.mark.parametrize(
    "client", [name for name in READ if "openllmetry" in name or "-ai-" in name]
)
def test_each_request_has_the_model_that_served_it_or_was_asked_for(client: str) -> None:
    models = summary(client)["models"]
    asked, served = models["gen_ai.request.model"], models["gen_ai.response.model"]
    found = Counter(node.model for node in nodes_of(client) if node.model in {*asked, *served})
    outer = Counter(node.model for node in nodes_of(client) if node.node_kind is NodeKind.AGENT)
    assert sum((found - outer).values()) == sum(asked.values())
    assert all(found[model] - outer[model] >= count for model, count in served.items())


@pytest.mark.parametrize("client", READ)
def test_spans_tools_errors_and_roots_are_those_of_the_summary(client: str) -> None:
    facts, nodes = summary(client), nodes_of(client)
    assert len({node.node for node in nodes}) == facts["spans_unique"]
    tools = Counter(node.tool for node in nodes if node.node_kind is NodeKind.TOOL_CALL)
    assert sum(tools.values()) == facts["tool_execution_spans"]
    assert dict(tools) == facts["tool_names"]
    errors = [node for node in nodes if node.status is NodeStatus.ERROR]
    assert len(errors) == facts["error_spans"]
    assert all(node.error for node in errors)
    roots = sorted(root for trace in facts["traces"] for root in trace["roots"])
    events = [event for span in spans_of(client) for event in map_span(span, RUN)]
    assert sorted(each.name or "" for each in events if isinstance(each, RunStarted)) == roots
    assert sum(isinstance(each, RunEnded) for each in events) == facts["trace_count"]


@pytest.mark.parametrize("client", CLIENTS)
def test_every_event_of_every_client_can_be_written_and_read(client: str) -> None:
    for body in recorded(client):
        events: list[Event] = []
        if body.signal == "traces":
            for span in decode_traces(body.body, body.media).records:
                events += map_span(span, RUN)
        elif body.signal == "logs":
            for record in decode_logs(body.body, body.media).records:
                events += map_log(record, RUN)
        assert len({event.key for event in events}) <= len(events)
        for event in events:
            assert len(event.key) <= 64
            assert decode(encode(event)) == event


@pytest.mark.parametrize("client", CLIENTS)
def test_nothing_a_client_said_is_lost(client: str) -> None:
    for span in spans_of(client):
        event = next(e for e in map_span(span, RUN) if hasattr(e, "attributes"))
        plain = encode(event)
        told = set(leaves(plain))
        rest = json.loads(plain["attributes"])
        for key, value in span.attributes.items():
            if rest.get(key, rest.get(f"source:{key}")) != value:
                missing = {leaf for leaf in leaves(value) if leaf not in told}
                assert missing <= RENAMED, (key, missing)


def test_a_golden_agent_has_its_parent_its_call_and_its_cost() -> None:
    spans = decode_traces(golden("pydantic-ai-v5.traces.protobuf").body, "protobuf").records
    nodes = [only(map_span(span, RUN), NodeObserved) for span in spans]
    kinds = [node.node_kind for node in nodes]
    assert kinds.count(NodeKind.AGENT) == kinds.count(NodeKind.MODEL_CALL) == 2
    for call in nodes:
        if call.node_kind is NodeKind.MODEL_CALL:
            assert call.parent in {node.node for node in nodes}
            assert call.cost is not None
            assert call.cost.amount


def test_a_golden_failed_call_is_a_failed_run() -> None:
    [span] = decode_traces(golden("openai-genai.failed.protobuf").body, "protobuf").records
    events = map_span(span, RUN)
    assert only(events, RunEnded).error == (
        "openai.InternalServerError: Error code: 500 - upstream exploded"
    )
    assert only(events, RunStarted).task == "explode"
