"""Logfire's calls, messages, levels and streams."""

from __future__ import annotations

import json
from typing import Any

import pytest

from deliberation.events import NodeObserved, NodeStarted, RunStarted
from deliberation.vocabulary import CostBasis, NodeKind, NodeStatus, TextVisibility, Usage
from ingest.mapping import map_span
from ingest.wire.span import Origin
from tests.unit.mapping.making import RUN, make_span, observe, only, rest_of
from tests.unit.mapping.test_recordings import calls_of, nodes_of, spans_of

OPENAI = Origin({}, "logfire.openai", "3.25.0", {}, "")
ANTHROPIC = Origin({}, "logfire.anthropic", "3.25.0", {}, "")
ASKED = {"model": "gpt-4o-mini", "messages": [{"role": "user", "content": "6*7"}]}
COUNTS = {
    "prompt_tokens": 26,
    "completion_tokens": 13,
    "total_tokens": 39,
    "prompt_tokens_details": {"cached_tokens": 4},
    "completion_tokens_details": {"reasoning_tokens": 3},
}


def call(request: Any, response: Any = None, **more: Any) -> dict[str, Any]:
    """Return the attributes of a call; underscores in further names that are two stand for dots."""
    attributes: dict[str, Any] = {
        "request_data": json.dumps(request),
        "logfire.span_type": "span",
        "logfire.msg_template": "Chat Completion with {request_data[model]!r}",
        "logfire.msg": "Chat Completion with 'gpt-4o-mini'",
        "logfire.tags": ["LLM"],
    }
    if response is not None:
        attributes["response_data"] = json.dumps(response)
    return attributes | {name.replace("__", "."): value for name, value in more.items()}


def test_it_works() -> None:
    said = {"message": {"role": "assistant", "content": "42", "refusal": None}, "usage": COUNTS}
    named = {"gen_ai__request__model": "gpt-4o-mini", "gen_ai__response__model": "gpt-4o-mini-1"}
    counted = {"gen_ai__usage__input_tokens": 26, "gen_ai__usage__output_tokens": 13}
    attributes = call(ASKED, said, gen_ai__system="openai", **named, **counted)
    node = observe(attributes, origin=OPENAI, name=attributes["logfire.msg_template"])
    assert (node.node_kind, node.name) == (NodeKind.MODEL_CALL, attributes["logfire.msg"])
    assert (node.model, node.provider) == ("gpt-4o-mini-1", "openai")
    assert node.usage == Usage(input=26, cache_read=4, output=13, reasoning=3)
    assert node.cost_basis is CostBasis.MEASURED
    assert json.loads(node.input or "")[0]["parts"] == [{"type": "text", "content": "6*7"}]
    assert json.loads(node.output or "") == [
        {"role": "assistant", "parts": [{"type": "text", "content": "42"}]}
    ]
    rest = rest_of(node)
    assert rest["deliberation.convention"] == "logfire-llm"
    assert json.loads(rest["request_data"]) == ASKED
    assert rest["logfire.msg_template"] == attributes["logfire.msg_template"]


def test_anthropic_s_input_leaves_out_what_was_cached() -> None:
    counts = {"input_tokens": 19, "output_tokens": 52, "cache_read_input_tokens": 8}
    said = {"message": {"role": "assistant", "content": "42"}, "usage": counts}
    node = observe(call({**ASKED, "model": "claude-sonnet-4-5"}, said), origin=ANTHROPIC)
    assert (node.model, node.provider) == ("claude-sonnet-4-5", "anthropic")
    assert node.usage == Usage(input=27, cache_read=8, output=52)


@pytest.mark.parametrize(
    "request_data",
    [
        {"input": ["x"], "model": "m", "encoding_format": "base64"},
        {"input": ["x"], "model": "text-embedding-3-small"},
    ],
)
def test_an_embedding_is_a_look_up(request_data: dict[str, Any]) -> None:
    named = {"gen_ai__request__model": "m", "gen_ai__usage__input_tokens": 1}
    node = observe(call(request_data, {"usage": {"prompt_tokens": 1, "total_tokens": 1}}, **named))
    assert (node.node_kind, node.usage, node.input) == (NodeKind.RETRIEVAL, Usage(input=1), '["x"]')


def test_of_a_stream_s_two_spans_the_one_that_ends_it_is_the_call() -> None:
    streamed = {**ASKED, "stream": True}
    opened = observe(call(streamed, gen_ai__request__model="gpt-4o-mini"), origin=OPENAI)
    assert opened.node_kind is NodeKind.STEP
    assert json.loads(opened.input or "")[0]["role"] == "user"
    said = {"message": {"role": "assistant", "content": "42"}, "usage": COUNTS}
    end = call(streamed, said, duration=2.5, logfire__span_type="log")
    node = observe(end, origin=OPENAI, started_at=10**18, ended_at=10**18)
    assert (node.node_kind, node.usage and node.usage.input) == (NodeKind.MODEL_CALL, 26)
    assert (node.started_at, node.ended_at) == (10**18 - 2_500_000_000, 10**18)


def test_a_request_cut_down_to_its_model_opened_a_stream_if_it_ended_without_an_answer() -> None:
    cut = call({"model": "gpt-4o-mini"}, gen_ai__request__model="gpt-4o-mini")
    assert observe(cut, origin=OPENAI).node_kind is NodeKind.STEP
    answered = {**cut, "gen_ai.response.model": "gpt-4o-mini-2024-07-18"}
    assert observe(answered, origin=OPENAI).node_kind is NodeKind.MODEL_CALL
    assert observe(cut, status_code=2, origin=OPENAI).node_kind is NodeKind.MODEL_CALL
    running = only(map_span(make_span(cut, ended_at=None, origin=OPENAI), RUN), NodeStarted)
    assert running.node_kind is NodeKind.MODEL_CALL


def test_a_stream_that_could_not_begin_is_a_call_that_failed() -> None:
    node = observe(call({**ASKED, "stream": True}), status_code=2, origin=OPENAI)
    assert (node.node_kind, node.status) == (NodeKind.MODEL_CALL, NodeStatus.ERROR)


def test_a_stream_that_nobody_put_together_has_its_text() -> None:
    said = {"combined_chunk_content": "Final answer: 42", "chunk_count": 3}
    node = observe(call({**ASKED, "stream": True}, said, logfire__span_type="log"))
    assert json.loads(node.output or "")[0]["parts"][0]["content"] == "Final answer: 42"
    assert (node.usage, node.text_visibility) == (None, TextVisibility.FULL)


def test_the_kind_that_a_later_version_names_stands() -> None:
    attributes = call(ASKED, {"message": {"role": "assistant", "content": "42"}})
    attributes["gen_ai.operation.name"] = "embeddings"
    assert observe(attributes).node_kind is NodeKind.RETRIEVAL


def test_a_message_is_the_name_where_the_name_is_its_template() -> None:
    said = {"logfire.msg_template": "tool {name}", "logfire.msg": "tool calculator", "name": "c"}
    span = make_span({**said, "logfire.tags": ["judge"]}, name="tool {name}", parent_id=None)
    events = map_span(span, RUN)
    node, start = only(events, NodeObserved), only(events, RunStarted)
    assert (node.node_kind, node.name) == (NodeKind.STEP, "tool calculator")
    assert (start.name, start.tags) == ("tool calculator", ["judge"])
    assert rest_of(node)["logfire.msg_template"] == "tool {name}"
    other = observe({"logfire.msg": "sampler run", "agent_name": "sampler"}, name="agent run")
    assert other.name == "agent run"


@pytest.mark.parametrize(
    ("level", "status"), [(9, "ok"), (13, "ok"), (17, "error"), ("21", "error")]
)
def test_the_level_of_errors_is_an_error(level: Any, status: str) -> None:
    said = {"logfire.level_num": level, "logfire.msg": "tool failed", "logfire.span_type": "log"}
    node = observe(said)
    assert node.status is NodeStatus(status)
    assert node.error == ("tool failed" if status == "error" else None)


@pytest.mark.parametrize("odd", ["[[", "7", "null", '"text"', "{}", '{"message": 7, "usage": 3}'])
def test_odd_requests_and_responses_are_kept(odd: str) -> None:
    node = observe({"request_data": odd, "response_data": odd, "logfire.span_type": "log"})
    assert rest_of(node)["request_data"] == odd


def test_recorded_streams_have_their_tokens_once() -> None:
    calls = calls_of("logfire-v3")
    # Two that the summary leaves out, as it looks at attributes alone: a stream, and Anthropic's call.
    inputs = sorted(call.usage.input or 0 for call in calls if call.usage)
    assert inputs == [16, 16, 18, 19, 26]
    assert len(calls) == 7
    assert len(nodes_of("logfire-v3")) == len(list(spans_of("logfire-v3")))
