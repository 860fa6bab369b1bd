"""Our own attributes, on any span."""

from __future__ import annotations

from typing import Any

from deliberation.events import (
    AnswerSelected,
    CandidateProposed,
    FateDecided,
    NodeObserved,
    NodeScored,
    VerdictGiven,
)
from deliberation.vocabulary import DiscardReason, Fate, NodeKind, VerdictOutcome, VerifierKind
from ingest.mapping import map_span
from tests.unit.mapping.making import PARENT, RUN, SPAN, make_span, only


def events_of(attributes: dict[str, Any]) -> list[Any]:
    return list(map_span(make_span(attributes), RUN))


def test_it_works() -> None:
    events = events_of(
        {
            "gen_ai.operation.name": "chat",
            "deliberation.kind": "sample",
            "deliberation.rank": 3,
            "deliberation.candidate": "42",
            "deliberation.cluster": "42",
            "deliberation.votes": "5",
            "deliberation.value": 0.25,
            "deliberation.visits": 7,
            "deliberation.fate": "discarded",
            "deliberation.reason": "outvoted",
            "deliberation.by": "majority",
        }
    )
    node = only(events, NodeObserved)
    assert (node.node_kind, node.rank) == (NodeKind.SAMPLE, 3)
    candidate = only(events, CandidateProposed)
    assert (candidate.node, candidate.answer, candidate.votes) == (SPAN, "42", 5)
    score = only(events, NodeScored)
    assert (score.value, score.visits) == (0.25, 7)
    fate = only(events, FateDecided)
    assert (fate.fate, fate.reason) == (Fate.DISCARDED, DiscardReason.OUTVOTED)
    assert (fate.by, fate.value) == ("majority", 0.25)
    assert len({event.key for event in events}) == len(events) == 4


def test_a_verification_judges_its_parent() -> None:
    verdict = only(
        events_of(
            {
                "deliberation.kind": "verification",
                "deliberation.verdict": "reject",
                "deliberation.verdict.verifier": "pytest",
                "deliberation.verdict.kind": "unit_test",
                "deliberation.verdict.score": "0.5",
            }
        ),
        VerdictGiven,
    )
    assert (verdict.node, verdict.by_node) == (PARENT, SPAN)
    assert (verdict.outcome, verdict.score) == (VerdictOutcome.REJECT, 0.5)
    assert (verdict.verifier, verdict.verifier_kind) == ("pytest", VerifierKind.UNIT_TEST)


def test_a_verdict_on_a_sample_judges_the_sample() -> None:
    verdict = only(events_of({"deliberation.verdict": "accept"}), VerdictGiven)
    assert (verdict.node, verdict.by_node, verdict.verifier) == (SPAN, None, "work")


def test_the_chosen_node_says_so() -> None:
    chosen = only(
        events_of({"deliberation.selected": True, "deliberation.margin": 2}), AnswerSelected
    )
    assert (chosen.node, chosen.margin) == (SPAN, 2.0)
    assert len(events_of({"deliberation.selected": False})) == 1


def test_words_that_are_not_of_the_list_decide_nothing() -> None:
    events = events_of(
        {"deliberation.fate": "lost", "deliberation.verdict": 7, "deliberation.kind": ""}
    )
    assert [type(event) for event in events] == [NodeObserved]
