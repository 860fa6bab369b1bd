"""A view of a run's tree is an address: what may be asked there, and what is refused with a sentence."""

from __future__ import annotations

import pytest
from django.test import Client
from django.urls import reverse

from deliberation.events import FateDecided, NodeScored
from deliberation.vocabulary import DiscardReason, Fate, NodeKind
from tests.integration.build import make_event, new_run, put_on_record, started
from tests.people import People

ODD_ID = "a/b %2F\u202e"


@pytest.fixture
def run(people: People) -> str:
    made = new_run()
    put_on_record(
        people.project,
        started(made, ODD_ID, node_kind=NodeKind.EXPANSION, name="odd"),
        make_event(NodeScored, made, node=ODD_ID, value=0.25, scale_min=0.0, scale_max=1.0,
                   visits=12345, prior=0.5),
        make_event(FateDecided, made, node=ODD_ID, fate=Fate.DISCARDED,
                   reason=DiscardReason.OUTVOTED, by="vote"),
    )  # fmt: skip
    return made


@pytest.fixture
def bob(people: People) -> Client:
    client = Client()
    client.force_login(people.bob)
    return client


def test_it_works(bob: Client, run: str) -> None:
    view = (
        "fate=discarded,failed&reason=outvoted&verdict=none&kind=sample&cost_from=.5&show=all&q=x"
    )
    assert bob.get(f"{reverse('run', args=[run])}?{view}").status_code == 200


@pytest.mark.parametrize(
    ("asked", "sentence"),
    [
        ("fate=gone", "fate takes, with commas between them: open, selected"),
        ("fate=kept,", "fate takes"),
        ("reason=%00", "reason takes"),
        ("verdict=fine", "verdict takes, with commas between them: accept"),
        ("kind=thoughts", "kind takes"),
        ("verifier=%00", "verifier is no name of one."),
        ("show=none", "show must be one of: folded, all."),
        ("cost_from=-1", "cost_from is an amount of dollars."),
        ("cost_from=1e9", "cost_from is an amount"),
        ("cost_from=%D9%A1", "cost_from is an amount"),
        (f"q={'x' * 201}", "q has at most 200 characters."),
    ],
)
def test_what_is_no_question_is_refused_with_a_sentence(
    bob: Client, run: str, asked: str, sentence: str
) -> None:
    answer = bob.get(f"{reverse('run', args=[run])}?{asked}")
    assert answer.status_code == 400
    assert sentence in answer.content.decode()


def test_a_row_is_found_by_the_id_of_its_node(bob: Client, run: str) -> None:
    rows = reverse("tree-rows", args=[run])
    assert 'data-name="odd"' in bob.get(rows, {"node_id": ODD_ID}).content.decode()
    assert bob.get(rows, {"node_id": "\x00"}).status_code == 404


def test_who_may_not_see_the_run_finds_no_row_of_it(people: People, run: str) -> None:
    charlie = Client()
    charlie.force_login(people.charlie)
    assert charlie.get(reverse("tree-rows", args=[run]), {"node_id": ODD_ID}).status_code == 404


def test_value_with_its_scale_visits_and_prior_stand_in_the_row(bob: Client, run: str) -> None:
    rows = bob.get(reverse("tree-rows", args=[run]), {"node_id": ODD_ID}).content.decode()
    for shown in ("0.25", "on 0 to 1", "12.3k", "0.5"):
        assert shown in rows
    bones = bob.get(reverse("tree-bones", args=[run])).json()
    assert bones["columns"]["flags"] == [2 | 16 | 32 | 64 | 128]
