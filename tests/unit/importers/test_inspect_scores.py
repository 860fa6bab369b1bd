"""Scores of an Inspect sample become verdicts that say no more than the scorer did."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from deliberation.events import CandidateProposed, VerdictGiven
from deliberation.vocabulary import Independence, VerdictOutcome, VerifierKind
from ingest.importers.base import ImportedRun
from ingest.importers.inspect_eval import read
from tests.unit.importers.heard import assert_repeatable, nodes, only, told
from tests.unit.importers.inspect_logs import begin, end, event, model, sample, score, write_eval


def imported(folder: Path, *events: dict[str, Any], **changed: Any) -> ImportedRun:
    (run,) = read(write_eval(folder / "log.eval", sample(*events, **changed)))
    return run


def test_it_works(tmp_path: Path) -> None:
    run = imported(tmp_path)
    verdict = only(run, VerdictGiven)
    assert (verdict.node, verdict.verifier, verdict.by_node) == ("sample", "includes", "span:judge")
    assert (verdict.outcome, verdict.score) == (VerdictOutcome.ACCEPT, 1.0)
    assert (verdict.verifier_kind, verdict.independence, verdict.saw_reference) == (
        VerifierKind.CALCULATOR,
        Independence.DETERMINISTIC,
        True,
    )
    assert verdict.rationale == "found"
    assert json.loads(verdict.evidence or "")["answer"] == "42"
    assert only(run, CandidateProposed).correct is True


@pytest.mark.parametrize(
    ("value", "outcome", "number"),
    [
        ("C", VerdictOutcome.ACCEPT, 1.0),
        ("I", VerdictOutcome.REJECT, 0.0),
        ("P", VerdictOutcome.UNSURE, 0.5),
        ("N", VerdictOutcome.UNSURE, 0.0),
        (True, VerdictOutcome.ACCEPT, 1.0),
        (0.75, VerdictOutcome.UNSURE, 0.75),
        (1, VerdictOutcome.UNSURE, 1.0),
        (float("nan"), VerdictOutcome.UNSURE, None),
        ("good", VerdictOutcome.UNSURE, None),
        (["C", 1], VerdictOutcome.UNSURE, None),
        ({}, VerdictOutcome.UNSURE, None),
    ],
)
def test_only_yes_and_no_are_outcomes(
    tmp_path: Path, value: Any, outcome: VerdictOutcome, number: float | None
) -> None:
    run = imported(tmp_path, model(), scores={"mine": {"value": value}})
    verdict = only(run, VerdictGiven)
    assert (verdict.outcome, verdict.score, verdict.verifier_kind) == (outcome, number, None)
    assert_repeatable(run)


def test_a_score_of_several_values_is_a_verdict_for_each(tmp_path: Path) -> None:
    run = imported(tmp_path, model(), scores={"rubric": {"value": {"style": "C", "words": 16}}})
    assert [(each.verifier, each.score) for each in told(run, VerdictGiven)] == [
        ("rubric/style", 1.0),
        ("rubric/words", 16.0),
    ]


@pytest.mark.parametrize(
    ("grader", "independence"),
    [("openai/gpt-4o", Independence.SAME_MODEL), ("openai/o3", None)],
)
def test_a_scorer_that_calls_a_model_is_a_judge(
    tmp_path: Path, grader: str, independence: Independence | None
) -> None:
    run = imported(
        tmp_path,
        begin("judge", 7, type="scorer"),
        model(7.5, span="judge", model=grader),
        score("I", scorer="mine"),
        end("judge", 9),
        scores={"mine": {"value": "I"}},
    )
    verdict = only(run, VerdictGiven)
    assert (verdict.verifier_kind, verdict.independence) == (VerifierKind.LLM_JUDGE, independence)
    assert only(run, CandidateProposed).correct is None


def test_a_score_on_the_way_is_about_what_it_interrupted(tmp_path: Path) -> None:
    early = event("score", 2, "solve", score={"value": "I"}, intermediate=True, scorer="includes")
    run = imported(tmp_path, begin("solve", 0), early, end("solve", 3))
    first, last = told(run, VerdictGiven)
    assert (first.node, first.by_node, first.outcome) == (
        "span:solve",
        "e.1",
        VerdictOutcome.REJECT,
    )
    assert (last.node, last.outcome) == ("sample", VerdictOutcome.ACCEPT)
    check = nodes(run)["e.1"]
    assert (check.name, check.output) == ("includes (intermediate)", "I")


def test_a_score_that_only_its_event_tells_counts(tmp_path: Path) -> None:
    run = imported(
        tmp_path, begin("judge", 7, type="scorer"), score("I", scorer="match"), scores={}
    )
    assert only(run, VerdictGiven).verifier == "match"


def test_a_score_that_a_person_changed_is_theirs_after_the_scorers_own(tmp_path: Path) -> None:
    by = {"author": "bob", "reason": "read it", "timestamp": "2026-05-05T10:00:00+00:00"}
    history = [{"value": "I", "explanation": "not found"}, {"value": "C", "provenance": by}]
    changed = {"value": "C", "explanation": "not found", "history": history}
    run = imported(tmp_path, model(), scores={"includes": changed})
    own, theirs = told(run, VerdictGiven)
    assert (own.verifier, own.outcome) == ("includes", VerdictOutcome.REJECT)
    assert (theirs.verifier, theirs.outcome, theirs.rationale) == (
        "bob",
        VerdictOutcome.ACCEPT,
        "read it",
    )
    assert (theirs.verifier_kind, theirs.independence) == (VerifierKind.HUMAN, Independence.HUMAN)


def test_a_log_that_was_scored_again_brings_a_new_verdict(tmp_path: Path) -> None:
    first = only(imported(tmp_path), VerdictGiven)
    again = only(imported(tmp_path, scores={"includes": {"value": "I"}}), VerdictGiven)
    assert first.key != again.key
