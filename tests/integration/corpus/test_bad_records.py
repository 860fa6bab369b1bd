"""Records that no client should send, and bodies that lie: kept, or a dead letter that says why. Never a 500."""

from __future__ import annotations

import gzip
import json

import pytest

from ingest import inbox
from ingest.models import DeadLetter
from tests.integration.build import NOW_NS, make_project
from tests.integration.corpus.sending import (
    CHAT,
    OTHER,
    PROTOBUF,
    SPAN,
    Post,
    find,
    letters,
    log_post,
    protobuf_post,
    read,
    run_of,
    send,
    span_of,
    span_post,
    take,
    traces_of,
)
from traces.models import Node, Project, Run
from traces.queries.access import Viewer
from traces.queries.tree import list_nodes

pytestmark = pytest.mark.django_db(transaction=True)

HOUR = 3_600 * 10**9


# Times.


@pytest.mark.parametrize("field", ["startTimeUnixNano", "endTimeUnixNano"])
@pytest.mark.parametrize("at", [-1, 2**63, 10**30])
def test_a_time_that_cannot_be_is_a_dead_letter_that_says_so(field: str, at: int) -> None:
    project = make_project("bad")
    body = traces_of(span_of(**{field: str(at)}), span_of({"a": 1}, spanId=OTHER))
    [answer] = send(project, Post(json.dumps(body).encode()))
    assert json.loads(answer.body)["partialSuccess"]["rejectedSpans"] == "1"
    [error] = letters(project)
    assert error.startswith(f"1 of 2 records cannot be read: {field} must be ")
    assert read(project, OTHER).attribute_values["a"] == 1


@pytest.mark.parametrize("times", [(0, NOW_NS), (NOW_NS, NOW_NS - HOUR), (1, 2), (2**63 - 1,) * 2])
def test_times_that_could_be_and_are_not_are_kept_as_they_are(times: tuple[int, int]) -> None:
    began, ended = times
    project = take(
        span_post({"a": 1}, startTimeUnixNano=str(began), endTimeUnixNano=str(ended)),
    )
    node = read(project)
    assert (node.started_ns, node.ended_ns) == (began or None, ended)
    assert node.status == "ok"


def test_logs_an_hour_before_their_span_belong_to_it() -> None:
    said = {"role": {"stringValue": "user"}, "content": {"stringValue": "6 * 7?"}}
    fields = [{"key": key, "value": value} for key, value in said.items()]
    log = log_post(
        {"app.user": "alice"},
        timeUnixNano=str(NOW_NS - HOUR),
        eventName="gen_ai.user.message",
        body={"kvlistValue": {"values": fields}},
    )
    project = take(log)
    send(project, span_post(CHAT))
    node = read(project)
    assert [(each.role, each.parts[0].text) for each in node.messages] == [("user", "6 * 7?")]
    assert (node.name, node.kind) == ("chat", "model_call")
    assert node.attribute_values["app.user"] == "alice"
    assert find(project, "app.user=alice") == [SPAN]
    assert Run.objects.filter(project=project).count() == 1
    assert Node.objects.filter(run_id__in=project.runs.all()).count() == 1


# Ids.


@pytest.mark.parametrize(
    "ids", [{"spanId": ""}, {"spanId": "0" * 16}, {"traceId": ""}, {"traceId": "0" * 32}]
)
def test_a_span_without_an_id_is_a_dead_letter_and_costs_no_other(ids: dict[str, str]) -> None:
    project = make_project("bad")
    body = traces_of(span_of(**ids), span_of({"a": 1}))
    [answer] = send(project, Post(json.dumps(body).encode()))
    assert answer.status == 200
    [error] = letters(project)
    assert "1 of 2 records cannot be read" in error
    assert "hex digits" in error
    assert read(project).attribute_values["a"] == 1


def test_a_log_without_ids_is_kept_in_a_run_of_its_own() -> None:
    project = take(log_post({"app.user": "alice"}, traceId="", spanId=""))
    [run] = Run.objects.filter(project=project)
    assert str(run.trace_id).startswith("untraced:")
    assert run.nodes == 1


def test_a_span_that_is_its_own_parent_is_shown_once() -> None:
    project = take(span_post({"a": 1}, parentSpanId=SPAN))
    assert order_of(project) == [SPAN]
    assert read(project).parent_id is None


@pytest.mark.parametrize("count", [2, 3, 50])
def test_parents_in_a_circle_are_shown_once_each(count: int) -> None:
    ids = [f"{number:016x}" for number in range(1, count + 1)]
    spans = [
        span_of({"a": 1}, spanId=each, parentSpanId=ids[number - 1])
        for number, each in enumerate(ids)
    ]
    project = take(Post(json.dumps(traces_of(*spans)).encode()))
    assert sorted(order_of(project)) == ids
    assert all(read(project, each).attribute_values["a"] == 1 for each in ids[:3])


def order_of(project: Project) -> list[str]:
    who = Viewer(project_ids=frozenset({project.pk}))
    page = list_nodes(who=who, run_id=run_of(project).pk, limit=1_000)
    return [row.node_id for row in page.items]


# Lies.


def test_a_body_that_lies_about_its_encoding_is_refused_in_a_sentence() -> None:
    plain = span_post(CHAT).body
    packed = {"content-encoding": "gzip"}
    project = make_project("bad")
    answers = send(
        project,
        Post(plain, media=PROTOBUF),
        Post(protobuf_post().body, media="application/json"),
        Post(plain, headers=packed),
        Post(gzip.compress(plain)),
        Post(gzip.compress(plain)[:-5], headers=packed),
        Post(plain.decode().encode("utf-16")),
        Post(b"\xff" + plain),
    )
    assert [answer.status for answer in answers] == [400, 400, 400, 400, 400, 200, 400]
    assert all(answer.body for answer in answers)
    assert (letters(project), Node.objects.count()) == ([], 1)


def test_a_letter_holds_the_body_and_trying_it_again_changes_nothing() -> None:
    project = make_project("bad")
    body = json.dumps(traces_of(span_of(spanId=""), span_of({"a": 1}))).encode()
    send(project, Post(body))
    letter = DeadLetter.objects.get(project_id=project.pk)
    assert bytes(letter.body) == body
    assert inbox.retry(letter=letter.pk, project_ids=[project.pk])
    send(project)
    assert len(letters(project)) == 1
    assert (run_of(project).nodes, run_of(project).size) == (1, 4)
