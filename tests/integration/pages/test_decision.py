"""How a run came to its answer: against what was spent, and "not recorded" where nothing says it."""

from __future__ import annotations

import json
from collections import Counter
from decimal import Decimal
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command
from django.test import Client
from django.urls import reverse

from deliberation.events import AnswerSelected, CandidateProposed, EdgeDrawn, RunEnded, RunStarted
from deliberation.vocabulary import (
    Cost,
    CostBasis,
    CostProvenance,
    EdgeKind,
    NodeKind,
    ObservedState,
    Strategy,
)
from tests.integration.build import NOW_NS, SECOND, make_event, new_run, observed, put_on_record
from tests.people import People
from traces.models import Run

SEARCHES = (
    Path(__file__).resolve().parents[4] / "shared" / "data" / "tot_game24" / "tot_bfs_b5.json"
)


@pytest.fixture
def bob(people: People) -> Client:
    client = Client()
    client.force_login(people.bob)
    return client


def sample(run: str, at: int, answer: str, **facts: Any) -> list[Any]:
    """A sample that is over after `at` seconds and cost ten cents, and its answer."""
    told = {
        "node_kind": NodeKind.MODEL_CALL,
        "started_at": NOW_NS + (at - 1) * SECOND,
        "ended_at": NOW_NS + at * SECOND,
        "cost": Cost(amount=Decimal("0.10"), provenance=CostProvenance.REPORTED),
        "cost_basis": CostBasis.MEASURED,
        **facts,
    }
    return [
        observed(run, f"s{at}", **told),
        make_event(CandidateProposed, run, node=f"s{at}", answer=answer, at=NOW_NS + at * SECOND),
    ]


def decided(client: Client, run: str) -> Any:
    answer = client.get(f"/api/v1/runs/{run}/decision")
    assert answer.status_code == 200, answer.content
    return answer.json()


@pytest.fixture
def run(people: People) -> str:
    """Votes: a, then b leads from the third on, then a again from the fifth; the sixth changes nothing."""
    made = new_run()
    answers = ["a", "b", "b", "a", "a", "b"]
    put_on_record(
        people.project,
        make_event(RunStarted, made, strategy=Strategy.SELF_CONSISTENCY),
        *(event for at, answer in enumerate(answers, 1) for event in sample(made, at, answer)),
        make_event(EdgeDrawn, made, edge=EdgeKind.RESUMES, source="s4", target="s1"),
        make_event(AnswerSelected, made, node="s1", rule="majority"),
        make_event(RunEnded, made, state=ObservedState.COMPLETED, answer="a"),
    )
    return made


def test_it_works(bob: Client, run: str) -> None:
    found = decided(bob, run)
    told = ("dimension", "clock", "rule", "returned", "total", "flips", "first_there")
    assert [found[name] for name in told] == ["usd", "time", "votes", "a", "0.6", 2, "0.1"]
    assert (found["last_useful"], found["spent_after"]) == ("0.5", "0.1")
    assert [(lead["answer"], lead["spent"]) for lead in found["leads"]] == [
        ("a", "0.1"),
        ("b", "0.3"),
        ("a", "0.5"),
    ]
    assert [(mark["kind"], mark["spent"]) for mark in found["done"]] == [("resumed", "0.3")]
    assert found["not_recorded"] == []


def test_the_page_says_it_in_words(bob: Client, run: str) -> None:
    page = bob.get(reverse("run-decision", args=[run])).text
    assert "$0.50 <span" in page
    assert "among 6 answers" in page
    assert "resumed" in page
    figure = bob.get(reverse("figure-decision", args=[run])).json()
    assert figure["said"] == (
        "Best by the most votes so far: 2 answer flips among 6 answers."
        " The returned answer stood fast at $0.50; $0.10 were spent after that."
    )
    assert figure["layout"]["shapes"][0]["x0"] == 0.5


def test_a_later_word_on_an_answer_does_not_make_it_later(people: People, bob: Client) -> None:
    run = new_run()
    late = make_event(
        CandidateProposed, run, node="s1", answer="a", correct=True, at=NOW_NS + 99 * SECOND
    )
    put_on_record(
        people.project,
        *sample(run, 1, "a"),
        *sample(run, 2, "b"),
        late,
        make_event(AnswerSelected, run, node="s2"),
    )
    found = decided(bob, run)
    assert [(each["answer"], each["spent"]) for each in found["answers"]] == [
        ("a", "0.1"),
        ("b", "0.2"),
    ]
    assert (found["rule"], found["last_useful"], found["spent_after"]) == ("latest", "0.2", "0")


def test_where_another_answer_is_best_at_the_end_nothing_is_made_up(
    people: People, bob: Client
) -> None:
    run = new_run()
    put_on_record(
        people.project,
        *sample(run, 1, "a"),
        *sample(run, 2, "b"),
        make_event(AnswerSelected, run, node="s1"),
    )
    found = decided(bob, run)
    assert (found["first_there"], found["last_useful"], found["spent_after"]) == ("0.1", None, None)
    assert "another answer was the best at the end" in " ".join(found["not_recorded"])


def test_without_money_and_tokens_spending_is_calls(people: People, bob: Client) -> None:
    run = new_run()
    bare = {"cost": None, "cost_basis": None}
    put_on_record(
        people.project,
        *sample(run, 1, "a", **bare),
        *sample(run, 2, "a", **bare),
        make_event(AnswerSelected, run, node="s1"),
    )
    found = decided(bob, run)
    assert (found["dimension"], found["last_useful"], found["spent_after"]) == (
        "model_calls",
        "1",
        "1",
    )


def test_without_a_time_the_ledger_s_order_stands_in_and_says_so(
    people: People, bob: Client
) -> None:
    run = new_run()
    put_on_record(
        people.project,
        *sample(run, 1, "a", started_at=None, ended_at=None),
        *sample(run, 2, "b"),
        make_event(AnswerSelected, run, node="s2"),
    )
    found = decided(bob, run)
    assert (found["clock"], found["last_useful"]) == ("ledger", "0.2")
    assert "order of the ledger" in " ".join(found["not_recorded"])


def test_a_run_that_tells_nothing_says_so_and_never_zero(people: People, bob: Client) -> None:
    run = new_run()
    put_on_record(people.project, make_event(RunStarted, run))
    found = decided(bob, run)
    assert {found[name] for name in ("total", "flips", "first_there", "last_useful")} == {None}
    page = bob.get(reverse("run-decision", args=[run])).text
    assert page.count("not recorded</span>") == 4
    figure = bob.get(reverse("figure-decision", args=[run])).json()
    assert figure["said"].startswith("Not recorded: ")


@pytest.mark.skipif(not SEARCHES.is_file(), reason="the public logs are not here (../shared/data)")
def test_a_public_search_that_names_one_total_tells_no_moment(
    people: People, bob: Client, tmp_path: Path
) -> None:
    case = json.loads(SEARCHES.read_text())[0]
    (tmp_path / "one.json").write_text(json.dumps([case]))
    call_command("import_traces", str(tmp_path), stdout=StringIO(), stderr=StringIO())
    found = decided(bob, str(Run.objects.get().id))
    assert (found["dimension"], found["last_useful"]) == (None, None)
    assert len(found["answers"]) == len(case["ys"])
    assert "no node says what it spent" in " ".join(found["not_recorded"])


@pytest.mark.skipif(not SEARCHES.is_file(), reason="the public logs are not here (../shared/data)")
def test_flips_of_a_hundred_public_samples_are_those_of_a_plain_recount(
    people: People, bob: Client, tmp_path: Path
) -> None:
    cases = json.loads(SEARCHES.with_name("cot_100.json").read_text())[:3]
    (tmp_path / "some.json").write_text(json.dumps(cases))
    call_command("import_traces", str(tmp_path), stdout=StringIO(), stderr=StringIO())
    runs = [str(run.id) for run in Run.objects.all()]
    assert len(runs) == 3
    for run in runs:
        found = decided(bob, run)
        assert (found["rule"], len(found["answers"])) == ("votes", 100)
        assert found["flips"] == recounted([each["answer"] for each in found["answers"]])


def recounted(answers: list[str]) -> int:
    """How many times the most voted answer changed, counting all anew after each sample."""
    leaders: list[str] = []
    for end in range(1, len(answers) + 1):
        votes = Counter(answers[:end])
        if not leaders or votes[leaders[-1]] < max(votes.values()):
            leaders.append(max(votes, key=votes.__getitem__))
    return len(leaders) - 1
