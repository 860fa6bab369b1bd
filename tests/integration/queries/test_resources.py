"""What a run's tools and requests named is listed, once each, for those who may see the run."""

from __future__ import annotations

import pytest
from django.test import Client

from deliberation.events import Event
from deliberation.vocabulary import NodeKind
from tests.integration.build import ended, new_run, observed, put_on_record, started
from tests.people import People
from traces.actions.rebuild import rebuild
from traces.models import Resource, Run
from traces.queries.access import NotVisible
from traces.queries.resources import hosts_of, list_resources

pytestmark = pytest.mark.django_db


def tool(run: str, node: str, arguments: str) -> Event:
    return observed(run, node, node_kind=NodeKind.TOOL_CALL, tool="fetch", input=arguments)


@pytest.fixture
def run(people: People) -> str:
    made = new_run()
    put_on_record(
        people.project,
        tool(made, "a", '{"url": "https://one.example/x"}'),
        tool(made, "b", '{"urls": ["https://one.example/y", "https://two.example/z"]}'),
        observed(
            made,
            "http",
            node_kind=NodeKind.STEP,
            attributes='{"url.full": "https://three.example/"}',
        ),
        observed(
            made,
            "call",
            node_kind=NodeKind.MODEL_CALL,
            attributes='{"server.address": "api.example"}',
        ),
    )
    return made


def test_it_works(people: People, run: str) -> None:
    page = list_resources(who=people.bob, run_id=run)
    assert [(row.name, row.node_id, row.tool) for row in page.items] == [
        ("https://three.example/", "http", None),
        ("https://one.example/y", "b", "fetch"),
        ("https://two.example/z", "b", "fetch"),
        ("https://one.example/x", "a", "fetch"),
    ]
    assert page.next is None


def test_pages_of_any_size_give_all_of_them_once(people: People, run: str) -> None:
    whole = list_resources(who=people.bob, run_id=run).items
    for limit in (1, 2, 3):
        found, cursor = [], None
        while True:
            page = list_resources(who=people.bob, run_id=run, cursor=cursor, limit=limit)
            found += page.items
            cursor = page.next
            if cursor is None:
                break
        assert found == whole


def test_hosts_are_counted_by_the_nodes_that_named_them(people: People, run: str) -> None:
    found = [(line.host, line.nodes) for line in hosts_of(who=people.bob, run_id=run)]
    assert found == [("one.example", 2), ("three.example", 1), ("two.example", 1)]


def test_the_same_thing_told_again_is_kept_once(people: People) -> None:
    run = new_run()
    start = started(run, "a", node_kind=NodeKind.TOOL_CALL, input="https://one.example/")
    put_on_record(people.project, start)
    put_on_record(people.project, ended(run, "a", input="https://one.example/"))
    assert Resource.objects.filter(run_id=run).count() == 1


def test_a_name_that_postgres_refuses_is_cleaned(people: People) -> None:
    run = new_run()
    put_on_record(people.project, tool(run, "a", '{"path": "a\\u0000b\\ud800"}'))
    assert Resource.objects.get(run_id=run).name == "a\ufffdb\ufffd"


def test_rebuild_gives_the_same_resources(run: str) -> None:
    before = list(Resource.objects.filter(run_id=run).order_by("pk").values())
    rebuild(run_id=Run.objects.get(pk=run).pk)
    assert list(Resource.objects.filter(run_id=run).order_by("pk").values()) == before


def test_bob_is_told_over_the_api_and_charlie_is_not(people: People, run: str) -> None:
    client = Client()
    client.force_login(people.bob)  # type: ignore[arg-type]
    told = client.get(f"/api/v1/runs/{run}/resources").json()
    assert told["items"][0]["host"] == "three.example"
    assert "https://one.example/x" in client.get(f"/runs/{run}/nodes/a").text
    client.force_login(people.charlie)  # type: ignore[arg-type]
    assert client.get(f"/api/v1/runs/{run}/resources").status_code == 404
    with pytest.raises(NotVisible):
        list_resources(who=people.charlie, run_id=run)
    with pytest.raises(NotVisible):
        list_resources(who=people.bob, run_id=run, cursor="nonsense")
