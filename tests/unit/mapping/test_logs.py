"""Log records add to their call, or are steps of their own; none is lost."""

from __future__ import annotations

import json

from deliberation.events import NodeObserved
from deliberation.vocabulary import NodeKind, NodeStatus
from ingest.mapping import map_log
from ingest.wire.otlp import decode_logs
from tests.unit.mapping.making import DIGEST, RUN, SPAN, make_log, rest_of
from tests.unit.wire.recordings import golden


def observe(attributes: dict[str, object], **fields: object) -> NodeObserved:
    [node] = map_log(make_log(attributes, **fields), RUN)
    assert isinstance(node, NodeObserved)
    return node


def test_it_works() -> None:
    [record] = decode_logs(golden("openai-genai.logs.protobuf").body, "protobuf").records
    [node] = map_log(record, RUN)
    assert isinstance(node, NodeObserved)
    assert (node.node, node.node_kind) == (record.span_id, NodeKind.MODEL_CALL)
    assert json.loads(node.input or "")[0]["role"] == "user"
    assert node.status is None
    assert node.ended_at is None


def test_any_other_record_is_a_step_under_its_span() -> None:
    node = observe({"k": "v"}, body={"said": "hello"}, severity="INFO")
    assert (node.node, node.parent, node.node_kind) == (DIGEST[:16], SPAN, NodeKind.STEP)
    assert (node.name, node.text) == ("something.happened", '{"said":"hello"}')
    assert (node.started_at, node.ended_at, node.status) == (10**18, 10**18, NodeStatus.OK)
    rest = rest_of(node)
    assert (rest["k"], rest["otel.log.severity"]) == ("v", "INFO")


def test_a_record_outside_any_span_stands_alone() -> None:
    messages = {"gen_ai.input.messages": [{"role": "user"}]}
    node = observe(messages, span_id=None, body="text")
    assert (node.node, node.parent, node.text) == (DIGEST[:16], None, "text")
    assert rest_of(node)["gen_ai.input.messages"] == [{"role": "user"}]


def test_a_logged_exception_is_an_error() -> None:
    node = observe({"exception.type": "ValueError", "exception.message": "no"})
    assert (node.status, node.error) == (NodeStatus.ERROR, "ValueError: no")
