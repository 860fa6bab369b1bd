"""Links of spans into other traces lead to the other run and back, whichever comes first; and one run over services."""

from __future__ import annotations

from itertools import permutations
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from tests.integration.build import NOW_NS, SECOND, make_project, new_run, put_on_record, started
from tests.integration.otlp import CHILD, OTHER, ROOT, TRACE, send, span, traces
from tests.people import People
from traces.models import Link, Node, Run
from traces.queries.access import NotVisible, Viewer
from traces.queries.trace_links import linked_runs, list_links

FIRST, SECOND_TRACE = "11" * 16, "22" * 16


@pytest.fixture
def viewer() -> Viewer:
    return Viewer(project_ids=frozenset({make_project().pk}))


@pytest.fixture
def bob(people: People) -> Client:
    client = Client()
    client.force_login(people.bob)  # type: ignore[arg-type]
    return client


def linking() -> list[Any]:
    """Two traces: the second one's root links to a node of the first."""
    return [
        traces(span(ROOT, traceId=FIRST, name="asked"), span(CHILD, ROOT, traceId=FIRST)),
        traces(span(OTHER, traceId=SECOND_TRACE, name="answered", links=[(FIRST, CHILD)])),
    ]


def run_of(trace: str) -> Run:
    return Run.objects.get(trace_id=trace)


def seen(viewer: Viewer, trace: str) -> list[tuple[bool, str, str, str | None, bool]]:
    found = list_links(who=viewer, run_id=run_of(trace).pk)
    return [
        (each.is_outgoing, each.node_id, each.other_node, each.run and each.run.name,
         each.ordinal is not None)
        for each in found
    ]  # fmt: skip


def test_it_works(viewer: Viewer) -> None:
    send(make_project(), *linking())
    assert seen(viewer, SECOND_TRACE) == [(True, OTHER, CHILD, "asked", True)]
    assert seen(viewer, FIRST) == [(False, CHILD, OTHER, "answered", True)]


def test_either_may_come_first_and_a_link_that_is_told_twice_is_one(viewer: Viewer) -> None:
    send(make_project(), linking()[1])
    assert seen(viewer, SECOND_TRACE) == [(True, OTHER, CHILD, None, False)]
    again = span(OTHER, traceId=SECOND_TRACE, links=[(FIRST, CHILD)], attributes={"more": "x"})
    send(make_project(), traces(again), linking()[0])
    assert seen(viewer, SECOND_TRACE) == [(True, OTHER, CHILD, "asked", True)]
    assert Link.objects.count() == 1


def test_links_of_one_node_are_its_own(viewer: Viewer) -> None:
    send(make_project(), *linking())
    first = run_of(FIRST).pk
    assert len(list_links(who=viewer, run_id=first, node_id=CHILD)) == 1
    assert list_links(who=viewer, run_id=first, node_id=ROOT) == []


def test_many_links_between_two_runs_are_told_once_with_their_number(viewer: Viewer) -> None:
    links = [(FIRST, ROOT), (FIRST, CHILD), ("33" * 16, CHILD)]
    send(make_project(), linking()[0], traces(span(OTHER, traceId=SECOND_TRACE, links=links)))
    to = linked_runs(who=viewer, run_id=run_of(SECOND_TRACE).pk).to
    assert [(each.run and each.run.name, each.trace_id, each.links) for each in to] == [
        ("asked", FIRST, 2),
        (None, "33" * 16, 1),
    ]


def test_a_link_leads_into_no_other_project(viewer: Viewer) -> None:
    send(make_project("other"), linking()[0])
    send(make_project(), linking()[1])
    assert seen(viewer, SECOND_TRACE) == [(True, OTHER, CHILD, None, False)]
    theirs = Viewer(project_ids=frozenset({make_project("other").pk}))
    assert seen(theirs, FIRST) == []
    with pytest.raises(NotVisible):
        list_links(who=viewer, run_id=run_of(FIRST).pk)


def test_pages_lead_from_one_run_to_the_other(people: People, bob: Client) -> None:
    send(people.project, *linking())
    first, second = run_of(FIRST), run_of(SECOND_TRACE)
    page = bob.get(reverse("run", args=[second.pk])).text
    assert "Links to" in page
    assert f'href="{reverse("run", args=[first.pk])}"' in page
    assert "Linked from" in bob.get(reverse("run", args=[first.pk])).text
    node = Node.objects.get(run_id=first.pk, node_id=CHILD)
    panel = bob.get(reverse("node", args=[second.pk, OTHER])).text
    assert f'href="{reverse("run", args=[first.pk])}#node={node.ordinal}"' in panel
    assert "linked from" in bob.get(reverse("node", args=[first.pk, CHILD])).text


def test_a_trace_that_is_not_here_is_named_and_leads_nowhere(people: People, bob: Client) -> None:
    send(people.project, linking()[1])
    page = bob.get(reverse("run", args=[run_of(SECOND_TRACE).pk])).text
    assert FIRST in page
    assert "not received here" in page


def test_the_api_lists_them(people: People, bob: Client) -> None:
    send(people.project, *linking())
    first, second = run_of(FIRST), run_of(SECOND_TRACE)
    [link] = bob.get(f"/api/v1/runs/{second.pk}/links").json()["items"]
    assert link == {
        "direction": "to", "kind": "links", "node_id": OTHER, "trace_id": FIRST,
        "run_id": str(first.pk), "other_node_id": CHILD,
    }  # fmt: skip
    [back] = bob.get(f"/api/v1/runs/{first.pk}/links").json()["items"]
    assert (back["direction"], back["run_id"]) == ("from", str(second.pk))
    charlie = Client()
    charlie.force_login(people.charlie)  # type: ignore[arg-type]
    assert charlie.get(f"/api/v1/runs/{first.pk}/links").status_code == 404


def test_a_run_that_is_no_trace_has_no_links(people: People, bob: Client) -> None:
    run = new_run()
    put_on_record(people.project, started(run, "a"))
    assert bob.get(f"/api/v1/runs/{run}/links").json()["items"] == []


def test_a_run_spread_over_two_services_and_three_posts_is_one_run() -> None:
    shop = traces(span(ROOT, name="shop"), service="shop")
    call = traces(span(CHILD, ROOT, kind=3, name="POST /ask"), service="shop")
    served = {"kind": 2, "name": "POST /ask", "endTimeUnixNano": str(NOW_NS + 9 * SECOND)}
    agent = traces(span(OTHER, CHILD, **served), service="agent")
    told = []
    for number, order in enumerate(permutations([shop, call, agent])):
        project = make_project(f"p{number}")
        send(project, *order)
        run = Run.objects.get(project=project)
        nodes = Node.objects.filter(run_id=run.pk).values_list("node_id", "parent_id", "name")
        told.append((run.name, run.observed_state, run.nodes, run.orphans, sorted(nodes)))
        assert run.trace_id == TRACE
    assert told == [told[0]] * 6
    assert told[0][:4] == ("shop", "completed", 3, 0)
