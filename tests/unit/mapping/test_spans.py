"""A span becomes events: what any span gives, whatever its convention."""

from __future__ import annotations

from typing import Any

import pytest

from deliberation.events import EdgeDrawn, NodeObserved, NodeStarted, RunEnded, RunStarted
from deliberation.vocabulary import EdgeKind, NodeKind, NodeStatus, ObservedState
from ingest.mapping import map_span
from tests.unit.mapping.making import (
    DIGEST,
    PARENT,
    RUN,
    SPAN,
    TRACE,
    make_span,
    observe,
    only,
    rest_of,
)


def test_it_works() -> None:
    [node] = map_span(make_span({"http.route": "/x"}), RUN)
    assert isinstance(node, NodeObserved)
    assert (node.run, node.node, node.parent, node.name) == (RUN, SPAN, PARENT, "work")
    assert (node.node_kind, node.status) == (NodeKind.STEP, NodeStatus.OK)
    assert (node.started_at, node.ended_at, node.at) == (10**18, 10**18 + 5, 10**18 + 5)
    assert node.key == DIGEST + ":0"


def test_what_nobody_understands_is_kept_as_it_came() -> None:
    attributes = {
        "text": "\0<script>",
        "list": [1, None, {"a": 2.5}],
        "big": 2**62,
        "yes": True,
        "surrogate": "\ud800",
        "number": "12345678901234567890123",
    }
    node = observe(
        attributes,
        kind=3,
        trace_state="a=b",
        flags=1,
        dropped={"attributes": 2},
        events=[{"name": "e", "time": 5, "attributes": {"k": "v"}}],
        links=[{"trace_id": "11" * 16, "span_id": SPAN, "attributes": {"k": 1}}],
        status_code=1,
        status_message="fine",
    )
    assert rest_of(node) == {
        **attributes,
        "deliberation.convention": "generic",
        "otel.span.kind": "client",
        "otel.status": "ok",
        "otel.status_message": "fine",
        "otel.events": [{"name": "e", "time": 5, "attributes": {"k": "v"}}],
        "otel.links": [{"trace_id": "11" * 16, "span_id": SPAN, "attributes": {"k": 1}}],
        "otel.trace_state": "a=b",
        "otel.flags": 1,
        "otel.dropped": {"attributes": 2},
        "otel.resource": {"service.name": "demo"},
        "otel.scope.name": "scope",
        "otel.scope.version": "1",
    }


def test_a_source_cannot_speak_in_our_name() -> None:
    rest = rest_of(observe({"deliberation.convention": "forged", "otel.resource": "forged"}))
    assert rest["deliberation.convention"] == "generic"
    assert rest["source:deliberation.convention"] == rest["source:otel.resource"] == "forged"


def test_mapping_leaves_the_span_as_it_was() -> None:
    span = make_span({"gen_ai.operation.name": "chat", "gen_ai.input.messages": "hi"})
    before = dict(span.attributes)
    assert map_span(span, RUN) == map_span(span, RUN)
    assert span.attributes == before


def test_a_span_without_a_parent_starts_and_ends_its_run() -> None:
    messages = '[{"role":"user","parts":[{"type":"text","content":"6*7?"}]}]'
    said = '[{"role":"assistant","parts":[{"type":"text","content":"42"}]}]'
    attributes = {
        "gen_ai.operation.name": "invoke_agent",
        "gen_ai.input.messages": messages,
        "gen_ai.output.messages": said,
        "session.id": "s-1",
        "tag.tags": ["a", "b"],
        "deliberation.strategy": "best_of_n",
    }
    events = map_span(make_span(attributes, parent_id=None), RUN)
    started, _, ended = events
    assert isinstance(started, RunStarted)
    assert isinstance(ended, RunEnded)
    assert (started.name, started.task, started.session_id) == ("work", "6*7?", "s-1")
    assert (started.tags, started.producer) == (["a", "b"], "demo")
    assert started.strategy is not None
    assert (ended.state, ended.answer) == (ObservedState.COMPLETED, "42")
    assert len({event.key for event in events}) == 3


def test_a_failed_root_fails_its_run_and_gives_no_answer() -> None:
    span = make_span({"gen_ai.output.messages": "half"}, parent_id=None, status_code=2)
    ended = only(map_span(span, RUN), RunEnded)
    assert (ended.state, ended.answer) == (ObservedState.FAILED, None)


def test_a_span_without_an_end_is_a_start() -> None:
    events = map_span(make_span(ended_at=None, parent_id=None), RUN)
    assert [type(event) for event in events] == [RunStarted, NodeStarted]
    assert only(events, NodeStarted).status is NodeStatus.RUNNING


@pytest.mark.parametrize(
    ("named", "parent"), [("ef" * 8, "ef" * 8), ("0" * 16, None), (None, None)]
)
def test_a_pending_span_starts_the_span_it_announces(named: str | None, parent: str | None) -> None:
    attributes: dict[str, Any] = {"logfire.span_type": "pending_span"}
    if named:
        attributes["logfire.pending_parent_id"] = named
    span = make_span(attributes, span_id="99" * 8, parent_id=SPAN)
    started = only(map_span(span, RUN), NodeStarted)
    assert (started.node, started.parent, started.ended_at) == (SPAN, parent, None)


def test_an_exception_is_the_error_with_its_trace() -> None:
    told = {
        "exception.type": "ValueError",
        "exception.message": "no",
        "exception.stacktrace": "Traceback …",
    }
    node = observe({}, status_code=2, events=[{"name": "exception", "attributes": told}])
    assert (node.status, node.error) == (NodeStatus.ERROR, "ValueError: no\n\nTraceback …")


def test_an_error_type_alone_is_an_error() -> None:
    node = observe({"error.type": "TimeoutError"}, status_message="too late")
    assert (node.status, node.error) == (NodeStatus.ERROR, "TimeoutError: too late")


def link(trace_id: str, span_id: str) -> dict[str, Any]:
    return {"trace_id": trace_id, "span_id": span_id}


def test_a_link_is_an_edge_into_its_own_trace_or_another() -> None:
    links = [link(TRACE, PARENT), link("99" * 16, SPAN), link("98" * 16, PARENT)]
    events = map_span(make_span(links=links), RUN)
    edges = [event for event in events if isinstance(event, EdgeDrawn)]
    assert {(edge.edge, edge.source) for edge in edges} == {(EdgeKind.LINKS, SPAN)}
    assert [(edge.trace, edge.target) for edge in edges] == [
        (None, PARENT),
        ("99" * 16, SPAN),
        ("98" * 16, PARENT),
    ]
    assert len({edge.key for edge in edges}) == 3
    assert rest_of(only(events, NodeObserved))["otel.links"] == links


@pytest.mark.parametrize(
    "broken",
    [
        link(TRACE, SPAN),
        link(TRACE, ""),
        link("9" * 31, SPAN),
        link("0" * 32, SPAN),
        link("", SPAN),
    ],
)
def test_a_link_to_nowhere_or_to_itself_is_no_edge_and_is_kept(broken: dict[str, Any]) -> None:
    events = map_span(make_span(links=[broken]), RUN)
    assert not [event for event in events if isinstance(event, EdgeDrawn)]
    assert rest_of(only(events, NodeObserved))["otel.links"] == [broken]


def test_of_thousands_of_links_some_are_edges_and_all_are_kept() -> None:
    links = [link(f"{number:032x}", SPAN) for number in range(1, 2001)]
    events = map_span(make_span(links=links), RUN)
    assert len([event for event in events if isinstance(event, EdgeDrawn)]) == 128
    assert len(rest_of(only(events, NodeObserved))["otel.links"]) == 2000
