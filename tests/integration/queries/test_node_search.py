"""Nodes of a run are found by any word that was ever said of them."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.test import Client

from deliberation.events import NodeScored
from deliberation.vocabulary import NodeKind
from tests.integration.build import make_event, make_project, new_run, observed, put_on_record
from tests.people import People
from traces.queries import node_search
from traces.queries.access import NotVisible, Viewer
from traces.queries.node_search import Found, FoundNode, find_nodes

pytestmark = pytest.mark.django_db


def look(run: str, text: str, after: int = -1) -> Found:
    who = Viewer(project_ids=frozenset({make_project().pk}))
    return find_nodes(who=who, run_id=run, text=text, after=after)


def find(run: str, text: str) -> list[str]:
    """The nodes of all portions, as a patient asker gets them."""
    found: set[FoundNode] = set()
    after = -1
    while True:
        answer = look(run, text, after)
        found |= set(answer.nodes)
        if answer.next is None:
            break
        after = answer.next
    return [node.node_id for node in sorted(found)]


def tell(run: str, node: str = "a", **facts: Any) -> str:
    if "attributes" in facts:
        facts["attributes"] = json.dumps(facts["attributes"])
    put_on_record(make_project(), observed(run, node, **facts))
    return run


def test_it_works() -> None:
    run = tell(new_run(), attributes={"app.tenant": "acme", "gen_ai.request.seed": 7})
    tell(run, "b", attributes={"app.tenant": "other", "gen_ai.request.seed": 70})
    assert find(run, "acme") == ["a"]
    assert find(run, "APP.tenant") == ["a", "b"]
    assert find(run, "gen_ai.request.seed=70") == ["b"]
    assert find(run, "nowhere") == find(run, "  ") == []


@pytest.mark.parametrize(
    "word",
    ["café", "CAFÉ", 'say"so"', "back\\slash", "日本", "23456789012345678901234", "deep", "0.25"],
)
def test_a_value_is_found_however_json_writes_it(word: str) -> None:
    said = ["Café", 'say"so"', "back\\slash", "日本語", 23456789012345678901234, {"deep": 0.25}]
    escaped = observed(run := new_run(), "a", attributes=json.dumps({"key": said}))
    plain = observed(run, "b", attributes=json.dumps({"key": said}, ensure_ascii=False))
    put_on_record(make_project(), escaped, plain)
    assert find(run, word) == ["a", "b"]


def test_the_end_of_a_long_text_and_of_a_huge_attribute_are_found() -> None:
    run = tell(new_run(), input="x" * 500_000 + " needle-in-text")
    tell(run, "b", attributes={"blob": "y" * 5_000_000 + " needle-in-attribute"})
    assert find(run, "needle-in-text") == ["a"]
    assert find(run, "needle-in-attribute") == ["b"]
    assert find(run, "blob=needle-in-attribute") == ["b"]


def test_every_word_must_stand_in_the_node_and_they_may_stand_apart() -> None:
    run = tell(new_run(), name="plan the trip", model="gpt-4o", attributes={"city": "Oslo"})
    tell(run, "b", name="plan the trip", attributes={"city": "Rome"})
    put_on_record(make_project(), make_event(NodeScored, run, node="a", value=0.5, scorer="judge"))
    assert find(run, "plan oslo") == find(run, "gpt-4o city=oslo") == ["a"]
    assert find(run, "trip judge") == ["a"]
    assert find(run, "plan paris") == []


def test_facts_are_found_by_name_and_value_too() -> None:
    run = tell(new_run(), node_kind=NodeKind.MODEL_CALL, finish_reason="content_filter")
    tell(run, "b", parent="a", finish_reason="stop")
    assert find(run, "content_filter") == find(run, "finish_reason=filter") == ["a"]
    assert find(run, "finish_reason=") == []


def test_neither_salts_nor_names_of_parts_are_taken_for_words() -> None:
    run = tell(new_run(), input="hello", attributes={"k": "v"})
    assert find(run, "input") == find(run, "attributes") == find(run, "commit") == []


def test_a_long_run_is_looked_through_in_portions(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(node_search, "PORTION_ENTRIES", 3)
    run = new_run()
    events = [observed(run, f"n{n}", attributes=json.dumps({"n": f"w{n % 2}"})) for n in range(8)]
    put_on_record(make_project(), *events)
    first = look(run, "w1")
    assert (len(first.nodes), first.next) == (1, 2)
    assert find(run, "w1") == ["n1", "n3", "n5", "n7"]


def test_a_portion_has_a_bound_in_bytes_and_always_gets_on(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(node_search, "PORTION_BYTES", 1_000)
    run = tell(new_run(), attributes={"blob": "y" * 10_000 + " one"})
    tell(run, "b", attributes={"blob": "y" * 10_000 + " two"})
    assert look(run, "two").nodes == []
    assert find(run, "two") == ["b"]


def test_nobody_else_may_search() -> None:
    run = tell(new_run(), attributes={"k": "v"})
    with pytest.raises(NotVisible):
        find_nodes(who=Viewer(project_ids=frozenset()), run_id=run, text="v")


def test_the_page_and_the_api_search_alike(people: People) -> None:
    run = new_run()
    put_on_record(people.project, observed(run, "a", name="x", attributes='{"app.tenant":"acme"}'))
    client = Client()
    client.force_login(people.bob)  # type: ignore[arg-type]
    page = client.get(f"/runs/{run}/tree/search", {"q": "app.tenant=acme"}).json()
    assert page == {"ordinals": [1], "next": None, "has_more": False}
    answer = client.get(f"/api/v1/runs/{run}/search", {"q": "acme"}).json()
    assert answer == {
        "items": [{"id": "a", "ordinal": 1, "kind": "step", "name": "x"}],
        "next": None,
    }
    assert client.get(f"/runs/{run}/tree/search", {"q": "acme", "after": "x"}).status_code == 400
    client.force_login(people.charlie)  # type: ignore[arg-type]
    assert client.get(f"/api/v1/runs/{run}/search", {"q": "acme"}).status_code == 404
