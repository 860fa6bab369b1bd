"""OpenInference's annotations and evaluations (`annotations.0.annotation.label`), and Logfire's feedback.

Source: OpenInference's `spec/annotations.md`; Logfire's `experimental/annotations.py`. What is said of a whole trace
stands under `trace.`; what is said of a session has no node, and stays among the attributes.
"""

from __future__ import annotations

import re
from typing import Any

from deliberation.vocabulary import Independence, VerifierKind
from ingest.mapping.bodies import member_of, value_of
from ingest.mapping.judgements.judgement import Judgement, sort_of
from ingest.mapping.judgements.outcome import outcome_of
from ingest.mapping.source import Keys
from ingest.mapping.take import as_float
from ingest.wire.span import Attributes

NAME = "openinference-feedback"
LOGFIRE = "logfire-feedback"

BEGINNINGS = ("annotations.", "evaluations.", "trace.annotations.", "trace.evaluations.")
FIELD = re.compile(
    r"((?:trace\.)?(?:annotations|evaluations)\.\d{1,6})\.(?:annotation|evaluation)\.(\w+)"
)
MAX_RESULTS = 256
FEEDBACK, COMMENT = "logfire.feedback.name", "logfire.feedback.comment"


def recognises(keys: Keys, scope: str) -> bool:
    """True when a span carries annotations or evaluations."""
    return any(key.startswith(BEGINNINGS) for key in keys)


def read(attributes: Attributes) -> list[Judgement]:
    """Return the results on a span, each once: an annotation may be told as an evaluation too."""
    results: dict[str, dict[str, Any]] = {}
    for key, value in attributes.items():
        found = FIELD.fullmatch(key) if key.startswith(BEGINNINGS) else None
        if found is not None and (found[1] in results or len(results) < MAX_RESULTS):
            results.setdefault(found[1], {})[found[2]] = value
    return list(dict.fromkeys(_result(each) for each in results.values() if _says_something(each)))


def recognises_feedback(keys: Keys, scope: str) -> bool:
    """True when a span is feedback on its parent."""
    return FEEDBACK in keys


def read_feedback(attributes: Attributes) -> list[Judgement]:
    """Return the feedback of a person: its value stands under its own name."""
    criterion = attributes.get(FEEDBACK)
    value = attributes.get(criterion) if isinstance(criterion, str) else None
    if not isinstance(criterion, str) or not criterion or value is None:
        return []
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    return [
        Judgement(
            verifier=criterion,
            outcome=outcome_of(criterion, label=None if is_number else value),
            label=None if is_number else str(value),
            score=as_float(value) if is_number else None,
            kind=VerifierKind.HUMAN,
            independence=Independence.HUMAN,
            rationale=attributes.get(COMMENT),
        )
    ]


def _says_something(result: dict[str, Any]) -> bool:
    says = any(result.get(name) is not None for name in ("score", "label", "explanation"))
    return says and isinstance(result.get("name"), str) and bool(result["name"])


def _result(result: dict[str, Any]) -> Judgement:
    beside = value_of(result.get("metadata"))
    score, threshold = as_float(result.get("score")), as_float(member_of(beside, "threshold"))
    label = result.get("label")
    kind, independence = sort_of(result.get("annotator_kind"))
    version = member_of(beside, "version") or result.get("identifier")
    return Judgement(
        verifier=result["name"],
        outcome=outcome_of(result["name"], label=label, score=score, threshold=threshold),
        label=None if label is None else str(label),
        score=score,
        scale_min=as_float(member_of(beside, "min")),
        scale_max=as_float(member_of(beside, "max")),
        threshold=threshold,
        version=version if isinstance(version, str) else None,
        kind=kind,
        independence=independence,
        rationale=result.get("explanation") and str(result["explanation"]),
    )
