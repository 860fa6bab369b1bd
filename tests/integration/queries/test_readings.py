"""How a record was read can be seen: by the page of a node, and by `manage.py doctor_trace`."""

from __future__ import annotations

from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.test import Client

from deliberation.vocabulary import NodeKind
from tests.integration.build import new_run, observed, put_on_record
from tests.integration.corpus.replay import replay
from tests.people import People
from tests.unit.wire.recordings import golden
from traces.models import Node, Run
from traces.queries.access import NotVisible
from traces.queries.readings import read_node_readings

pytestmark = pytest.mark.django_db


@pytest.fixture
def call(people: People) -> Node:
    """A model call of a recorded client."""
    replay(people.project.slug, [golden("pydantic-ai-v5.traces.protobuf")])
    return Node.objects.filter(kind="model_call", input_tokens__isnull=False).order_by("node_id")[0]


def said(*arguments: str) -> str:
    out = StringIO()
    call_command("doctor_trace", *arguments, stdout=out)
    return out.getvalue()


def test_it_works(people: People, call: Node) -> None:
    (reading,) = read_node_readings(who=people.bob, run_id=call.run_id, node_id=call.node_id)
    assert (reading.source, reading.event) == ("span", "node.observed")
    assert reading.conventions[0] == "genai"
    assert "gen_ai.response.model" in reading.used[0].attributes
    assert dict(reading.facts)["model"] == call.model
    assert dict(reading.record)["otel.scope.name"]
    assert "gen_ai.response.model" not in dict(reading.left)


def test_what_a_rule_judges_by_and_keeps_is_understood(people: People, call: Node) -> None:
    (reading,) = read_node_readings(who=people.bob, run_id=call.run_id, node_id=call.node_id)
    assert ("gen_ai.operation.name", "chat") in reading.judged
    assert "gen_ai.operation.name" not in dict(reading.left)
    assert "gen_ai.operation.name" in reading.used[0].attributes
    assert "read and kept: gen_ai.operation.name = chat" in said(
        str(call.run_id), "--node", call.node_id
    )
    assert " gen_ai.operation.name\n" not in said(str(call.run_id))


def test_a_native_event_is_a_fact_that_no_rule_had_to_read(people: People) -> None:
    run = new_run()
    put_on_record(people.project, observed(run, "a", node_kind=NodeKind.THOUGHT, text="hm"))
    (reading,) = read_node_readings(who=people.bob, run_id=run, node_id="a")
    assert (reading.conventions, reading.used, reading.left) == ([], [], [])
    assert dict(reading.facts)["text"] == "hm"


def test_what_a_source_names_like_us_cannot_break_the_page(people: People) -> None:
    run = new_run()
    forged = '{"deliberation.read": [1], "deliberation.convention": {"a": 2}, "x": {"y": [null]}}'
    put_on_record(people.project, observed(run, "a", attributes=forged))
    put_on_record(people.project, observed(run, "a", attributes="not JSON"))
    first, second = read_node_readings(who=people.bob, run_id=run, node_id="a")
    assert first.left == [("x", '{"y":[null]}')]
    assert second.left == [("attributes", "not JSON")]


def test_bob_sees_the_page_and_charlie_nothing(people: People, call: Node) -> None:
    client = Client()
    address = f"/runs/{call.run_id}/mapping/{call.node_id}"
    client.force_login(people.bob)  # type: ignore[arg-type]
    page = client.get(address)
    assert page.status_code == 200
    assert "gen_ai.response.model" in page.text
    assert address in client.get(f"/runs/{call.run_id}/nodes/{call.node_id}").text
    client.force_login(people.charlie)  # type: ignore[arg-type]
    assert client.get(address).status_code == 404
    with pytest.raises(NotVisible):
        read_node_readings(who=people.charlie, run_id=call.run_id, node_id=call.node_id)


def test_a_trace_is_told_by_its_id_and_by_its_runs(call: Node) -> None:
    run = Run.objects.get(pk=call.run_id)
    told = said(str(run.trace_id))
    assert told == said(str(run.pk)) == said(str(run.trace_id).upper())
    assert f"{run.input_tokens:,} in" in told
    assert "genai" in told
    assert "pydantic-ai" in told


def test_a_node_is_told_whole(call: Node) -> None:
    told = said(str(call.run_id), "--node", call.node_id)
    assert "genai read: " in told
    assert f"became: model = {call.model}" in told


def test_a_trace_says_what_its_records_became_and_which_node_to_look_at(call: Node) -> None:
    told = said(str(call.run_id))
    assert "became (see one: --node ID):" in told
    assert f" model_call   {call.name}  (" in told


def test_times_are_told_as_people_write_them(call: Node) -> None:
    told = said(str(call.run_id), "--node", call.node_id)
    assert f".{(call.started_ns or 0) % 10**9:09d}Z" in told
    assert str(call.started_ns) not in told


def test_what_others_wrote_reaches_no_terminal_unseen(people: People) -> None:
    run = new_run()
    hostile = observed(
        run,
        "a",
        name="n\x1b[31m",
        attributes='{"k\\u001b[2J":"v\\u001b]0;owned\\u0007\\nentry 9: span"}',
    )
    put_on_record(people.project, hostile)
    for told in (said(run), said(run, "--node", "a")):
        assert "\x1b" not in told
        assert "\x07" not in told
    assert "\nentry 9" not in said(run, "--node", "a")


def test_an_unknown_trace_or_node_is_one_sentence(call: Node) -> None:
    with pytest.raises(CommandError, match="there is no run of trace abc"):
        said("abc")
    with pytest.raises(CommandError, match="has no node"):
        said(str(call.run_id), "--node", "\x00")


def test_a_trace_of_two_projects_must_be_chosen(call: Node) -> None:
    replay("another", [golden("pydantic-ai-v5.traces.protobuf")])
    trace = str(Run.objects.get(pk=call.run_id).trace_id)
    with pytest.raises(CommandError, match="--project"):
        said(trace)
    assert trace in said(trace, "--project", "another")
