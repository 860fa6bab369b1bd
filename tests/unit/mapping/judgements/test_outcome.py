"""Words, truths and numbers come to outcomes; what nothing says how to take is unsure."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from deliberation.vocabulary import VerdictOutcome
from ingest.mapping.judgements.outcome import ACCEPTED, REJECTED, outcome_of, word_of

ACCEPT, REJECT, UNSURE = VerdictOutcome.ACCEPT, VerdictOutcome.REJECT, VerdictOutcome.UNSURE


@pytest.mark.parametrize(
    ("criterion", "label", "outcome"),
    [
        ("correctness", "pass", ACCEPT),
        ("correctness", "Not relevant!", REJECT),
        ("correctness", True, ACCEPT),
        ("correctness", "no", REJECT),
        ("correctness", "FAILED", REJECT),
        ("correctness", "polite", UNSURE),
        ("correctness", "error", VerdictOutcome.ERROR),
        ("correctness", "timed out", VerdictOutcome.TIMEOUT),
        ("toxicity", "true", UNSURE),
        ("Hallucination", False, UNSURE),
        ("no_toxicity", "true", ACCEPT),
        ("PII free", False, REJECT),
        ("toxicity", "toxic", REJECT),
        ("hallucination", "hallucinated", REJECT),
        ("hallucination", "factual", ACCEPT),
    ],
)
def test_it_works(criterion: str, label: Any, outcome: VerdictOutcome) -> None:
    assert outcome_of(criterion, label=label) is outcome


@pytest.mark.parametrize(
    ("score", "threshold", "is_lower_better", "outcome"),
    [
        (0.7, None, False, UNSURE),
        (0.7, 0.7, False, ACCEPT),
        (0.69, 0.7, False, REJECT),
        (0.2, 0.5, True, ACCEPT),
        (0.9, 0.5, True, REJECT),
    ],
)
def test_a_number_needs_a_threshold(
    score: float, threshold: float | None, is_lower_better: bool, outcome: VerdictOutcome
) -> None:
    found = outcome_of("x", score=score, threshold=threshold, is_lower_better=is_lower_better)
    assert found is outcome


def test_a_word_stands_before_a_number_and_a_broken_judge_before_both() -> None:
    assert outcome_of("x", label="fail", score=1.0, threshold=0.5) is REJECT
    assert outcome_of("x", label="fail", has_failed=True) is VerdictOutcome.ERROR


def test_no_word_is_both_good_and_bad() -> None:
    assert not ACCEPTED & REJECTED
    assert all(word_of(word) == word for word in ACCEPTED | REJECTED)


@given(st.text() | st.booleans() | st.integers(), st.text())
def test_any_label_comes_to_an_outcome(label: Any, criterion: str) -> None:
    assert outcome_of(criterion, label=label) in VerdictOutcome
