"""A span that is announced when it begins is a running row at once, and its end takes that row's place."""

from __future__ import annotations

from itertools import permutations
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from ingest import process
from tests.integration.build import NOW_NS, SECOND, make_project
from tests.integration.otlp import CHILD, OTHER, ROOT, send, span, traces
from tests.integration.pages.test_absent import text_of
from tests.integration.test_rebuild import rebuild_changes_nothing
from tests.people import People
from traces.models import Node, Run

NO_PARENT = "0" * 16
RUNNING = 2


def pending(announced: str, parent: str | None, *, own: str, name: str) -> dict[str, Any]:
    """What Logfire sends when a span begins: a span of no length, under the one that it announces."""
    said = {"logfire.span_type": "pending_span", "logfire.pending_parent_id": parent or NO_PARENT}
    return span(own, announced, name=name, attributes=said, endTimeUnixNano=str(NOW_NS))


ANNOUNCED = [
    pending(ROOT, None, own="a0" * 8, name="agent run"),
    pending(CHILD, ROOT, own="b0" * 8, name="think"),
]
ENDED = [
    span(CHILD, ROOT, name="think", attributes={"logfire.span_type": "span"}),
    span(ROOT, name="agent run", endTimeUnixNano=str(NOW_NS + 3 * SECOND)),
]


@pytest.fixture
def bob(people: People) -> Client:
    client = Client()
    client.force_login(people.bob)  # type: ignore[arg-type]
    return client


def flags(bob: Client, run: Run, after: int = -1) -> dict[int, int]:
    bones = bob.get(f"{reverse('tree-bones', args=[run.pk])}?after={after}").json()["columns"]
    return dict(zip(bones["ordinal"], bones["flags"], strict=True))


def test_it_works(people: People, bob: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    poked: list[int] = []
    monkeypatch.setattr(process, "poke", lambda made: poked.extend(each.seq for each in made))
    send(people.project, traces(*ANNOUNCED))
    run = Run.objects.get()
    seq = run.size - 1
    assert seq in poked
    root, child = (Node.objects.get(node_id=name).ordinal for name in (ROOT, CHILD))
    assert flags(bob, run) == {root: RUNNING, child: RUNNING}
    page = text_of(bob.get(reverse("run", args=[run.pk])).text)
    assert "agent run" in page
    assert "not received" not in page
    assert "None yet" in page
    assert run.observed_state == "running"

    send(people.project, traces(*ENDED))
    run.refresh_from_db()
    assert run.size - 1 in poked
    assert flags(bob, run, seq) == {root: 0, child: 0}, "the same two rows, and no others"
    assert (run.observed_state, run.nodes, run.ended_ns) == ("completed", 2, NOW_NS + 3 * SECOND)
    assert "None recorded" in text_of(bob.get(reverse("run", args=[run.pk])).text)


def test_any_order_comes_to_the_same() -> None:
    told = []
    for number, order in enumerate(permutations([*ANNOUNCED, *ENDED])):
        project = make_project(f"p{number}")
        send(project, *(traces(each) for each in order))
        run = Run.objects.get(project=project)
        nodes = Node.objects.filter(run_id=run.pk).order_by("node_id")
        told.append((
            run.observed_state, run.nodes, run.orphans, run.ended_ns, run.name,
            list(nodes.values_list("node_id", "parent_id", "status", "started_ns", "ended_ns")),
        ))  # fmt: skip
        assert rebuild_changes_nothing(str(run.pk))
    assert told == [told[0]] * 24
    assert told[0][:3] == ("completed", 2, 0)


def test_one_whose_end_never_comes_stays_begun(people: People, bob: Client) -> None:
    send(people.project, traces(*ANNOUNCED), traces(ENDED[1]))
    child = Node.objects.get(node_id=CHILD)
    assert (child.status, child.ended_ns) == ("running", None)
    run = Run.objects.get()
    bones = bob.get(reverse("tree-bones", args=[run.pk])).json()
    assert (bones["is_over"], bones["columns"]["flags"]) == (True, [0, RUNNING])
    panel = text_of(bob.get(reverse("node", args=[run.pk, CHILD])).text)
    assert "begun, no end told" in panel


def test_a_node_under_one_that_is_only_announced_hangs_there(people: People) -> None:
    send(people.project, traces(*ANNOUNCED, span(OTHER, CHILD)))
    assert Run.objects.get().orphans == 0
