"""The page of policies says what runs may spend: owners change it, others read it, for strangers nothing is there."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from tests.integration.build import make_project
from tests.integration.pages.test_control import text_of
from tests.integration.pages.test_pages import client_of
from tests.people import People, make_person
from traces.models import BudgetPolicy
from traces.models.access import Role

PAGE = "/projects/default/policies"
PUT = f"{PAGE}/budgets"
NIGHTLY = {
    "name": "nightly", "strategy": "best_of_n", "model": "", "tag": "ci", "replaces": "0",
    "soft_usd": "$0.40", "hard_usd": "0.50", "on_hit_model_calls": "pause", "hard_model_calls": "200",
}  # fmt: skip


def end_of(name: str, version: int) -> str:
    return f"{PUT}/{name}/{version}/end"


@pytest.fixture
def alice(people: People) -> Client:
    return client_of(people, "alice")


def test_it_works(alice: Client) -> None:
    answer = alice.post(PUT, NIGHTLY)
    assert (answer.status_code, answer["Location"]) == (303, PAGE)
    row = BudgetPolicy.objects.get()
    assert (row.strategy, row.model, row.tag, row.created_by) == (
        "best_of_n",
        None,
        "ci",
        "user:alice",
    )
    assert row.limits == {
        "usd": {"hard": "0.5", "soft": "0.4", "on_hit": "stop", "on_soft": "warn"},
        "model_calls": {"hard": "200", "on_hit": "pause", "on_soft": "warn"},
    }
    said = text_of(alice.get(PAGE).text)
    assert "nightly version 1 strategy best of n , tag ci" in said
    assert "cost warns at $0.40, stops at $0.50 model calls pauses at 200" in said


def test_a_change_is_filled_in_with_what_stands_and_leaves_a_history(alice: Client) -> None:
    alice.post(PUT, NIGHTLY)
    form = alice.get(PAGE, {"budget": "nightly"}).text
    assert 'name="soft_usd" value="0.4"' in form
    assert 'name="hard_model_calls" value="200"' in form
    assert 'name="replaces" value="1"' in form
    assert alice.post(PUT, NIGHTLY | {"hard_usd": "2", "replaces": "1"}).status_code == 303
    said = text_of(alice.get(PAGE).text)
    assert "stops at $2.00" in said
    assert "nightly: before version 2" in said
    assert "warns at $0.40, stops at $0.50" in said.partition("before version 2")[2]


def test_nobody_s_later_version_is_replaced_or_ended_unseen(people: People, alice: Client) -> None:
    alice.post(PUT, NIGHTLY)
    olga = Client()
    olga.force_login(make_person("olga", project=people.project, role=Role.OWNER))
    olga.post(PUT, NIGHTLY | {"hard_usd": "5", "replaces": "1"})
    late = alice.post(PUT, NIGHTLY | {"hard_usd": "1", "replaces": "1"})
    assert late.status_code == 400
    assert "in force as version 2, by user:olga" in text_of(late.text)
    missed = alice.post(end_of("nightly", 1))
    assert missed.status_code == 409
    assert "nightly@1 is not in force any more: user:olga ended it first" in text_of(missed.text)
    assert alice.post(end_of("nightly", 2)).status_code == 303
    assert not BudgetPolicy.objects.filter(ended_at=None).exists()
    assert alice.post(end_of("nightly", 9)).status_code == 404


@pytest.mark.parametrize("role", [Role.VIEWER, Role.REVIEWER, Role.OPERATOR])
def test_who_does_not_own_it_reads_and_may_not_change(
    people: People, alice: Client, role: Role
) -> None:
    alice.post(PUT, NIGHTLY)
    rita = Client()
    rita.force_login(make_person("rita", project=people.project, role=role))
    page = rita.get(PAGE).text
    assert "stops at $0.50" in text_of(page)
    assert "hard_usd" not in page
    assert rita.post(PUT, NIGHTLY | {"hard_usd": "9", "replaces": "1"}).status_code == 403
    assert rita.post(end_of("nightly", 1)).status_code == 403
    assert BudgetPolicy.objects.get().ended_at is None


def test_charlie_finds_nothing_and_an_owner_here_changes_nothing_there(
    people: People, alice: Client
) -> None:
    alice.post(PUT, NIGHTLY)
    charlie = client_of(people, "charlie")
    answers = [charlie.get(PUT), charlie.post(PUT, NIGHTLY), charlie.post(end_of("nightly", 1))]
    assert [each.status_code for each in answers] == [404] * 3
    make_project("other")
    assert alice.post("/projects/other/policies/budgets", NIGHTLY).status_code == 404
    assert BudgetPolicy.objects.get().ended_at is None


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"name": "No"}, "The name must be 1 to 50"), ({"strategy": "luck"}, "The strategy must be one of"),
        ({"hard_usd": "cheap"}, "The hard limit of cost must be a decimal number"),
        ({"hard_usd": "0,50"}, "The hard limit of cost must be a decimal number"),
        ({"hard_usd": "-1"}, "The hard limit of cost must be"),
        ({"hard_usd": "1e999999999"}, "The hard limit of cost must be"),
        ({"soft_usd": "2"}, "The soft limit of cost must not be above"),
        ({"on_hit_usd": "explode"}, "The word for the hard limit of cost must be one of"),
        ({"soft_usd": "", "hard_usd": "", "hard_model_calls": ""}, "Name at least one limit."),
        ({"tag": "a\x00b"}, "The tag must have 1 to"), ({"hard_usd": "1\x00"}, "The hard limit of cost must be"),
    ],
)  # fmt: skip
def test_what_is_no_policy_is_told_in_a_sentence(
    alice: Client, change: dict[str, Any], sentence: str
) -> None:
    answer = alice.post(PUT, NIGHTLY | change)
    assert answer.status_code == 400
    assert sentence in text_of(answer.text)
    assert not BudgetPolicy.objects.exists()


def test_words_of_others_are_shown_as_text(alice: Client) -> None:
    alice.post(PUT, NIGHTLY | {"tag": '"><script>alert(1)</script>'})
    for address in (PAGE, f"{PAGE}?budget=nightly"):
        assert "<script>alert(1)" not in alice.get(address).text
