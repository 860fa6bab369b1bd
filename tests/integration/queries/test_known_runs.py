"""Which runs returned a right answer is concluded once: analytics and accuracy against cost say the same."""

from __future__ import annotations

import uuid
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from deliberation.events import AnswerSelected, CandidateProposed, Event, FateDecided, VerdictGiven
from deliberation.vocabulary import (
    DiscardReason,
    Fate,
    NodeKind,
    Usage,
    VerdictOutcome,
    VerifierKind,
)
from tests.integration.build import NOW_NS, make_event, new_run, observed, put_on_record
from tests.integration.queries.over_runs import concluded
from tests.people import People, make_project
from traces.models import Project
from traces.queries import judged_runs
from traces.queries.access import Viewer
from traces.queries.known_right import Basis, read_outcomes

ACCEPT, REJECT, UNSURE = VerdictOutcome.ACCEPT, VerdictOutcome.REJECT, VerdictOutcome.UNSURE
TESTS = {"verifier_kind": VerifierKind.UNIT_TEST}
KEY = {"verifier": "key", "saw_reference": True}


def said(run: str, node: str, outcome: VerdictOutcome, **facts: Any) -> Event:
    return make_event(
        VerdictGiven, run, **{"node": node, "outcome": outcome, "verifier": "v", **facts}
    )


def proposed(run: str, *nodes: str, **facts: Any) -> list[Event]:
    """Candidates of different answers, each a call under the root."""
    told: list[Event] = [observed(run, "root", node_kind=NodeKind.AGENT)]
    for node in nodes:
        told += [
            observed(run, node, parent="root", node_kind=NodeKind.SAMPLE),
            make_event(CandidateProposed, run, node=node, answer=node, **facts),
        ]
    return told


def chosen(run: str, node: str = "a") -> Event:
    return make_event(AnswerSelected, run, node=node)


def conclude(people: People, run: str, *events: Event) -> bool | None:
    put_on_record(people.project, *events)
    return concluded(people.bob)[run]


@pytest.fixture
def run() -> str:
    return new_run()


def test_it_works(people: People) -> None:
    right, wrong, unknown = new_run(), new_run(), new_run()
    for run, correct in ((right, True), (wrong, False), (unknown, None)):
        put_on_record(people.project, *proposed(run, "a", "b", correct=correct), chosen(run))
    assert concluded(people.bob) == {right: True, wrong: False, unknown: None}
    assert concluded(people.charlie) == {}


def test_an_only_candidate_is_what_was_returned(people: People, run: str) -> None:
    assert conclude(people, run, *proposed(run, "a", correct=True)) is True


def test_of_several_candidates_nobody_knows_which_was_returned(people: People, run: str) -> None:
    assert conclude(people, run, *proposed(run, "a", "b", correct=True)) is None


def test_a_candidate_that_was_thrown_away_was_not_returned(people: People, run: str) -> None:
    gone = make_event(
        FateDecided, run, node="a", fate=Fate.DISCARDED, reason=DiscardReason.VERIFIER_REJECTED
    )
    assert conclude(people, run, *proposed(run, "a", correct=True), gone) is None


def test_two_accounts_of_one_sample_are_one_candidate(people: People, run: str) -> None:
    call = {
        "node_kind": NodeKind.MODEL_CALL,
        "usage": Usage(input=1, output=1),
        "instrumentation": "i",
    }
    events = [
        observed(run, "outer", **call),
        observed(run, "inner", parent="outer", **call),
        *(
            event
            for call_id in ("outer", "inner")
            for event in (
                observed(run, f"{call_id}.0", parent=call_id, node_kind=NodeKind.SAMPLE),
                make_event(CandidateProposed, run, node=f"{call_id}.0", answer="4", correct=True),
            )
        ),
    ]
    assert conclude(people, run, *events) is True


def test_a_key_s_word_on_the_whole_counts_where_it_said_nothing_of_what_was_returned(
    people: People, run: str
) -> None:
    tested = said(run, "a", ACCEPT, **TESTS)
    events = [*proposed(run, "a", "b"), chosen(run), tested, said(run, "root", REJECT, **KEY)]
    assert conclude(people, run, *events) is False
    assert conclude(people, run, said(run, "a", ACCEPT, **KEY)) is True
    assert conclude(people, run, said(run, "b", REJECT, **KEY)) is True


def test_tests_of_a_run_as_a_whole_are_asked_last(people: People, run: str) -> None:
    root_failed = said(run, "root", REJECT, **TESTS)
    assert conclude(people, run, *proposed(run, "a"), root_failed) is False
    assert conclude(people, run, said(run, "a", ACCEPT, **TESTS)) is True


def test_where_one_rank_disagrees_the_next_is_asked(people: People, run: str) -> None:
    keys = [said(run, "a", each, **KEY | {"verifier": each.value}) for each in (ACCEPT, REJECT)]
    tested = said(run, "a", REJECT, **TESTS)
    assert conclude(people, run, *proposed(run, "a"), *keys) is None
    assert conclude(people, run, tested) is False
    assert conclude(people, run, said(run, "root", ACCEPT, **KEY)) is True


def test_the_latest_word_of_a_verifier_stands_whenever_it_came(people: People, run: str) -> None:
    later = said(run, "a", REJECT, **TESTS, at=NOW_NS + 9)
    earlier = said(run, "a", ACCEPT, **TESTS, at=NOW_NS)
    assert conclude(people, run, *proposed(run, "a"), later, earlier) is False
    assert conclude(people, run, said(run, "a", UNSURE, **TESTS, at=NOW_NS + 10)) is None


def test_a_node_is_no_witness_of_itself_and_a_judge_proves_nothing(
    people: People, run: str
) -> None:
    own = said(run, "a", ACCEPT, **TESTS, by_node="a")
    judge = said(run, "a", ACCEPT, verifier="judge", verifier_kind=VerifierKind.LLM_JUDGE)
    assert conclude(people, run, *proposed(run, "a"), own, judge) is None


def test_an_answer_like_a_right_one_makes_a_node_right_and_no_run(people: People, run: str) -> None:
    events = proposed(run, "a", "b")
    like = [
        make_event(CandidateProposed, run, node=node, normalised="4", normaliser="n@1")
        for node in "ab"
    ]
    right = make_event(CandidateProposed, run, node="b", correct=True)
    assert conclude(people, run, *events, *like, right, chosen(run)) is None
    assert read_outcomes(uuid.UUID(run)).right["a"].basis is Basis.SAME_ANSWER


def test_a_run_with_more_samples_than_are_read_still_is_right(
    people: People, run: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(judged_runs, "MOST_SAMPLES", 1)
    assert conclude(people, run, *proposed(run, "a", "b", correct=True), chosen(run)) is True


words = st.lists(
    st.tuples(
        st.sampled_from(["v", "w"]),
        st.sampled_from([ACCEPT, ACCEPT, REJECT, UNSURE]),
        st.sampled_from([True, False, None]),
        st.sampled_from([VerifierKind.UNIT_TEST, VerifierKind.ORM]),
        st.integers(0, 2),
    ),
    max_size=4,
)


def record(
    project: Project, correct: bool | None, is_named: bool, of: dict[str, list[Any]]
) -> uuid.UUID:
    """A run that returned "a": as its only candidate, or as the one of two that it names."""
    run = new_run()
    put_on_record(
        project,
        *proposed(run, *("ab" if is_named else "a"), correct=correct),
        *([chosen(run)] if is_named else []),
        *(
            said(
                run,
                node,
                outcome,
                verifier=name,
                saw_reference=saw,
                verifier_kind=kind,
                at=NOW_NS + late,
            )
            for node, given_words in of.items()
            for name, outcome, saw, kind, late in given_words
        ),
    )
    return uuid.UUID(run)


@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    correct=st.sampled_from([True, False, None, None]),
    is_named=st.booleans(),
    of_returned=words,
    of_other=words,
)
def test_a_run_is_right_where_the_node_is_that_it_returned(
    db: None, correct: bool | None, is_named: bool, of_returned: list[Any], of_other: list[Any]
) -> None:
    project = make_project()
    of = {"a": of_returned, "b": of_other} if is_named else {"a": of_returned}
    run = record(project, correct, is_named, of)
    own = read_outcomes(run)
    expected = True if "a" in own.right else False if "a" in own.wrong else None
    assert concluded(Viewer(project_ids=frozenset({project.pk})))[str(run)] is expected
