"""A root that never arrives is shown as such, with what waits for it under it; one that comes takes its place."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from tests.integration.build import new_run, observed, put_on_record
from tests.integration.otlp import CHILD, OTHER, ROOT, TRACE, send, span, traces
from tests.integration.test_quiet_runs import QUIET, sweep
from tests.people import People
from traces.models import Node, Run


@pytest.fixture
def bob(people: People) -> Client:
    client = Client()
    client.force_login(people.bob)  # type: ignore[arg-type]
    return client


def text_of(page: str) -> str:
    return " ".join(re.sub(r"<[^>]+>", " ", page.partition("<main")[2] or page).split())


def bones(bob: Client, run: Run, after: int = -1) -> dict[str, Any]:
    found: dict[str, Any] = bob.get(f"{reverse('tree-bones', args=[run.pk])}?after={after}").json()
    return found


def rows_of(found: dict[str, Any]) -> list[tuple[int, int, str]]:
    columns, kinds = found["columns"], found["names"]["kind"]
    triples = zip(columns["ordinal"], columns["parent"], columns["kind"], strict=True)
    return [(ordinal, parent, kinds[kind]) for ordinal, parent, kind in triples]


def test_it_works(people: People, bob: Client) -> None:
    send(people.project, traces(span(CHILD, ROOT), span(OTHER, CHILD)))
    run = Run.objects.get()
    page = text_of(bob.get(reverse("run", args=[run.pk])).text)
    assert "root not received" in page
    assert "1 node without its parent" in page
    assert f"trace {TRACE[:8]}" in page
    assert rows_of(bones(bob, run)) == [(0, -1, "not_received"), (1, 0, "step"), (2, 1, "step")]
    row = bob.get(f"{reverse('tree-rows', args=[run.pk])}?nodes=0,1").text
    assert "root not received" in text_of(row)
    assert f'data-node-url="{reverse("run-absent", args=[run.pk])}"' in row
    panel = text_of(bob.get(reverse("run-absent", args=[run.pk])).text)
    assert "1 node names a parent that nobody has reported here." in panel
    assert f"{ROOT} by 1 node" in panel


def test_a_root_that_comes_takes_its_place(people: People, bob: Client) -> None:
    send(people.project, traces(span(CHILD, ROOT)))
    run = Run.objects.get()
    before = bones(bob, run)
    send(people.project, traces(span(ROOT, name="asked")))
    page = text_of(bob.get(reverse("run", args=[run.pk])).text)
    assert "not received" not in page
    assert "asked" in page
    root = Node.objects.get(node_id=ROOT).ordinal
    assert rows_of(bones(bob, run)) == [(1, root, "step"), (root, -1, "step")]
    assert rows_of(bones(bob, run, before["seq"])) == [(1, root, "step"), (root, -1, "step")]
    assert "not received" not in bob.get(f"{reverse('tree-rows', args=[run.pk])}?nodes=0").text
    assert "has been received" in bob.get(reverse("run-absent", args=[run.pk])).text


def test_a_run_with_a_root_may_lack_another_parent(people: People, bob: Client) -> None:
    send(people.project, traces(span(ROOT, name="asked"), span(OTHER, CHILD)))
    run = Run.objects.get()
    assert "root not received" not in bob.get(reverse("run", args=[run.pk])).text
    row = bob.get(f"{reverse('tree-rows', args=[run.pk])}?nodes=0").text
    assert "parent not received" in text_of(row)


def test_the_plain_outline_has_the_line_too(people: People, bob: Client) -> None:
    send(people.project, traces(span(CHILD, ROOT), span(OTHER, ROOT)))
    run = Run.objects.get()
    said = text_of(bob.get(reverse("run-outline", args=[run.pk])).text)
    assert "root not received 2 nodes name it" in said
    assert said.count(" 2 ○") == 2, "both stand one level below"


def test_a_run_that_lacks_its_root_is_not_stuck(people: People, bob: Client) -> None:
    send(people.project, traces(span(CHILD, ROOT)))
    sweep(QUIET + 1)
    page = text_of(bob.get(reverse("run", args=[Run.objects.get().pk])).text)
    assert "ended (inferred: nothing heard for 15 min)" in page
    assert "root not received" in page


def test_native_runs_have_no_root_to_lack(people: People, bob: Client) -> None:
    run = new_run()
    put_on_record(people.project, observed(run, "a", parent="b"))
    assert "root not received" not in bob.get(reverse("run", args=[run])).text
    row = bob.get(f"{reverse('tree-rows', args=[run])}?nodes=0").text
    assert "parent not received" in text_of(row)
