"""What a checker gave back: a truth, a number, a word, or an object of them, by the names of its members.

The way of all that have a kind of span for checkers and no attributes for what they say: MLflow's evaluators (a value,
or its `Feedback`), Langfuse's evaluators and guardrails, OpenInference's, LangSmith's (`key`, `score`, `comment`).
What is none of these is no verdict, and stays the output that it is.
"""

from __future__ import annotations

from typing import Any

from deliberation.vocabulary import VerdictOutcome
from ingest.mapping.bodies import member_of, value_of
from ingest.mapping.judgements.judgement import Judgement, sort_of
from ingest.mapping.judgements.outcome import of_truth, outcome_of, word_of
from ingest.mapping.take import as_float

MAX_READ_CHARS = 65_536
MAX_WORD_CHARS = 64
MAX_RESULTS = 256

NAMES = ("name", "key", "metric", "criterion", "evaluator", "evaluator_name", "assessment_name")
SCORES = ("score", "rating", "grade", "value")
LABELS = ("label", "verdict", "outcome", "decision", "result", "category", "value", "action")
GOOD = (
    *("passed", "pass", "success", "is_success", "valid", "is_valid", "correct", "is_correct"),
    *("safe", "is_safe", "accepted", "allowed", "approved", "compliant", "is_compliant"),
)
BAD = (
    *("tripwire_triggered", "triggered", "blocked", "flagged", "rejected", "denied", "violation"),
    *("is_violation", "is_toxic", "is_unsafe", "hallucinated"),
)
STOPPED = frozenset({"tripwire_triggered", "triggered", "blocked", "rejected", "denied"})
WHY = ("rationale", "explanation", "reasoning", "reason", "comment", "critique", "justification")
WRAPPED = ("results", "feedback", "evaluation", "evaluations", "scores", "output")
ERRORS = ("error", "error_message")


def read(output: str | None, name: str) -> list[Judgement]:
    """Return what the checker `name` gave back says; none where that is no judgement."""
    if not output or len(output) > MAX_READ_CHARS:
        return []
    value = value_of(output)
    return _judgements(_unquoted(value), name)[:MAX_RESULTS]


def _unquoted(value: Any) -> Any:
    truth = {"true": True, "false": False}.get(value.casefold()) if isinstance(value, str) else None
    return value if truth is None else truth


def _judgements(value: Any, name: str) -> list[Judgement]:
    if isinstance(value, list):
        return [judged for each in value[:MAX_RESULTS] for judged in _of_object(each, name)]
    if isinstance(value, dict):
        return _of_object(value, name)
    if isinstance(value, bool):
        return [Judgement(verifier=name, outcome=of_truth(name, value))]
    number = as_float(value)
    if number is not None:
        return [Judgement(verifier=name, outcome=VerdictOutcome.UNSURE, score=number)]
    if not isinstance(value, str) or not 0 < len(value) <= MAX_WORD_CHARS:
        return []
    outcome = outcome_of(name, label=value)
    return [] if outcome is VerdictOutcome.UNSURE else [_worded(name, outcome, value)]


def _worded(name: str, outcome: VerdictOutcome, label: str) -> Judgement:
    return Judgement(verifier=name, outcome=outcome, label=label)


def _of_object(said: Any, name: str) -> list[Judgement]:
    if not isinstance(said, dict):
        return []
    if isinstance(said.get("feedback"), dict):
        # MLflow's, which says beside it whether it still holds (`valid`): no judgement.
        return _inside(said, _name_in(said, name))
    named = _name_in(said, name)
    truths = {each: said[each] for each in (*GOOD, *BAD) if isinstance(said.get(each), bool)}
    score = next((as_float(said[each]) for each in SCORES if _is_number(said.get(each))), None)
    label = next((said[each] for each in LABELS if _is_word(said.get(each))), None)
    if not truths and score is None and label is None:
        return _inside(said, named)
    threshold = as_float(said.get("threshold"))
    kind, independence = sort_of(member_of(said, "source", "source_type") or said.get("annotator_kind"))  # fmt: skip
    outcome = outcome_of(named, label=label, score=score, threshold=threshold)
    return [
        Judgement(
            verifier=named,
            outcome=_by_truths(truths) or outcome,
            label=None if label is None else str(label),
            score=score,
            threshold=threshold,
            kind=kind,
            independence=independence,
            rationale=next((said[each] for each in WHY if isinstance(said.get(each), str)), None),
            has_blocked=any(truths.get(each) for each in STOPPED),
        )
    ]


def _name_in(said: dict[str, Any], name: str) -> str:
    return next((said[each] for each in NAMES if isinstance(said.get(each), str)), None) or name


def _inside(said: dict[str, Any], name: str) -> list[Judgement]:
    """Return what stands in a wrapper, with the reason and the source that stand beside it."""
    for each in WRAPPED:
        inner = said.get(each)
        if isinstance(inner, dict):
            beside = {key: said[key] for key in ("source", *WHY) if said.get(key) is not None}
            return _of_object({**beside, **inner, "name": name}, name)
        if isinstance(inner, list):
            return _judgements(inner, name)
    if any(isinstance(said.get(each), str) and said[each] for each in ERRORS):
        return [Judgement(verifier=name, outcome=VerdictOutcome.ERROR)]
    return []


def _by_truths(truths: dict[str, bool]) -> VerdictOutcome | None:
    good = [truths[each] for each in GOOD if each in truths]
    bad = [truths[each] for each in BAD if each in truths]
    if not good and not bad:
        return None
    return VerdictOutcome.ACCEPT if all(good) and not any(bad) else VerdictOutcome.REJECT


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _is_word(value: Any) -> bool:
    if isinstance(value, bool):
        return True
    return isinstance(value, str) and 0 < len(word_of(value)) <= MAX_WORD_CHARS
