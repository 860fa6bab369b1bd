"""What checkers give back is read by the names of its members, and anything else is no verdict."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from deliberation.vocabulary import VerdictOutcome, VerifierKind
from ingest.mapping.judgements.answers import read

MLFLOW = {
    "name": "correctness",
    "source": {"source_type": "LLM_JUDGE", "source_id": "gpt-4o"},
    "rationale": "right",
    "error": None,
    "feedback": {"value": "no", "error": None},
    "valid": True,
}


def said(value: Any, name: str = "check") -> list[tuple[str, str, str | None, float | None]]:
    text = value if isinstance(value, str) else json.dumps(value)
    return [
        (each.verifier, each.outcome.value, each.label, each.score) for each in read(text, name)
    ]


@pytest.mark.parametrize(
    ("given_back", "expected"),
    [
        (True, ("check", "accept", None, None)),
        ("false", ("check", "reject", None, None)),
        ("False", ("check", "reject", None, None)),
        (0.5, ("check", "unsure", None, 0.5)),
        ('"pass"', ("check", "accept", "pass", None)),
        ({"score": 0.2, "label": "incorrect"}, ("check", "reject", "incorrect", 0.2)),
        ({"score": 4, "threshold": 3}, ("check", "accept", None, 4.0)),
        ({"passed": True, "is_safe": False}, ("check", "reject", None, None)),
        ({"flagged": False}, ("check", "accept", None, None)),
        ({"key": "right", "score": 0, "value": "incorrect"}, ("right", "reject", "incorrect", 0.0)),
        ({"error": "no model"}, ("check", "error", None, None)),
        (MLFLOW, ("correctness", "reject", "no", None)),
    ],
)
def test_it_works(given_back: Any, expected: tuple[str, str, str | None, float | None]) -> None:
    assert said(given_back) == [expected]


@pytest.mark.parametrize(
    "given_back",
    ["a long text of an answer", {"documents": ["a"]}, [], {}, [1, 2], None, "", {"score": True}],
)
def test_what_is_no_judgement_is_none(given_back: Any) -> None:
    assert said(given_back) == []


def test_several_results_are_several_judgements() -> None:
    results = {"results": [{"key": "a", "score": 1}, {"key": "b", "value": "fail"}]}
    assert said(results) == [("a", "unsure", None, 1.0), ("b", "reject", "fail", None)]


def test_the_judge_and_the_reason_are_told() -> None:
    [judged] = read(json.dumps(MLFLOW), "x")
    assert (judged.kind, judged.rationale) == (VerifierKind.LLM_JUDGE, "right")


def test_a_guard_that_stopped_something_is_told_from_one_that_only_saw_it() -> None:
    [stopped], [seen] = read('{"blocked": true}', "g"), read('{"flagged": true}', "g")
    assert (stopped.outcome, stopped.has_blocked) == (VerdictOutcome.REJECT, True)
    assert (seen.outcome, seen.has_blocked) == (VerdictOutcome.REJECT, False)


INNER = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                ["score", "label", "value", "feedback", "results", "passed", "source", "name"]
            ),
            inner,
            max_size=4,
        )
    ),
    max_leaves=12,
)


@given(INNER)
def test_whatever_is_given_back_is_read_or_left(value: Any) -> None:
    for judged in read(json.dumps(value), "check"):
        assert judged.outcome in VerdictOutcome
