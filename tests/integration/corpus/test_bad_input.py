"""What clients should not send and do: it is kept, whole, and said; or refused in a sentence."""

from __future__ import annotations

import json
from typing import Any

import pytest

from ingest.models import DeadLetter
from tests.integration.build import NOW_NS, make_project
from tests.integration.corpus.replay import drain, put
from tests.unit.wire.recordings import Recorded
from traces.models import Node, Project, Run
from traces.queries.access import Viewer
from traces.queries.node import NodeDetail, get_node

pytestmark = pytest.mark.django_db

TRACE, SPAN = "5b8efff798038103d269b633813fc60c", "eee19b7ec3c1b174"
CHAT = {"gen_ai.operation.name": "chat", "gen_ai.request.model": "gpt-4o"}
HOUR = 3_600 * 10**9


def attributes(said: dict[str, Any]) -> list[dict[str, Any]]:
    return [{"key": key, "value": value_of(value)} for key, value in said.items()]


def value_of(value: Any) -> dict[str, Any]:
    if isinstance(value, dict):
        return value
    return {"intValue": value} if isinstance(value, int) else {"stringValue": value}


def span_body(said: dict[str, Any], **fields: Any) -> Recorded:
    span = {
        "traceId": TRACE,
        "spanId": SPAN,
        "name": "chat",
        "startTimeUnixNano": str(NOW_NS),
        "endTimeUnixNano": str(NOW_NS + 10**9),
        "attributes": attributes(said),
        **fields,
    }
    body = {"resourceSpans": [{"scopeSpans": [{"spans": [span]}]}]}
    return Recorded("bad", "traces", "json", json.dumps(body).encode())


def log_body(said: dict[str, Any], **fields: Any) -> Recorded:
    record = {"traceId": TRACE, "spanId": SPAN, "timeUnixNano": str(NOW_NS), **fields}
    record["attributes"] = attributes(said)
    body = {"resourceLogs": [{"scopeLogs": [{"logRecords": [record]}]}]}
    return Recorded("bad", "logs", "json", json.dumps(body).encode())


def record(*bodies: Recorded) -> Project:
    project = make_project("bad")
    for body in bodies:
        put(project, [body])
        drain("bad")
    return project


def read(project: Project) -> NodeDetail:
    run = Run.objects.get(project=project, trace_id=TRACE)
    who = Viewer(project_ids=frozenset({project.pk}))
    return get_node(who=who, run_id=run.pk, node_id=SPAN, text_limit=None)


def test_it_works() -> None:
    node = read(record(span_body({**CHAT, "some.key": "kept"})))
    assert (node.kind, node.model, node.attribute_values["some.key"]) == (
        "model_call",
        "gpt-4o",
        "kept",
    )


@pytest.mark.parametrize("name", ["some.key", "gen_ai.input.messages", "gen_ai.system"])
def test_an_attribute_of_five_megabytes_is_kept_whole(name: str) -> None:
    long = "é" * 2_500_000
    node = read(record(span_body({**CHAT, name: long})))
    told = [*(part.text for part in node.parts), *node.attribute_values.values()]
    assert long in told


def test_a_hundred_thousand_attributes_are_all_kept() -> None:
    many = {f"key.{number}": number for number in range(100_000)}
    node = read(record(span_body({**CHAT, **many})))
    assert many.items() <= node.attribute_values.items()


@pytest.mark.parametrize(
    ("said", "kept"),
    [
        ({"intValue": "12345678901234567890123"}, "12345678901234567890123"),
        ({"intValue": 12345678901234567890123}, "12345678901234567890123"),
        ({"stringValue": "12345678901234567890123"}, "12345678901234567890123"),
    ],
)
def test_integers_of_23_digits_lose_no_digit(said: dict[str, Any], kept: str) -> None:
    project = record(span_body({**CHAT, "some.count": said}))
    node = read(project)
    assert str(node.attribute_values["some.count"]) == kept
    assert not DeadLetter.objects.filter(project_id=project.pk).exists()


def test_integers_of_23_digits_inside_json_text_lose_no_digit() -> None:
    said = '[{"role":"user","content":[{"type":"text","text":"x","n":12345678901234567890123}]}]'
    node = read(record(span_body({**CHAT, "gen_ai.input.messages": said})))
    assert any("12345678901234567890123" in part.text for part in node.parts)


def test_a_nul_character_is_shown_replaced_and_kept_as_it_was() -> None:
    node = read(record(span_body({**CHAT, "gen_ai.input.messages": "a\0b"})))
    part = node.part("input")
    assert part is not None
    assert (part.text, part.flags) == ("a\ufffdb", ["characters replaced"])


@pytest.mark.parametrize("fields", [{"kind": 99}, {"status": {"code": 7}}, {"flags": 2**31}])
def test_unknown_numbers_of_enums_are_kept_as_numbers(fields: dict[str, Any]) -> None:
    node = read(record(span_body(CHAT, **fields)))
    number = next(iter(fields.values()))
    number = number["code"] if isinstance(number, dict) else number
    assert number in node.attribute_values.values()


def test_logs_an_hour_before_their_span_belong_to_it() -> None:
    said = {"role": {"stringValue": "user"}, "content": {"stringValue": "6 * 7?"}}
    fields = [{"key": key, "value": value} for key, value in said.items()]
    log = log_body(
        {},
        timeUnixNano=str(NOW_NS - HOUR),
        eventName="gen_ai.user.message",
        body={"kvlistValue": {"values": fields}},
    )
    project = record(log, span_body(CHAT))
    node = read(project)
    assert [(each.role, each.parts[0].text) for each in node.messages] == [("user", "6 * 7?")]
    assert (node.name, node.kind) == ("chat", "model_call")
    assert Run.objects.filter(project=project).count() == 1
    assert Node.objects.filter(run_id__in=project.runs.all()).count() == 1


def test_a_body_that_is_not_what_its_door_says_is_a_dead_letter_and_can_be_read() -> None:
    project = record(Recorded("bad", "traces", "protobuf", b'{"resourceSpans": []}'))
    letter = DeadLetter.objects.get(project_id=project.pk)
    assert letter.body == b'{"resourceSpans": []}'
    assert letter.error
